/** Counts at a threshold: a patient is called at a probability of the positive class of at least the threshold. */
import { ascending, endOfTie } from "../metric/rank.ts";
import { isClass, type Sample, scoresOf } from "../sample.ts";

export interface Tally {
  readonly threshold: number;
  /** Positive patients called and not called. */
  readonly found: number;
  readonly missed: number;
  /** Negative patients not called and called. */
  readonly cleared: number;
  readonly alarms: number;
}

export interface ShareCount {
  readonly hits: number;
  readonly n: number;
}

export const shareOf = (hits: number, errors: number): ShareCount => ({ hits, n: hits + errors });

/** Counts with every distinct probability of the sample as the threshold, ascending. */
export function tallies(sample: Sample): Tally[] {
  const scores = scoresOf(sample);
  const positive = isClass(sample);
  const order = ascending(scores);
  const positives = positive.reduce((sum, yes) => sum + yes, 0);
  const out: Tally[] = [];
  let missed = 0;
  for (let start = 0; start < order.length; ) {
    const cleared = start - missed;
    out.push({
      threshold: scores[order[start] as number] as number,
      found: positives - missed,
      missed,
      cleared,
      alarms: sample.n - positives - cleared,
    });
    const end = endOfTie(order, scores, start);
    for (let i = start; i < end; i++) missed += positive[order[i] as number] as number;
    start = end;
  }
  return out;
}

/** Counts at one threshold. */
export function tallyAt(sample: Sample, threshold: number): Tally {
  return {
    threshold,
    ...tallyOf(
      sample,
      Uint8Array.from(scoresOf(sample), (p) => (p >= threshold ? 1 : 0)),
    ),
  };
}

/** Counts where it is known of each patient whether he is called (1) or not (0), [n]. */
export function tallyOf(sample: Sample, called: Uint8Array): Omit<Tally, "threshold"> {
  const counts = { found: 0, missed: 0, cleared: 0, alarms: 0 };
  isClass(sample).forEach((positive, i) => {
    const isCalled = called[i] === 1;
    if (positive === 1) counts[isCalled ? "found" : "missed"]++;
    else counts[isCalled ? "alarms" : "cleared"]++;
  });
  return counts;
}
