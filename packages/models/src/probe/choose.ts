/** A choice on the tune part: the lowest loss, and where losses tie, the stronger penalty, which claims less. */
import type { Candidate } from "./probe.ts";

/** Losses nearer than this share of their size are equal. */
const TIE = 1e-9;

/** Index of the chosen candidate. `tried` runs from the strongest penalty to the weakest. @throws RangeError when it is empty */
export function choose(tried: readonly Candidate[]): number {
  let best = 0;
  if (tried.length === 0) throw new RangeError("expected at least one candidate, received none");
  for (const [i, { tuneLoss }] of tried.entries()) {
    const least = (tried[best] as Candidate).tuneLoss;
    if (tuneLoss < least - TIE * Math.abs(least) || Number.isNaN(least)) best = i;
  }
  return best;
}

/** `count` values from `from` to `to`, both included, evenly spaced in their logarithm. */
export function logSpaced(from: number, to: number, count: number): number[] {
  const step = count > 1 ? Math.log(to / from) / (count - 1) : 0;
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? to : from * Math.exp(step * i)));
}
