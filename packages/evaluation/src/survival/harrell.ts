/**
 * Harrell's concordance index (Harrell 1982): of the pairs of whom one is known to have had the event first, the share
 * in which that one has the higher risk, equal risks half. 0.5 is chance. It depends on who was censored when: the same
 * model scores otherwise in a cohort followed otherwise (see `unoMetric`).
 *
 * Standard error of `harrell`: infinitesimal jackknife, the root of the sum over patients of the squared derivative of
 * the index by the patient's weight, (concordant_i - C pairs_i) / pairs, as R's survival::concordance gives it.
 */
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { type Metric, ready, undefinedBecause } from "../metric/metric.ts";
import { checkSurvival } from "./check.ts";
import { pairShare, type Ranked, ranked, unordered } from "./concordance.ts";
import { RankCounter } from "./rank-counter.ts";
import type { SurvivalSample } from "./sample.ts";

const NO_PAIR = "no two patients of whom one is known to have had the event first";
const METHOD = "Harrell's concordance index; 95 % normal interval with the infinitesimal jackknife, cut to 0 and 1";

/** @throws {RangeError} for follow-up, risks or curves that are out of range. */
export const harrellMetric: Metric<SurvivalSample> = {
  name: "cIndex",
  title: "Harrell's concordance index",
  perfect: 1,
  range: [0, 1],
  prepare(sample) {
    checkSurvival(sample);
    const reason = unordered(sample);
    if (reason !== null) return undefinedBecause(reason);
    const pairs = ranked(sample);
    if (pairShare(pairs, new Float64Array(sample.n).fill(1), null) === null) return undefinedBecause(NO_PAIR);
    return ready((weights) => pairShare(pairs, weights, null));
  },
};

/** The index with its closed-form interval, and the standard error. */
export function harrell(sample: SurvivalSample): Estimate & { readonly standardError: number | null } {
  checkSurvival(sample);
  const { n } = sample;
  const reason = unordered(sample);
  const counts = reason === null ? countPairs(ranked(sample)) : null;
  if (counts === null || counts.pairs === 0)
    return { ...undefinedEstimate(n, METHOD, reason ?? NO_PAIR), standardError: null };
  const { concordant, mine, pairs } = counts;
  const value = concordant.reduce((a, b) => a + b, 0) / (2 * pairs);
  const square = concordant.reduce((sum, c, i) => sum + (c - value * (mine[i] as number)) ** 2, 0);
  const standardError = Math.sqrt(square) / pairs;
  const known = { value, n, method: METHOD, standardError };
  if (!(standardError > 1e-12)) {
    return { ...known, low: null, high: null, reason: "no interval: every patient's pairs agree, so the spread is 0" };
  }
  const half = Z95 * standardError;
  return { ...known, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

interface PairCounts {
  /** Of each patient, as the earlier or the later: concordant pairs (ties half) and all pairs, in order of time, [n]. */
  readonly concordant: Float64Array;
  readonly mine: Float64Array;
  /** All pairs of the sample. */
  readonly pairs: number;
}

/** Once backwards for the pairs in which a patient is the earlier, once forwards for those in which it is the later. */
function countPairs({ line, rank, risks }: Ranked): PairCounts {
  const concordant = new Float64Array(line.n);
  const mine = new Float64Array(line.n);
  const meet = (others: RankCounter, earlier: boolean, [from, to]: Range): void => {
    for (let at = from; at < to; at++) {
      const below = others.below(rank[at] as number);
      concordant[at] = (concordant[at] as number) + (earlier ? below : others.total - below);
      mine[at] = (mine[at] as number) + others.total;
    }
  };
  const enter = (others: RankCounter, [from, to]: Range): void => {
    for (let at = from; at < to; at++) others.enter(rank[at] as number, 1);
  };
  const spans = Array.from(line.censoredFrom, (middle, g) => ({
    events: [line.starts[g] as number, middle] as const,
    censored: [middle, line.starts[g + 1] as number] as const,
  }));
  const after = new RankCounter(risks);
  for (const { events, censored } of [...spans].reverse()) {
    enter(after, censored);
    meet(after, true, events);
    enter(after, events);
  }
  const pairs = mine.reduce((a, b) => a + b, 0);
  const before = new RankCounter(risks);
  for (const { events, censored } of spans) {
    meet(before, false, events);
    enter(before, events);
    meet(before, false, censored);
  }
  return { concordant, mine, pairs };
}

/** From, to (not included), in order of time. */
type Range = readonly [from: number, to: number];
