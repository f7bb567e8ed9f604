/** The division of the cohort into parts: made here by rule, or read from split files that others wrote. */
import { type ClassifyTask, type CohortRow, fail, type Outcome, ok, type Split } from "@nacre/core";
import { countParts, parseSplitTables, type SplitReport, splitCohort } from "@nacre/evaluation";
import type { SettledStudy } from "../study/settle-study.ts";
import { readTable, type Table } from "../study/table.ts";

export interface Division {
  readonly split: Split;
  readonly report: SplitReport;
  /** Foreign split files: what each was taken for, and which file each fold came from. */
  readonly inputs: readonly { readonly file: string; readonly dialect: string; readonly rows: number }[];
  readonly files: readonly string[];
}

/** Failures: bad-study (too many folds, unknown external site), one-class, missing-file and bad-table for split files. */
export function divideCohort(rows: readonly CohortRow[], study: SettledStudy, task: ClassifyTask): Outcome<Division> {
  const { by, folds, external, tune, splits } = study.split;
  if (by !== "file") {
    if (by === "site" && rows.every((r) => r.site === null)) {
      return fail("bad-study", {
        expected: "a site column to split by site",
        received: `none with a value in ${study.cohort}`,
        remedy: "add the site of each slide to the cohort, or split by: patient",
      });
    }
    const made = splitCohort(rows, { task, by, folds, external, tune, seed: study.seed });
    return made.ok ? ok({ ...made.value, inputs: [], files: [] }) : made;
  }
  const tables: Table[] = [];
  for (const file of Array.isArray(splits) ? splits : []) {
    const table = readTable(file, { ragged: true });
    if (!table.ok) return table;
    tables.push(table.value);
  }
  const parsed = parseSplitTables(tables, rows);
  if (!parsed.ok) return parsed;
  const { split, unknown, unlisted, notes, inputs, files } = parsed.value;
  const remarks = unknown.length === 0 ? [] : [`${unknown.length} ids of the split files are not usable slides of the cohort, for example ${unknown[0]}`];
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
  });
}
