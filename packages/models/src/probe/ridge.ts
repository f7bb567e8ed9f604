/**
 * Ridge regression (Hoerl and Kennard 1970): minimises |y - b - Xw|^2 + alpha |w|^2 on centred rows, for every alpha of a path at
 * little more than the price of one (the idea of Elden 1977): in rotated coordinates each is the solve of a tridiagonal system.
 */
import type { LinearHead } from "./linear-head.ts";
import type { RotatedRows } from "./rotate-rows.ts";
import { solveTridiagonal } from "./tridiagonal.ts";
import { addScaled } from "./vector.ts";

/** The fit of any alpha above 0, on the rows before they were rotated. Rows must be centred; then the offset is the mean of y. */
export function ridge(rows: RotatedRows, y: ArrayLike<number>): (alpha: number) => LinearHead {
  const { x, n, m, gram } = rows;
  const mean = Array.from(y).reduce((sum, value) => sum + value, 0) / n;
  const side = new Float64Array(m);
  for (let i = 0; i < n; i++) addScaled(side, 0, x, i * m, { scale: (y[i] as number) - mean, n: m });
  return (alpha) => {
    const weight = rows.back(solveTridiagonal(gram, alpha, side));
    return { weight, bias: Float64Array.of(mean), d: weight.length, k: 1 };
  };
}
