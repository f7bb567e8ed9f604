/**
 * Rows in coordinates in which linear fits with an L2 penalty are quick. Weights never leave the span of the rows, so d features
 * of n rows are m = min(n, d) numbers (X = L Q', Householder); and there a rotation makes X'X tridiagonal, which costs O(m) to
 * solve with. Both are orthonormal: lengths of rows and of weights stay, and so does the penalty.
 */

import { reflect, reflector, type Tridiagonal, tridiagonalise } from "./tridiagonal.ts";
import { addScaled, dot } from "./vector.ts";

export interface RotatedRows {
  /** Row-major [n, m]. */
  readonly x: Float64Array;
  readonly n: number;
  readonly m: number;
  /** X'X in these coordinates. */
  readonly gram: Tridiagonal;
  /** Weights [d] on the rows as they were, from weights z [m] on the rotated ones. */
  back(z: Float64Array): Float64Array;
}

/** @param values row-major [n, d], left alone */
export function rotateRows(values: Float64Array, n: number, d: number): RotatedRows {
  const short = n < d ? shorten(values, n, d) : null;
  const m = Math.min(n, d);
  const x = short?.x ?? values.slice();
  const gram = tridiagonalise(gramOfColumns(x, n, m), m);
  for (let i = 0; i < n; i++) reflect(gram, x.subarray(i * m, (i + 1) * m), false);
  return {
    x,
    n,
    m,
    gram,
    back(z) {
      const out = new Float64Array(d);
      out.set(z);
      reflect(gram, out.subarray(0, m), true);
      short?.lengthen(out);
      return out;
    },
  };
}

/** n rows of d > n features as a triangle [n, n], and the way back. */
function shorten(values: Float64Array, n: number, d: number) {
  const a = values.slice(); // row i holds its part of the triangle, and from column i on the reflector
  const x = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    x.set(a.subarray(i * d, i * d + i), i * n);
    const own = i * d + i;
    const length = d - i;
    x[i * n + i] = reflector(a.subarray(own, own + length));
    for (let r = i + 1; r < n; r++) {
      const inner = dot(a, own, a, r * d + i, length);
      addScaled(a, r * d + i, a, own, { scale: -2 * inner, n: length });
    }
  }
  const lengthen = (out: Float64Array): void => {
    for (let i = n - 1; i >= 0; i--) {
      const inner = dot(a, i * d + i, out, i, d - i);
      addScaled(out, i, a, i * d + i, { scale: -2 * inner, n: d - i });
    }
  };
  return { x, lengthen };
}

function gramOfColumns(x: Float64Array, n: number, d: number): Float64Array {
  const gram = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) addScaled(gram, j * d, x, i * d, { scale: x[i * d + j] as number, n: j + 1 });
  }
  for (let j = 0; j < d; j++) for (let l = 0; l < j; l++) gram[l * d + j] = gram[j * d + l] as number;
  return gram;
}
