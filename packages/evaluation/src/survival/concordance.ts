/**
 * Pairs of patients of whom one is known to have had the event first: i before j where i had the event and j was followed
 * longer, or was censored at that very time (the convention of R's survival). The pair is concordant when i has the
 * higher risk; equal risks count half. Two events at one time are not a pair. Counted from the last time backwards with
 * a tree over ranks of risk (`rank-counter.ts`): O(n log n) for any weights.
 */
import { RankCounter } from "./rank-counter.ts";
import type { SurvivalSample } from "./sample.ts";
import { type Timeline, timeline } from "./timeline.ts";

/** A sample sorted once. */
export interface Ranked {
  readonly line: Timeline;
  /** Rank of each patient's risk among the distinct risks, from 1, in the order of `line.order`, [n]. */
  readonly rank: Uint32Array;
  /** How many distinct risks. */
  readonly risks: number;
}

/** Why no order can be judged here, or null. */
export function unordered({ n, time, event, risk }: SurvivalSample): string | null {
  if (n === 0) return "no patient";
  if (n === 1) return "one patient cannot be put in order";
  if (!event.includes(1)) return "no patient had the event";
  if (time.every((t) => t === time[0])) return "every patient has the same time";
  if (risk.every((r) => r === risk[0])) return "every patient has the same risk";
  return null;
}

/** Sorts by time and by risk. */
export function ranked({ time, event, risk }: SurvivalSample): Ranked {
  const line = timeline(time, event);
  const distinct = Float64Array.from(risk)
    .sort()
    .filter((r, i, all) => i === 0 || r !== all[i - 1]);
  // -0 and 0 are one risk; a Map treats them so.
  const rankOf = new Map(Array.from(distinct, (r, i) => [r, i + 1]));
  const rank = Uint32Array.from(line.order, (i) => rankOf.get(risk[i] as number) as number);
  return { line, rank, risks: distinct.length };
}

/**
 * Share of the pairs that are concordant; null without a pair. A pair weighs the product of its two weights and, where
 * given, the factor of the earlier patient's time, [g].
 */
export function pairShare(ranked: Ranked, weights: ArrayLike<number>, factor: ArrayLike<number> | null): number | null {
  const { order, starts, censoredFrom } = ranked.line;
  const { rank } = ranked;
  const later = new RankCounter(ranked.risks);
  let concordant = 0;
  let pairs = 0;
  const enter = (from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      const w = weights[order[at] as number] as number;
      if (w !== 0) later.enter(rank[at] as number, w);
    }
  };
  for (let g = censoredFrom.length - 1; g >= 0; g--) {
    const first = starts[g] as number;
    const middle = censoredFrom[g] as number;
    const f = factor === null ? 1 : (factor[g] as number);
    enter(middle, starts[g + 1] as number);
    for (let at = f === 0 ? middle : first; at < middle; at++) {
      const w = f * (weights[order[at] as number] as number);
      if (w === 0) continue;
      concordant += w * later.below(rank[at] as number);
      pairs += w * later.total;
    }
    enter(first, middle);
  }
  return pairs > 0 ? concordant / pairs : null;
}
