/** The reliability diagram: what was claimed against what came true, in ten bins, with the number in each bin. */
import { wilson } from "../interval/wilson.ts";
import type { Sample } from "../sample.ts";
import { BINS, binOf, claimsOf } from "./ece.ts";

export interface ReliabilityBin {
  /** The bin covers (low, high]; the first also holds 0. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Mean probability and share that came true; null in an empty bin. The interval of the share is Wilson's. */
  readonly meanProbability: number | null;
  readonly observed: number | null;
  readonly observedLow: number | null;
  readonly observedHigh: number | null;
}

/** All bins from low to high, empty ones too. */
export function reliabilityBins(sample: Sample, bins: number = BINS): ReliabilityBin[] {
  const { probability, outcome } = claimsOf(sample);
  const n = new Array<number>(bins).fill(0);
  const claimed = new Array<number>(bins).fill(0);
  const came = new Array<number>(bins).fill(0);
  probability.forEach((p, i) => {
    const b = binOf(p, bins);
    n[b] = (n[b] as number) + 1;
    claimed[b] = (claimed[b] as number) + p;
    came[b] = (came[b] as number) + (outcome[i] as number);
  });
  return n.map((count, b) => {
    const range = { low: b / bins, high: (b + 1) / bins, n: count };
    if (count === 0) return { ...range, meanProbability: null, observed: null, observedLow: null, observedHigh: null };
    const hits = came[b] as number;
    const [observedLow, observedHigh] = wilson(hits, count);
    return {
      ...range,
      meanProbability: (claimed[b] as number) / count,
      observed: hits / count,
      observedLow,
      observedHigh,
    };
  });
}
