/** Predictions of classes: from the bags a model predicts to the patients a study is about (`kind/gather.ts`). */
import { type ClassifyTask, fail, type Outcome, ok, positiveIndex, type Role } from "@nacre/core";
import { type GatherOptions, gatherPatients, SEVERAL } from "./kind/gather.ts";
import type { Sample } from "./sample.ts";

export { SEVERAL };

/** One line of a predictions table. `probabilities` are in the order of `task.classes`. */
export interface PredictionRow {
  readonly slide: string;
  readonly case: string;
  readonly patient: string;
  readonly site: string | null;
  readonly part: Role;
  /** null where one model predicts for all folds (external). */
  readonly fold: number | null;
  readonly label: string | null;
  readonly probabilities: readonly number[];
  /** Other columns of the cohort, for subgroups. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** The prediction for one person in one part. */
export interface PatientPrediction {
  readonly patient: string;
  readonly part: Role;
  /** Folds that predicted this patient, ascending; empty where the rows had none. */
  readonly folds: readonly number[];
  readonly sites: readonly string[];
  /** Index into `task.classes`; null where unlabelled. */
  readonly label: number | null;
  readonly probabilities: readonly number[];
  /** Bags averaged. */
  readonly bags: number;
  /** Columns that agree over the patient's rows; a column with several values holds `SEVERAL`. */
  readonly columns: Readonly<Record<string, string>>;
}

export type ToPatientsOptions = Pick<GatherOptions<number>, "conflicts">;

/** How far a row of probabilities may be from summing to 1: float32 output printed with few digits. */
const SUM_TOLERANCE = 1e-3;

/**
 * One prediction for each patient and part, in order of first appearance.
 * Failures: `bad-value` (a probability outside 0 to 1, a wrong number of them, a sum that is not 1),
 * `conflicting-label`.
 */
export function toPatients(
  rows: readonly PredictionRow[],
  task: ClassifyTask,
  options: ToPatientsOptions = {},
): Outcome<PatientPrediction[]> {
  const classOf = new Map(task.classes.map((name, i) => [name, i]));
  for (const [i, row] of rows.entries()) {
    const bad = problem(row, task);
    if (bad !== null) return badRow(row, i, bad);
  }
  const answered = rows.map((row) => ({
    ...row,
    label: row.label === null ? null : (classOf.get(row.label) ?? null),
    prediction: row.probabilities,
  }));
  const gathered = gatherPatients(answered, { ...options, labelText: (c) => task.classes[c] as string });
  return gathered.ok
    ? ok(gathered.value.map(({ prediction, ...patient }) => ({ ...patient, probabilities: prediction })))
    : gathered;
}

/** The labelled patients as arrays for the metrics; the unlabelled are left out. */
export function sampleOf(patients: readonly PatientPrediction[], task: ClassifyTask): Sample {
  const labelled = patients.filter((p) => p.label !== null);
  const k = task.classes.length;
  const probabilities = new Float64Array(labelled.length * k);
  const labels = new Int32Array(labelled.length);
  labelled.forEach((p, i) => {
    probabilities.set(p.probabilities, i * k);
    labels[i] = p.label as number;
  });
  return { n: labelled.length, k, labels, probabilities, positive: positiveIndex(task), classes: task.classes };
}

function problem(row: PredictionRow, task: ClassifyTask): string | null {
  if (row.probabilities.length !== task.classes.length) {
    return `${row.probabilities.length} probabilities for ${task.classes.length} classes`;
  }
  let sum = 0;
  for (const [c, p] of row.probabilities.entries()) {
    if (!(p >= 0 && p <= 1)) return `${p} as the probability of ${task.classes[c]}`;
    sum += p;
  }
  return Math.abs(sum - 1) <= SUM_TOLERANCE ? null : `probabilities that sum to ${sum}`;
}

function badRow(row: PredictionRow, index: number, received: string): Outcome<never> {
  return fail("bad-value", {
    expected: "one probability between 0 and 1 for each class, summing to 1",
    received: `${received} in prediction ${index + 1} (slide ${row.slide})`,
    remedy: "correct that row, or leave the slide out of the table",
  });
}
