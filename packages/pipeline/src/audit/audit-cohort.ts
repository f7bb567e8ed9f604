/**
 * `nacre audit`: the tables, features and slides that people have, handed to the referee. Without a cohort the split files
 * are the cohort: who the patients are is then read from the ids. Nothing is changed, and nothing is guessed in silence:
 * what was derived stands in `derived`, what could not be checked in `skipped`, everything else worth knowing in `notes`.
 */
import { type ClassifyTask, type CohortRow, fail, type Outcome, ok } from "@nacre/core";
import {
  type AuditReport,
  audit,
  type CohortTable,
  cohortOfSplit,
  cohortOfTable,
  type ParsedSplit,
  type Proposal,
  type ProposalKind,
  parseSplitTables,
  proposeSplit,
  strangerRows,
} from "@nacre/evaluation";
import type { Progress } from "../run/progress.ts";
import type { Table } from "../study/table.ts";
import { readAnyTable } from "./read-any-table.ts";
import { readContent } from "./slide-content.ts";
import { comparePictures } from "./slide-pictures.ts";

export interface AuditFiles {
  readonly cohort: string | null;
  /** Labels kept in a second table, joined by slide or patient. */
  readonly labels: string | null;
  readonly splits: readonly string[];
  /** Folder of feature files. */
  readonly features: string | null;
  /** Folder of slides. */
  readonly slides: string | null;
}

export interface AuditOptions {
  /** Label column; null: the one that can only be meant. */
  readonly label: string | null;
  /** The split to propose; null: sites whole where they are known, else patients. */
  readonly by: ProposalKind | null;
  readonly folds: number;
  readonly seed: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface AuditDocument extends AuditReport {
  readonly task: ClassifyTask | null;
  readonly patients: number;
  readonly slides: number;
  readonly sites: number;
  readonly notes: readonly string[];
}

export interface CohortAudit {
  readonly document: AuditDocument;
  readonly rows: readonly CohortRow[];
}

/** Failures: bad-usage (nothing to audit), bad-table, missing-column, bad-value, and those of `proposeSplit` for a kind asked for. */
export async function auditCohort(files: AuditFiles, options: AuditOptions): Promise<Outcome<CohortAudit>> {
  const splits: Table[] = [];
  for (const file of files.splits) {
    const table = await readAnyTable(file);
    if (!table.ok) return table;
    splits.push(table.value);
  }
  const cohort = await readCohortFiles(files, splits, options.label);
  if (!cohort.ok) return cohort;
  const placed = placeSplits(splits, cohort.value);
  if (!placed.ok) return placed;
  const { rows, split, notes } = placed.value;
  const content = files.features === null ? null : await readContent(files.features, rows, options);
  const pictures = files.slides === null ? null : await comparePictures(files.slides, rows, options);
  const duplicates = [...(content?.duplicates ?? []), ...(pictures?.duplicates ?? [])];
  const { task, derived } = cohort.value;
  const report = audit({
    cohort: rows,
    split: split?.split ?? null,
    task,
    seed: options.seed,
    ...(content === null && pictures === null ? {} : { duplicates }),
    ...(content?.vectors == null ? {} : { vectors: content.vectors }),
    ...(pictures === null ? {} : { lookAlikes: pictures.lookAlikes }),
    inputs: [...cohort.value.inputs, ...(split?.inputs ?? [])],
    files: split?.files ?? [],
    derived,
  });
  const proposal = proposalOf(report, { rows, task }, options);
  if (!proposal.ok) return proposal;
  const document: AuditDocument = {
    ...report,
    proposal: proposal.value,
    task,
    patients: new Set(rows.map((r) => r.patient)).size,
    slides: new Set(rows.map((r) => r.slide)).size,
    sites: new Set(rows.map((r) => r.site).filter((s) => s !== null)).size,
    notes: [...cohort.value.notes, ...notes, ...(content?.notes ?? []), ...(pictures?.notes ?? [])],
  };
  return ok({ document, rows });
}

interface ReadCohort extends CohortTable {
  readonly inputs: AuditReport["inputs"];
}

async function readCohortFiles(
  files: AuditFiles,
  splits: readonly Table[],
  label: string | null,
): Promise<Outcome<ReadCohort>> {
  const read = async (path: string | null): Promise<Outcome<Table | null>> =>
    path === null ? ok(null) : readAnyTable(path);
  const table = await read(files.cohort);
  if (!table.ok) return table;
  const labels = await read(files.labels);
  if (!labels.ok) return labels;
  if (table.value === null && splits.length === 0) {
    return fail("bad-usage", {
      expected: "a cohort table, split files, or both",
      received: "neither",
      remedy: "name the table: nacre audit cohort.csv --splits splits_*.csv",
    });
  }
  const options = { label, labels: labels.value };
  const cohort = table.value === null ? cohortOfSplit(splits, options) : cohortOfTable(table.value, options);
  if (!cohort.ok) return cohort;
  const told = [
    ...(table.value === null
      ? []
      : [{ file: table.value.file, dialect: cohort.value.dialect, rows: table.value.rows.length }]),
    ...(labels.value === null ? [] : [{ file: labels.value.file, dialect: "labels", rows: labels.value.rows.length }]),
  ];
  return ok({ ...cohort.value, inputs: told });
}

/** The split on the rows of the cohort. Ids that only the split files know take part as rows without a label. */
function placeSplits(
  splits: readonly Table[],
  { rows }: CohortTable,
): Outcome<{ rows: readonly CohortRow[]; split: ParsedSplit | null; notes: readonly string[] }> {
  if (splits.length === 0) return ok({ rows, split: null, notes: [] });
  const first = parseSplitTables(splits, rows);
  if (!first.ok) return first;
  const { unknown } = first.value;
  if (unknown.length === 0) return ok({ rows, split: first.value, notes: first.value.notes });
  const all = [...rows, ...strangerRows(unknown, rows)];
  const split = parseSplitTables(splits, all);
  if (!split.ok) return split;
  const note = `${unknown.length} ids of the split files are not in the cohort table, for example ${unknown[0]}`;
  return ok({ rows: all, split: split.value, notes: [...split.value.notes, note] });
}

function proposalOf(
  report: AuditReport,
  { rows, task }: { readonly rows: readonly CohortRow[]; readonly task: ClassifyTask | null },
  { by, folds, seed }: AuditOptions,
): Outcome<Proposal | null> {
  if (by === null && folds === 5) return ok(report.proposal);
  if (task !== null) return proposeSplit(rows, task, { seed, folds, ...(by === null ? {} : { by }) });
  return fail("bad-usage", {
    expected: "a label column, so that a split can be proposed",
    received: "none",
    remedy: "name it with --label, or give the labels with --labels",
  });
}
