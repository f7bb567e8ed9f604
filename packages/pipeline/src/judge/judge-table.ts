/**
 * Judges a table of predictions from anywhere. A pure function of the table and the options, free of files and of Node, so
 * that a page in the browser gives the command's numbers: to the last bit in the same engine; engines differ in the last
 * bit of exp and log, and so may what is fitted with them (calibration slope and intercept).
 */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";
import {
  type Evaluation,
  evaluate,
  isDateColumn,
  type PredictionRow,
  type Sample,
  SEED_COLUMN,
  sampleOf,
  spreadBySeed,
  toPatients,
} from "@nacre/evaluation";
import { curvesOf } from "../report/curves-of.ts";
import type { Curves } from "../report/report-data.ts";
import type { Table } from "../study/parse-table.ts";
import { problemOf } from "./check-predictions.ts";
import { readPredictions, taskOf } from "./read-predictions.ts";
import { spreadsheetWarnings, swapWarnings, type TableNote, type TableWarning, tableNotes } from "./table-warning.ts";
import { type TraitColumns, traitColumns } from "./trait-columns.ts";

export interface JudgeTableOptions {
  /** null: the last class of the table. */
  readonly positive: string | null;
  /** Replicates over patients. */
  readonly bootstrap: number;
  readonly seed: number;
  readonly interval?: "percentile" | "bca";
  /** The classes are grades, lowest first. Default false. */
  readonly ordered?: boolean;
  /** Columns to report by; null: those that look like traits (`traitColumns`). Default null. */
  readonly subgroups?: readonly string[] | null;
  /** Times of a time-dependent AUROC, which classes do not have: anything but none is refused. Default none. */
  readonly horizons?: readonly number[];
}

export interface TableScorecard extends Evaluation {
  readonly file: string;
  readonly task: ClassifyTask;
  /** The unit of every number. */
  readonly unit: "patient";
  readonly rows: number;
  readonly bootstrap: number;
  readonly seed: number;
  /** What may be wrong and was left as it is. */
  readonly warnings: readonly TableWarning[];
  /** Patients without a label, and words that were read as ours. */
  readonly notes: readonly TableNote[];
  /** Columns by which nothing is reported, each with its reason. */
  readonly leftOut: TraitColumns["leftOut"];
}

/** The numbers and the points of the drawings. */
export interface TableJudgement {
  readonly scorecard: TableScorecard;
  readonly curves: Curves;
}

/** Failures: missing-column, bad-usage, bad-value, duplicate-id, conflicting-label, refused, nothing-usable. */
export function judgeTable(table: Table, options: JudgeTableOptions): Outcome<TableJudgement> {
  const task = taskOf(table, options.positive);
  if (!task.ok) return task;
  if (options.horizons !== undefined && options.horizons.length > 0) return refuseHorizons("classes", table);
  const traits = chosenTraits(table, task.value, options.subgroups ?? null);
  const rows = readPredictions(table, task.value, keptColumns(table, traits.ok ? traits.value.shown : []));
  if (!rows.ok) return rows;
  const problem = problemOf(rows.value, table);
  if (problem !== null) return problem;
  if (!traits.ok) return traits;
  const { bootstrap, seed, interval = "percentile", ordered = false } = options;
  const subgroups = traits.value.shown;
  const result = evaluate(rows.value, task.value, { bootstrap, seed, interval, ordered, subgroups });
  if (!result.ok) return result;
  const { classes } = task.value;
  const texts = table.header.filter((name) => name !== "" && !name.startsWith("p_"));
  return ok({
    scorecard: {
      file: table.file,
      task: task.value,
      unit: "patient",
      rows: table.rows.length,
      bootstrap,
      seed,
      ...result.value,
      examination: { ...result.value.examination, seeds: spreadBySeed(rows.value, task.value) },
      warnings: [...swapWarnings(result.value, classes), ...spreadsheetWarnings(table, texts)],
      notes: tableNotes(rows.value, table),
      leftOut: traits.value.leftOut,
    },
    curves: curvesOf(sampleIn(rows.value, task.value, "test"), sampleIn(rows.value, task.value, "external")),
  });
}

/** `--horizons` for a table that has no times. Failures: bad-usage. */
export function refuseHorizons(what: string, table: Table): Outcome<never> {
  return fail("bad-usage", {
    expected: "--horizons with a table of risks (risk, time, event)",
    received: `a table of ${what}: ${table.file}`,
    remedy: "leave --horizons out",
  });
}

/** What a row carries on: columns to report by, where and when the slide was made, and the seed of its model. */
function keptColumns({ header }: Table, shown: readonly string[]): string[] {
  return [...new Set([...shown, "site", "scanner", SEED_COLUMN, ...header.filter(isDateColumn)])];
}

function chosenTraits(table: Table, task: ClassifyTask, asked: readonly string[] | null): Outcome<TraitColumns> {
  if (asked === null) return ok(traitColumns(table, task.classes));
  const absent = asked.find((name) => !table.header.includes(name));
  if (absent === undefined) return ok({ shown: asked, leftOut: [] });
  return fail("missing-column", {
    expected: `a column \`${absent}\` in ${table.file}, to report by`,
    received: table.header.join(", "),
    remedy: "name columns of the table",
  });
}

function sampleIn(rows: readonly PredictionRow[], task: ClassifyTask, part: PredictionRow["part"]): Sample | null {
  const patients = toPatients(
    rows.filter((r) => r.part === part),
    task,
  );
  return !patients.ok || patients.value.length === 0 ? null : sampleOf(patients.value, task);
}
