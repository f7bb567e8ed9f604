/** The division of the cohort into parts: made here by rule, or read from split files that others wrote. */
import {
  type CohortRow,
  caseId,
  fail,
  type Outcome,
  ok,
  patientId,
  type SlideId,
  type Split,
  slideIdOf,
} from "@nacre/core";
import { countParts, parseSplitTables, type SplitReport, splitCohort } from "@nacre/evaluation";
import type { Cohort } from "../study/read-cohort.ts";
import type { SettledStudy } from "../study/settle-study.ts";
import { readTable, type Table } from "../study/table.ts";

export interface Division {
  readonly split: Split;
  readonly report: SplitReport;
  /** Foreign split files: what each was taken for, and which file each fold came from. */
  readonly inputs: readonly { readonly file: string; readonly dialect: string; readonly rows: number }[];
  readonly files: readonly string[];
  /** Rows and split as the audit sees them: ids of the split files that are not used count too, without a label. */
  readonly audited: { readonly rows: readonly CohortRow[]; readonly split: Split };
}

/** Failures: bad-study (too many folds, unknown external site), one-class, missing-file and bad-table for split files. */
export function divideCohort(rows: readonly CohortRow[], study: SettledStudy, cohort: Cohort): Outcome<Division> {
  const { by, folds, external, tune, splits } = study.split;
  const { task } = cohort;
  if (by !== "file") {
    if (by === "site" && rows.every((r) => r.site === null)) {
      return fail("bad-study", {
        expected: "a site column to split by site",
        received: `none with a value in ${study.cohort}`,
        remedy: "add the site of each slide to the cohort, or split by: patient",
      });
    }
    const made = splitCohort(rows, { task, by, folds, external, tune, seed: study.seed });
    return made.ok ? ok({ ...made.value, inputs: [], files: [], audited: { rows, split: made.value.split } }) : made;
  }
  const tables: Table[] = [];
  for (const file of Array.isArray(splits) ? splits : []) {
    const table = readTable(file, { ragged: true });
    if (!table.ok) return table;
    tables.push(table.value);
  }
  const parsed = parseSplitTables(tables, rows);
  if (!parsed.ok) return parsed;
  const all = [...rows, ...unusedRows(parsed.value.unknown, rows, cohort)];
  const audited = parseSplitTables(tables, all);
  if (!audited.ok) return audited;
  const { split, unknown, unlisted, notes, inputs, files } = parsed.value;
  const remarks =
    unknown.length === 0
      ? []
      : [`${unknown.length} ids of the split files are not usable slides of the cohort, for example ${unknown[0]}`];
  return ok({
    split,
    report: {
      parts: countParts(split, rows, task),
      unused: unlisted.map((slide) => ({ slide, reason: "in no split file" })),
      imbalance: null,
      notes: [...notes, ...remarks],
    },
    inputs,
    files,
    audited: { rows: all, split: audited.value.split },
  });
}

const TCGA_PATIENT = /^TCGA-\w{2}-\w{4}/;

/** Rows for the ids that split files name and the run does not use: those of the cohort, and those of strangers. */
function unusedRows(unknown: readonly string[], usable: readonly CohortRow[], cohort: Cohort): CohortRow[] {
  if (unknown.length === 0) return [];
  const used = new Set(usable.map((r) => r.slide));
  const unused = cohort.rows.filter((r) => !used.has(r.slide)).map((r) => ({ ...r, label: null }));
  const known = new Set<SlideId>(cohort.rows.map((r) => r.slide));
  const strangers = [...new Set(unknown.map(slideIdOf))].filter((slide) => !known.has(slide));
  return [...unused, ...strangers.map(strangerRow)];
}

function strangerRow(slide: SlideId): CohortRow {
  const patient = TCGA_PATIENT.exec(slide)?.[0] ?? slide;
  return {
    slide,
    path: slide,
    patient: patientId(patient),
    case: caseId(patient),
    site: null,
    label: null,
    mpp: null,
    columns: {},
  };
}
