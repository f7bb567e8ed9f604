/** Cholesky factor of a symmetric matrix, and what is solved with it. Small dense matrices, double precision. */

export interface Cholesky {
  /** Lower factor, row-major [p, p]. */
  readonly factor: Float64Array;
  readonly p: number;
}

export type CholeskyResult =
  | { readonly ok: true; readonly value: Cholesky }
  /** The first column that is, within rounding, a combination of the ones before it. */
  | { readonly ok: false; readonly column: number };

/** Factors a [p, p]. A pivot below `least` times the diagonal it came from counts as zero. */
export function cholesky(a: Float64Array, p: number, least = 1e-10): CholeskyResult {
  const factor = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * p + j] as number;
      for (let m = 0; m < j; m++) sum -= (factor[i * p + m] as number) * (factor[j * p + m] as number);
      if (i !== j) factor[i * p + j] = sum / (factor[j * p + j] as number);
      else if (!(sum > least * (a[i * p + i] as number))) return { ok: false, column: i };
      else factor[i * p + i] = Math.sqrt(sum);
    }
  }
  return { ok: true, value: { factor, p } };
}

/** x with A x = b. */
export function solve({ factor, p }: Cholesky, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < p; i++) {
    let sum = x[i] as number;
    for (let m = 0; m < i; m++) sum -= (factor[i * p + m] as number) * (x[m] as number);
    x[i] = sum / (factor[i * p + i] as number);
  }
  for (let i = p - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let m = i + 1; m < p; m++) sum -= (factor[m * p + i] as number) * (x[m] as number);
    x[i] = sum / (factor[i * p + i] as number);
  }
  return x;
}

/** The inverse of A, row-major [p, p]. */
export function inverse(chol: Cholesky): Float64Array {
  const { p } = chol;
  const out = new Float64Array(p * p);
  const unit = new Float64Array(p);
  for (let j = 0; j < p; j++) {
    unit.fill(0);
    unit[j] = 1;
    out.set(solve(chol, unit), j * p);
  }
  return out;
}
