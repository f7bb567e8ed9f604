/**
 * From bags to people. A model predicts bags; a study is about patients. A patient's prediction is the mean over the
 * bags of a fold, then the mean over folds, so that a patient with twenty slides weighs as much as one with a single slide.
 */
import { type ClassifyTask, fail, type Outcome, ok, positiveIndex, type Role } from "@nacre/core";
import type { Sample } from "./sample.ts";

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

/** What a patient's column holds when the rows disagree. */
export const SEVERAL = "(several)";

export interface ToPatientsOptions {
  /**
   * `refuse` (default): one patient with two labels in a part is `conflicting-label`.
   * `separate`: such a patient counts once for each label; for studies that allow it in writing.
   */
  readonly conflicts?: "refuse" | "separate";
}

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
  { conflicts = "refuse" }: ToPatientsOptions = {},
): Outcome<PatientPrediction[]> {
  const groups = new Map<string, { rows: PredictionRow[]; label: number | null }>();
  const classOf = new Map(task.classes.map((name, i) => [name, i]));
  const labelOf = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    const bad = problem(row, task);
    if (bad !== null) return badRow(row, i, bad);
    const label = row.label === null ? null : (classOf.get(row.label) ?? null);
    const person = JSON.stringify([row.part, row.patient]);
    const first = label === null ? undefined : labelOf.get(person);
    if (label !== null && first === undefined) labelOf.set(person, label);
    else if (label !== null && first !== label && conflicts === "refuse") {
      return conflict(row, task.classes[first as number] as string, task.classes[label] as string);
    }
    const key = conflicts === "separate" ? JSON.stringify([row.part, row.patient, label]) : person;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { rows: [row], label });
    else {
      group.rows.push(row);
      group.label ??= label;
    }
  }
  return ok([...groups.values()].map((g) => patientOf(g.rows, g.label, task.classes.length)));
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

function conflict(row: PredictionRow, a: string, b: string): Outcome<never> {
  return fail("conflicting-label", {
    expected: `one label for each patient of part ${row.part}`,
    received: `${a} and ${b} for patient ${row.patient} (slide ${row.slide})`,
    remedy: "correct the labels, or allow conflicting-label in the study file and say why",
  });
}

function patientOf(rows: readonly PredictionRow[], label: number | null, k: number): PatientPrediction {
  const first = rows[0] as PredictionRow;
  const byFold = new Map<number | null, PredictionRow[]>();
  for (const row of rows) {
    const bags = byFold.get(row.fold);
    if (bags === undefined) byFold.set(row.fold, [row]);
    else bags.push(row);
  }
  const folds = [...byFold.keys()].filter((f) => f !== null).sort((a, b) => a - b);
  const means = [...byFold.values()].map((bags) =>
    meanOf(
      bags.map((b) => b.probabilities),
      k,
    ),
  );
  return {
    patient: first.patient,
    part: first.part,
    folds,
    sites: [...new Set(rows.map((r) => r.site).filter((s) => s !== null))],
    label,
    probabilities: meanOf(means, k),
    bags: new Set(rows.map((r) => r.slide)).size,
    columns: agreedColumns(rows),
  };
}

function meanOf(vectors: readonly (readonly number[])[], k: number): number[] {
  const mean = new Array<number>(k).fill(0);
  for (const v of vectors) for (let c = 0; c < k; c++) mean[c] = (mean[c] as number) + (v[c] as number);
  return mean.map((s) => s / vectors.length);
}

function agreedColumns(rows: readonly PredictionRow[]): Record<string, string> {
  const out: Record<string, string> = { ...rows[0]?.columns };
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.columns ?? {})) {
      if (out[name] === undefined || out[name] === "") out[name] = value;
      else if (value !== "" && out[name] !== value) out[name] = SEVERAL;
    }
  }
  return out;
}
