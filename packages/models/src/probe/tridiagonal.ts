/**
 * A symmetric matrix as Q T Q' with T tridiagonal (Householder 1958). Whatever has to be solved with the matrix plus any multiple of
 * the identity is then a matter of O(m).
 */
import { addScaled, dot } from "./vector.ts";

export interface Tridiagonal {
  readonly size: number;
  readonly diagonal: Float64Array;
  /** Beside the diagonal, [size - 1]. */
  readonly beside: Float64Array;
  /** Reflectors I - 2 v v', v in row i from column i + 1; [size, size]. */
  readonly reflectors: Float64Array;
}

/** Overwrites the symmetric matrix a [m, m]. */
export function tridiagonalise(a: Float64Array, m: number): Tridiagonal {
  const diagonal = new Float64Array(m);
  const beside = new Float64Array(Math.max(0, m - 1));
  const reflectors = new Float64Array(m * m);
  const w = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    diagonal[i] = a[i * m + i] as number;
    if (i === m - 1) break;
    const from = i * m + i + 1;
    const length = m - i - 1;
    const v = reflectors.subarray(from, from + length);
    v.set(a.subarray(from, from + length));
    beside[i] = reflector(v);
    for (let j = 0; j < length; j++) w[j] = dot(a, (i + 1 + j) * m + i + 1, v, 0, length);
    const inner = dot(v, 0, w, 0, length);
    for (let j = 0; j < length; j++) w[j] = 2 * ((w[j] as number) - inner * (v[j] as number));
    for (let j = 0; j < length; j++) {
      const row = (i + 1 + j) * m + i + 1;
      addScaled(a, row, w, 0, { scale: -(v[j] as number), n: length });
      addScaled(a, row, v, 0, { scale: -(w[j] as number), n: length });
    }
  }
  return { size: m, diagonal, beside, reflectors };
}

/**
 * Replaces v by the unit vector u for which v - 2 u (u . v) has all but its first component zero, and returns that component.
 * A vector of zeros stays, and reflects nothing.
 */
export function reflector(v: Float64Array): number {
  const length = v.length;
  const size = Math.sqrt(dot(v, 0, v, 0, length));
  const turned = (v[0] as number) > 0 ? -size : size;
  v[0] = (v[0] as number) - turned;
  const norm = Math.sqrt(dot(v, 0, v, 0, length));
  if (norm > 0) for (let j = 0; j < length; j++) v[j] = (v[j] as number) / norm;
  return turned;
}

/** Replaces b by Q' b, or with `back` by Q b. */
export function reflect({ size, reflectors }: Tridiagonal, b: Float64Array, back: boolean): void {
  for (let step = 0; step < size - 1; step++) {
    const i = back ? size - 2 - step : step;
    const length = size - i - 1;
    const from = i * size + i + 1;
    const inner = dot(reflectors, from, b, i + 1, length);
    addScaled(b, i + 1, reflectors, from, { scale: -2 * inner, n: length });
  }
}

/** z with (T + alpha) z = b, for alpha above 0 and T without negative eigenvalues. */
export function solveTridiagonal(
  { size, diagonal, beside }: Pick<Tridiagonal, "size" | "diagonal" | "beside">,
  alpha: number,
  b: Float64Array,
): Float64Array {
  const z = b.slice();
  const pivots = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    pivots[i] = (diagonal[i] as number) + alpha;
    if (i === 0) continue;
    const ratio = (beside[i - 1] as number) / (pivots[i - 1] as number);
    pivots[i] = (pivots[i] as number) - ratio * (beside[i - 1] as number);
    z[i] = (z[i] as number) - ratio * (z[i - 1] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    const next = i < size - 1 ? (beside[i] as number) * (z[i + 1] as number) : 0;
    z[i] = ((z[i] as number) - next) / (pivots[i] as number);
  }
  return z;
}
