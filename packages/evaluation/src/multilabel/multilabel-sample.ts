/** What a multi-label metric sees: n patients, l labels that do not exclude each other, each present, absent or not known. */

export interface MultilabelSample {
  readonly n: number;
  readonly l: number;
  /** Row-major [n, l]: 1 present, 0 absent, -1 not known. */
  readonly labels: Int8Array;
  /** Row-major [n, l]. */
  readonly probabilities: Float64Array;
  /** Names of the labels, [l]. */
  readonly names: readonly string[];
}

/** One label of the patients for whom it is known: their rows, whether it is present, its probability. */
export interface LabelColumn {
  readonly name: string;
  readonly rows: Uint32Array;
  readonly present: Uint8Array;
  readonly scores: Float64Array;
  readonly positives: number;
}

/** A label that the macro means leave out, and why. */
export interface LeftOutLabel {
  readonly name: string;
  readonly reason: string;
}

/** Passes a sound sample. @throws RangeError for sizes that disagree, labels other than 1, 0, -1, probabilities outside 0 to 1 */
export function expectMultilabel({ n, l, labels, probabilities, names }: MultilabelSample): void {
  if (labels.length !== n * l || probabilities.length !== n * l || names.length !== l) {
    const received = `${labels.length} labels, ${probabilities.length} probabilities, ${names.length} names`;
    throw new RangeError(`expected ${n} x ${l} labels and probabilities and ${l} names, received ${received}`);
  }
  for (let i = 0; i < n * l; i++) {
    const label = labels[i] as number;
    const p = probabilities[i] as number;
    const where = `row ${Math.floor(i / l)}, label ${names[i % l]}`;
    if (label < -1 || label > 1)
      throw new RangeError(`expected a label 1, 0 or -1 (not known), received ${label} at ${where}`);
    if (!(p >= 0 && p <= 1))
      throw new RangeError(`expected a probability from 0 to 1, received ${p} at ${where}; apply the sigmoid first`);
  }
}

/** The known part of each label, in the order of the names. */
export function columnsOf({ n, l, labels, probabilities, names }: MultilabelSample): LabelColumn[] {
  return names.map((name, c) => {
    const rows = Uint32Array.from({ length: n }, (_, i) => i).filter((i) => (labels[i * l + c] as number) >= 0);
    const present = Uint8Array.from(rows, (i) => labels[i * l + c] as number);
    const scores = Float64Array.from(rows, (i) => probabilities[i * l + c] as number);
    return { name, rows, present, scores, positives: present.reduce((sum, y) => sum + y, 0) };
  });
}

/** Why a label says nothing about discrimination, or null: it needs a patient with it and one without. */
export function oneSided({ rows, positives }: LabelColumn): string | null {
  if (rows.length === 0) return "known for no patient";
  if (positives === 0) return "present in no patient";
  return positives === rows.length ? "present in every patient for whom it is known" : null;
}

/** The labels that macro AUROC, average precision and macro F1 leave out, with the reason. */
export function leftOutLabels(sample: MultilabelSample): LeftOutLabel[] {
  expectMultilabel(sample);
  return columnsOf(sample).flatMap((column) => {
    const reason = oneSided(column);
    return reason === null ? [] : [{ name: column.name, reason }];
  });
}
