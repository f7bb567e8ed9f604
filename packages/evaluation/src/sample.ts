/** What a metric sees: labelled patients as flat arrays. n patients, k classes. */

export interface Sample {
  readonly n: number;
  readonly k: number;
  /** Class index of each patient, [n]. */
  readonly labels: Int32Array;
  /** Row-major [n, k]. */
  readonly probabilities: Float64Array;
  /** Index of the class reported as positive. */
  readonly positive: number;
  readonly classes: readonly string[];
}

/** Probability of one class for every patient, [n]. */
export function scoresOf(sample: Sample, c: number = sample.positive): Float64Array {
  const out = new Float64Array(sample.n);
  for (let i = 0; i < sample.n; i++) out[i] = sample.probabilities[i * sample.k + c] as number;
  return out;
}

/** 1 where the patient is of class `c`, else 0, [n]. */
export function isClass(sample: Sample, c: number = sample.positive): Uint8Array {
  return Uint8Array.from(sample.labels, (label) => (label === c ? 1 : 0));
}

/** Patients of each class, [k]. */
export function classCounts(sample: Sample): number[] {
  const counts = new Array<number>(sample.k).fill(0);
  for (const label of sample.labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

/** The patients at `rows`, in that order. */
export function subsample(sample: Sample, rows: readonly number[]): Sample {
  const { k } = sample;
  const labels = Int32Array.from(rows, (i) => sample.labels[i] as number);
  const probabilities = new Float64Array(rows.length * k);
  rows.forEach((i, at) => {
    probabilities.set(sample.probabilities.subarray(i * k, (i + 1) * k), at * k);
  });
  return { ...sample, n: rows.length, labels, probabilities };
}

/**
 * Index of the predicted class. Two classes: the positive one at a probability of 0.5 or more.
 * More: the largest probability, the first of equals.
 */
export function predictedClass(sample: Sample, i: number): number {
  const { k, probabilities, positive } = sample;
  if (k === 2) return (probabilities[i * 2 + positive] as number) >= 0.5 ? positive : 1 - positive;
  let best = 0;
  for (let c = 1; c < k; c++) {
    if ((probabilities[i * k + c] as number) > (probabilities[i * k + best] as number)) best = c;
  }
  return best;
}
