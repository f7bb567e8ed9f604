/**
 * Nodes and weights of Gauss-Legendre quadrature on [0, 1] (Abramowitz and Stegun 1964, 25.4.29 and 25.4.30): exact for polynomials of
 * degree 2 m - 1. The roots of the Legendre polynomial come from Newton's method; no node lies on an end of the interval.
 */

export interface Quadrature {
  /** [m], growing. */
  readonly nodes: readonly number[];
  /** [m], they sum to 1. */
  readonly weights: readonly number[];
}

/** @throws RangeError for less than one node */
export function gaussLegendre(m: number): Quadrature {
  if (!(Number.isInteger(m) && m >= 1)) throw new RangeError(`expected at least one node, received ${m}`);
  const rows = Array.from({ length: m }, (_, i) => {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (m + 0.5));
    for (let step = 0; step < 100; step++) {
      const { value, slope } = legendre(m, x);
      x -= value / slope;
      if (Math.abs(value / slope) < 1e-15) break;
    }
    const { slope } = legendre(m, x);
    return { node: (1 + x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
  return { nodes: rows.map((r) => r.node), weights: rows.map((r) => r.weight) };
}

/** The polynomial of degree m and its derivative at x inside (-1, 1), by the three-term recurrence. */
function legendre(m: number, x: number): { value: number; slope: number } {
  let before = 1;
  let value = x;
  for (let j = 2; j <= m; j++) [before, value] = [value, ((2 * j - 1) * x * value - (j - 1) * before) / j];
  return { value, slope: (m * (x * value - before)) / (x * x - 1) };
}
