/**
 * From bags to people, for a label of any kind. A patient's prediction is the mean over the bags of a fold, then the mean over
 * folds, so that a patient with twenty slides weighs as much as one with a single slide.
 */
import { fail, type Outcome, ok, type Role } from "@nacre/core";

/** One line of a predictions table; `prediction` are the model's numbers, `label` the reference answer. */
export interface AnsweredRow<Label> {
  readonly slide: string;
  readonly patient: string;
  readonly site: string | null;
  readonly part: Role;
  /** null where one model predicts for all folds (external). */
  readonly fold: number | null;
  readonly label: Label | null;
  readonly prediction: readonly number[];
  /** Other columns of the cohort, for subgroups. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** One person in one part. */
export interface Answered<Label> {
  readonly patient: string;
  readonly part: Role;
  /** Folds that predicted this patient, ascending; empty where the rows had none. */
  readonly folds: readonly number[];
  readonly sites: readonly string[];
  /** null where unlabelled. */
  readonly label: Label | null;
  readonly prediction: readonly number[];
  /** Bags averaged. */
  readonly bags: number;
  /** Columns that agree over the patient's rows; a column with several values holds `SEVERAL`. */
  readonly columns: Readonly<Record<string, string>>;
}

/** What a patient's column holds when the rows disagree. */
export const SEVERAL = "(several)";

export interface GatherOptions<Label> {
  /** The label as text: equal texts are equal labels. */
  readonly labelText: (label: Label) => string;
  /**
   * `refuse` (default): one patient with two labels in a part is `conflicting-label`.
   * `separate`: such a patient counts once for each label; for studies that allow it in writing.
   */
  readonly conflicts?: "refuse" | "separate";
}

/** One prediction for each patient and part, in order of first appearance. Failures: `conflicting-label`. */
export function gatherPatients<Label>(
  rows: readonly AnsweredRow<Label>[],
  options: GatherOptions<Label>,
): Outcome<Answered<Label>[]> {
  return gatherBy(rows, { labelOf: (row) => row.label, predictionOf: (row) => row.prediction }, options);
}

/** Where a bag lies, without what was predicted of it. */
export type Placed = Omit<AnsweredRow<unknown>, "label" | "prediction">;

/** How to read a row of a caller's own shape, so that a million of them need not be made again. */
export interface RowReading<Row, Label> {
  readonly labelOf: (row: Row) => Label | null;
  readonly predictionOf: (row: Row) => readonly number[];
}

/** `gatherPatients` for rows of any shape. Failures: `conflicting-label`. */
export function gatherBy<Row extends Placed, Label>(
  rows: readonly Row[],
  reading: RowReading<Row, Label>,
  { labelText, conflicts = "refuse" }: GatherOptions<Label>,
): Outcome<Answered<Label>[]> {
  const groups = new Map<string, { rows: Row[]; label: Label | null }>();
  const textOf = new Map<string, string>();
  for (const row of rows) {
    const label = reading.labelOf(row);
    const text = label === null ? null : labelText(label);
    const person = `${row.part} ${row.patient}`;
    const first = text === null ? undefined : textOf.get(person);
    if (text !== null && first === undefined) textOf.set(person, text);
    else if (text !== null && first !== text && conflicts === "refuse") return conflict(row, first as string, text);
    // The length in front keeps a label and a patient apart, whatever they hold.
    const key = conflicts === "separate" ? `${text?.length ?? "none"} ${text ?? ""} ${person}` : person;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { rows: [row], label });
    else {
      group.rows.push(row);
      group.label ??= label;
    }
  }
  return ok(Array.from(groups.values(), (g) => patientOf(g.rows, g.label, reading.predictionOf)));
}

function conflict(row: Placed, a: string, b: string): Outcome<never> {
  return fail("conflicting-label", {
    expected: `one label for each patient of part ${row.part}`,
    received: `${a} and ${b} for patient ${row.patient} (slide ${row.slide})`,
    remedy: "correct the labels, or allow conflicting-label in the study file and say why",
  });
}

function patientOf<Row extends Placed, Label>(
  rows: readonly Row[],
  label: Label | null,
  predictionOf: (row: Row) => readonly number[],
): Answered<Label> {
  const first = rows[0] as Row;
  const { patient, part } = first;
  if (rows.length === 1) {
    const { fold, site, columns = {} } = first;
    const [folds, sites] = [fold === null ? [] : [fold], site === null ? [] : [site]];
    return { patient, part, folds, sites, label, prediction: predictionOf(first), bags: 1, columns };
  }
  const byFold = new Map<number | null, (readonly number[])[]>();
  for (const row of rows) {
    const bags = byFold.get(row.fold);
    if (bags === undefined) byFold.set(row.fold, [predictionOf(row)]);
    else bags.push(predictionOf(row));
  }
  return {
    patient,
    part,
    folds: [...byFold.keys()].filter((f) => f !== null).sort((a, b) => a - b),
    sites: [...new Set(rows.map((r) => r.site).filter((s) => s !== null))],
    label,
    prediction: meanOf([...byFold.values()].map(meanOf)),
    bags: new Set(rows.map((r) => r.slide)).size,
    columns: agreedColumns(rows),
  };
}

function meanOf(vectors: readonly (readonly number[])[]): number[] {
  const mean = new Array<number>(vectors[0]?.length ?? 0).fill(0);
  for (const v of vectors) for (let c = 0; c < mean.length; c++) mean[c] = (mean[c] as number) + (v[c] as number);
  return mean.map((s) => s / vectors.length);
}

function agreedColumns(rows: readonly Placed[]): Record<string, string> {
  const out: Record<string, string> = { ...rows[0]?.columns };
  for (const row of rows) {
    for (const [name, value] of Object.entries(row.columns ?? {})) {
      if (out[name] === undefined || out[name] === "") out[name] = value;
      else if (value !== "" && out[name] !== value) out[name] = SEVERAL;
    }
  }
  return out;
}
