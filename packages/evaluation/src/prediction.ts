/** Predictions of classes: from the bags a model predicts to the patients a study is about (`kind/gather.ts`). */
import { type ClassifyTask, fail, type Outcome, ok, positiveIndex } from "@nacre/core";
import { type Answered, type AnsweredRow, type GatherOptions, gatherBy, SEVERAL } from "./kind/gather.ts";
import type { Sample } from "./sample.ts";

export { SEVERAL };

/** One line of a predictions table. `probabilities` are in the order of `task.classes`. */
export interface PredictionRow extends Omit<AnsweredRow<string>, "prediction"> {
  readonly case: string;
  readonly probabilities: readonly number[];
}

/** The prediction for one person in one part; the label is an index into `task.classes`. */
export interface PatientPrediction extends Omit<Answered<number>, "prediction"> {
  readonly probabilities: readonly number[];
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
  const reading = {
    labelOf: ({ label }: PredictionRow) => (label === null ? null : (classOf.get(label) ?? null)),
    predictionOf: (row: PredictionRow) => row.probabilities,
  };
  const gathered = gatherBy(rows, reading, { ...options, labelText: (c) => task.classes[c] as string });
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
