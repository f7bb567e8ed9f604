/**
 * From replicates of a difference to its interval and its two-sided p. The p inverts the percentile interval: twice the
 * smaller share of replicates on one side of zero, one added to count and total (Davison and Hinkley 1997).
 * Where no replicate crosses zero the replicates can say no more than 2 / (B + 1), which a correction for many pairs would
 * swallow; there the normal tail of their spread speaks. No p is below 2^(1 - n), the least that exchanging two
 * predictions of n patients can reach.
 */
import { normalTail } from "../distribution/normal.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { isFlat, quantile } from "../interval/bootstrap.ts";

export interface Difference {
  readonly difference: Estimate;
  /** Two-sided; null where the difference is undefined. */
  readonly p: number | null;
}

export interface Draws {
  /** The difference itself. */
  readonly value: number;
  /** The difference in each replicate, NaN where undefined. */
  readonly replicates: Float64Array;
  readonly n: number;
  readonly method: string;
}

/** More undefined replicates than this share, and neither interval nor p is given. */
export const MAX_UNDEFINED = 0.1;

/** Percentile interval and two-sided p. */
export function differenceOf({ value, replicates, n, method }: Draws): Difference {
  const made = replicates.length;
  const none = (reason: string): Difference => ({
    difference: { value, low: null, high: null, n, method, reason },
    p: null,
  });
  if (made === 0) return none("no bootstrap was asked for");
  const sorted = replicates.filter((v) => !Number.isNaN(v)).sort();
  if (sorted.length < made * (1 - MAX_UNDEFINED)) {
    return none(`no interval: ${made - sorted.length} of ${made} replicates are undefined`);
  }
  const p = twoSided(value, sorted, n);
  if (isFlat(sorted) && value !== 0) {
    const reason = "no interval: every replicate gives the same difference, so resampling cannot say how sure it is";
    return { difference: { value, low: null, high: null, n, method, reason }, p };
  }
  const said = sorted.length === made ? method : `${method} (${made - sorted.length} undefined and left out)`;
  return {
    difference: { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975), n, method: said },
    p,
  };
}

/** A difference that could not be made. */
export function undefinedDifference(n: number, method: string, reason: string): Difference {
  return { difference: undefinedEstimate(n, method, reason), p: null };
}

/** The least two-sided p that exchanging two predictions of n patients can reach. */
export function leastP(n: number): number {
  return Math.min(1, 2 ** (1 - n));
}

function twoSided(value: number, replicates: Float64Array, n: number): number {
  let notAbove = 0;
  let notBelow = 0;
  for (const d of replicates) {
    if (d <= 0) notAbove++;
    if (d >= 0) notBelow++;
  }
  const crossing = Math.min(notAbove, notBelow);
  const counted = Math.min(1, (2 * (crossing + 1)) / (replicates.length + 1));
  const spread = deviation(replicates);
  const p = crossing > 0 || spread === 0 ? counted : Math.min(counted, 2 * normalTail(Math.abs(value) / spread));
  return Math.max(p, leastP(n));
}

/** Standard deviation, with n - 1; exactly 0 for equal values or fewer than two. */
export function deviation(values: Float64Array): number {
  if (values.length < 2) return 0;
  // Around the first value, so that equal values give exactly zero.
  const origin = values[0] as number;
  let sum = 0;
  let squares = 0;
  for (const v of values) {
    sum += v - origin;
    squares += (v - origin) ** 2;
  }
  return Math.sqrt(Math.max(0, (squares - (sum * sum) / values.length) / (values.length - 1)));
}
