/**
 * The levels of a BCa interval (Efron 1987; Efron and Tibshirani 1993, equations 14.9 to 14.15): the bias from the share of replicates
 * below the value, the acceleration from leaving out one patient after another. Departure: replicates that equal the value
 * count one half below it, since metrics of ranks are full of ties.
 */

import { normalTail } from "../distribution/normal.ts";
import { normalQuantile } from "../distribution/quantile.ts";
import type { Weighted } from "../metric/metric.ts";

/** Levels of the sorted replicates for a 95 % interval; null where the value lies beyond all of them. */
export function bcaLevels(
  sorted: ArrayLike<number>,
  value: number,
  at: Weighted,
  n: number,
): [low: number, high: number] | null {
  let below = 0;
  for (let i = 0; i < sorted.length; i++) {
    const v = sorted[i] as number;
    below += v < value ? 1 : v === value ? 0.5 : 0;
  }
  const share = below / sorted.length;
  if (share <= 0 || share >= 1) return null;
  const bias = normalQuantile(share);
  const acceleration = accelerationOf(at, n);
  const level = (z: number): number => {
    const moved = bias + z;
    return 1 - normalTail(bias + moved / (1 - acceleration * moved));
  };
  return [level(normalQuantile(0.025)), level(normalQuantile(0.975))];
}

/** Skewness of the jackknife values over six; 0 where they do not differ. Patients whose absence leaves the value undefined are passed over. */
function accelerationOf(at: Weighted, n: number): number {
  const weights = new Float64Array(n).fill(1);
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    weights[i] = 0;
    const value = at(weights);
    if (value !== null) values.push(value);
    weights[i] = 1;
  }
  const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  let square = 0;
  let cube = 0;
  for (const v of values) {
    square += (mean - v) ** 2;
    cube += (mean - v) ** 3;
  }
  return square === 0 ? 0 : cube / (6 * square ** 1.5);
}
