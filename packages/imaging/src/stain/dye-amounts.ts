/** How much of each of two dyes is in a pixel: least squares, or least squares that is sparse and not negative. */
import type { Triple } from "./optical-density.ts";
import { dot } from "./three-by-three.ts";

/** Writes the two amounts of a pixel whose densities are given. */
export type Unmix = (red: number, green: number, blue: number, out: Float64Array, at: number) => void;

/** min |v - a h - b e|^2: the normal equations of two columns, solved once. */
export function leastSquares(h: Triple, e: Triple): Unmix {
  const [hh, he, ee] = [dot(h, h), dot(h, e), dot(e, e)];
  const k = 1 / (hh * ee - he * he);
  const row = (a: Triple, own: number, b: Triple): Triple => [
    k * (own * a[0] - he * b[0]),
    k * (own * a[1] - he * b[1]),
    k * (own * a[2] - he * b[2]),
  ];
  const [h0, h1, h2] = row(h, ee, e);
  const [e0, e1, e2] = row(e, hh, h);
  return (r, g, b, out, at) => {
    out[at] = h0 * r + h1 * g + h2 * b;
    out[at + 1] = e0 * r + e1 * g + e2 * b;
  };
}

/**
 * min 1/2 |v - a h - b e|^2 + lambda (a + b), a and b >= 0, for unit h and e. With two unknowns the answer is exact: the point
 * where both slopes are zero if it is not negative, else the better edge.
 */
export function sparseAmounts(h: Triple, e: Triple, lambda: number): Unmix {
  const he = dot(h, e);
  const k = 1 / (1 - he * he);
  return (r, g, b, out, at) => {
    const x = h[0] * r + h[1] * g + h[2] * b - lambda;
    const y = e[0] * r + e[1] * g + e[2] * b - lambda;
    const a = (x - he * y) * k;
    const c = (y - he * x) * k;
    const inside = a >= 0 && c >= 0;
    out[at] = inside ? a : x >= y ? Math.max(0, x) : 0;
    out[at + 1] = inside ? c : x >= y ? 0 : Math.max(0, y);
  };
}

/** Amounts of all rows of densities [n, 3] → [n, 2]. */
export function dyeAmounts(densities: Float64Array, unmix: Unmix): Float64Array {
  const out = new Float64Array((densities.length / 3) * 2);
  for (let p = 0, q = 0; p < densities.length; p += 3, q += 2) {
    unmix(densities[p] as number, densities[p + 1] as number, densities[p + 2] as number, out, q);
  }
  return out;
}
