/** The two-way analysis of variance of ratings, patients by raters, each cell once; weight w counts a patient w times. */

/** A mean square this much smaller than all together is the rounding of a sum, and counts as 0. */
const ROUNDING = 1e-24;

export interface MeanSquares {
  /** Patients (the sum of the weights) and raters. */
  readonly n: number;
  readonly k: number;
  /** Mean squares between patients, between raters, and of what remains. */
  readonly patients: number;
  readonly raters: number;
  readonly error: number;
}

/** Mean squares of values [n, k]; null with fewer than two patients or raters. @throws RangeError for values that do not fill [n, k] */
export function meanSquares(values: Float64Array, k: number, weights: Float64Array): MeanSquares | null {
  if (values.length !== weights.length * k)
    throw new RangeError(`expected ${weights.length} x ${k} ratings, received ${values.length}; rate every patient`);
  const n = weights.reduce((sum, w) => sum + w, 0);
  if (n < 2 || k < 2) return null;
  const columns = columnMeans(values, k, weights, n);
  const grand = columns.reduce((sum, m) => sum + m, 0) / k;
  let between = 0;
  let within = 0;
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number;
    if (w === 0) continue;
    let row = 0;
    for (let j = 0; j < k; j++) row += ((values[i * k + j] as number) - grand) / k;
    between += w * row * row;
    for (let j = 0; j < k; j++) {
      const rest = (values[i * k + j] as number) - (columns[j] as number) - row;
      within += w * rest * rest;
    }
  }
  const offsets = columns.reduce((sum, m) => sum + (m - grand) ** 2, 0);
  const patients = (k * between) / (n - 1);
  const raters = (n * offsets) / (k - 1);
  const error = within / ((n - 1) * (k - 1));
  const rounding = ROUNDING * (patients + raters + error);
  const settled = (square: number): number => (square <= rounding ? 0 : square);
  return { n, k, patients: settled(patients), raters: settled(raters), error: settled(error) };
}

function columnMeans(values: Float64Array, k: number, weights: Float64Array, n: number): Float64Array {
  const means = new Float64Array(k);
  for (let i = 0; i < weights.length; i++) {
    const w = weights[i] as number;
    for (let j = 0; j < k; j++) means[j] = (means[j] as number) + (w * (values[i * k + j] as number)) / n;
  }
  return means;
}
