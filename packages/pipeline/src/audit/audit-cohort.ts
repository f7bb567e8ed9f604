/**
 * `nacre audit`: the tables, features and slides that people have, handed to the referee. Without a cohort the split files
 * are the cohort: who the patients are is then read from the ids. Nothing is changed, and nothing is guessed in silence:
 * what was derived stands in `derived`, what could not be checked in `skipped`, everything else worth knowing in `notes`.
 */
import { statSync } from "node:fs";
import { type ClassifyTask, type CohortRow, fail, type Outcome, ok, type SlideId, type Split } from "@nacre/core";
import {
  type AuditInput,
  type AuditReport,
  audit,
  type CohortTable,
  cohortOfSplit,
  cohortOfTable,
  type FeatureRobustness,
  judgeFeatures,
  type Proposal,
  type ProposalKind,
  proposeSplit,
} from "@nacre/evaluation";
import { counted } from "../report/number-text.ts";
import type { Progress } from "../run/progress.ts";
import type { Table } from "../study/table.ts";
import { placeSplits } from "./place-splits.ts";
import { readAnyTable } from "./read-any-table.ts";
import { readContent, type SlideContent } from "./slide-content.ts";
import { comparePictures, type SlidePictures } from "./slide-pictures.ts";

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
  /** The most examples of each finding. Default 5. */
  readonly examples?: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface AuditDocument extends AuditReport {
  readonly task: ClassifyTask | null;
  readonly patients: number;
  /** Slides whose patient nothing names; each is counted as a patient. */
  readonly patientsUnknown: number;
  readonly slides: number;
  readonly sites: number;
  readonly notes: readonly string[];
  /** Whether the features follow the label or the site, and the scanner; empty without features. */
  readonly robustness: readonly FeatureRobustness[];
}

export interface CohortAudit {
  readonly document: AuditDocument;
  readonly rows: readonly CohortRow[];
  readonly split: Split | null;
  /** The tables as they were read, for the places where a patient is named. */
  readonly tables: readonly Table[];
}

/** Failures: bad-usage (nothing to audit), bad-table, missing-column, bad-value, and those of `proposeSplit` for a kind asked for. */
export async function auditCohort(files: AuditFiles, options: AuditOptions): Promise<Outcome<CohortAudit>> {
  const unusable = badUsage(files, options);
  if (unusable !== null) return unusable;
  const splits: Table[] = [];
  for (const file of files.splits) {
    const table = await readAnyTable(file);
    if (!table.ok) return table;
    splits.push(table.value);
  }
  const cohort = await readCohortFiles(files, splits, options.label);
  if (!cohort.ok) return cohort;
  const placed = placeSplits(splits, { ...cohort.value, file: files.cohort });
  if (!placed.ok) return placed;
  const { rows, split, strangers, patientsUnknown, notes } = placed.value;
  const content = files.features === null ? null : await readContent(files.features, rows, options);
  const pictures = files.slides === null ? null : await comparePictures(files.slides, rows, options);
  const { task } = cohort.value;
  const known = { cohort: rows, task, seed: options.seed, ...seenIn(content, pictures) };
  const report = audit({
    ...known,
    split: split?.split ?? null,
    ...(options.examples === undefined ? {} : { examples: options.examples }),
    inputs: [...cohort.value.inputs, ...(split?.inputs ?? [])],
    files: split?.files ?? [],
    derived: [...cohort.value.derived, ...placed.value.derived],
    strangers,
    patientsUnknown,
    dates: cohort.value.dates,
    ignoreColumns: placed.value.columns,
  });
  const proposal = proposalOf(report, { rows, task }, options);
  if (!proposal.ok) return proposal;
  const features = judgeFeatures(known);
  const document: AuditDocument = {
    ...report,
    skipped: [...report.skipped, ...features.skipped],
    proposal: proposal.value,
    robustness: features.robustness,
    task,
    patients: new Set(rows.map((r) => r.patient)).size,
    patientsUnknown: new Set(patientsUnknown).size,
    slides: new Set(rows.map((r) => r.slide)).size,
    sites: new Set(rows.map((r) => r.site).filter((s) => s !== null)).size,
    notes: [
      ...cohort.value.notes,
      ...notes,
      ...blindProposal(proposal.value, patientsUnknown),
      ...(content?.notes ?? []),
      ...(pictures?.notes ?? []),
    ],
  };
  return ok({ document, rows, split: split?.split ?? null, tables: [...cohort.value.tables, ...splits] });
}

/** What was seen of the slides, as the audit takes it; nothing stands for what was not asked for. */
function seenIn(
  content: SlideContent | null,
  pictures: SlidePictures | null,
): Pick<AuditInput, "duplicates" | "vectors" | "lookAlikes"> {
  if (content === null && pictures === null) return {};
  return {
    duplicates: [...(content?.duplicates ?? []), ...(pictures?.duplicates ?? [])],
    ...(content?.vectors == null ? {} : { vectors: content.vectors }),
    ...(pictures === null ? {} : { lookAlikes: pictures.lookAlikes }),
  };
}

interface ReadCohort extends CohortTable {
  readonly inputs: AuditReport["inputs"];
  readonly tables: readonly Table[];
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
  const tables = [table.value, labels.value].filter((t) => t !== null);
  return ok({ ...cohort.value, inputs: told, tables });
}

/** What no table can make good: too few folds, folders that are not there. */
function badUsage({ features, slides }: AuditFiles, { folds, by }: AuditOptions): ReturnType<typeof fail> | null {
  if (folds < 2 && by !== "time") {
    return fail("bad-usage", {
      expected: "--folds: 2 or more (1 only with --by time)",
      received: String(folds),
      remedy: "correct --folds",
    });
  }
  for (const [name, path] of [
    ["--features", features],
    ["--slides", slides],
  ] as const) {
    if (path === null || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) continue;
    return fail("bad-usage", { expected: `${name}: a folder`, received: `none at ${path}`, remedy: "check the path" });
  }
  return null;
}

/** A proposal keeps patients whole as far as they are known; where it divides others, that is said. */
function blindProposal(proposal: Proposal | null, patientsUnknown: readonly SlideId[]): string[] {
  const [first] = proposal?.split.folds ?? [];
  if (proposal === null || first === undefined) return [];
  const placed = new Set([...first.train, ...first.tune, ...first.test, ...proposal.split.external]);
  const blind = new Set(patientsUnknown.filter((s) => placed.has(s))).size;
  if (blind === 0) return [];
  return [`the proposed split divides ${counted(blind, "slide")} of unknown patients as if each were a patient`];
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
