/**
 * A learned rank ensemble (RetroChimera, arXiv 2412.05269): several models rank the same candidates (classes, neighbours,
 * diagnoses, trials); a candidate's score is the sum over models of that model's weight at the rank it gave. The weights are
 * fitted on the tune part, on the pairs of the right candidate and another about which the models disagree:
 *
 *   loss = mean over pairs of sigmoid((s_other - s_right + 0.0001) / T) + 0.2 x variation of the models' shares along the ranks
 *
 * Adam, 1,000 steps, rate and T from 0.1 and both 0.9 of that every 25 steps; the mean of 5 starts. Readings of ours where
 * the paper leaves room: weights are divided by their mean over all models, so that one model can count for more than another;
 * the variation is that of each model's share of the summed weight, averaged over models. Where probabilities can be trusted, their mean
 * (averageModels) or a mixture is better than ranks.
 */
import { fail, type Outcome, ok, randomStream } from "@nacre/core";
import { toProbabilities } from "../probe/softmax-loss.ts";
import { ABSENT, ranksOf } from "./rank-list.ts";
import { pullBack, weightsFrom } from "./rank-weights.ts";

/** One question: what each model scores each candidate (higher is better, NaN where it does not name it), and the right one. */
export interface RankedQuery {
  readonly scores: readonly ArrayLike<number>[];
  readonly truth: number;
}

export interface RankEnsemble {
  readonly models: number;
  readonly ranks: number;
  /** [models, ranks], falling and convex along the ranks; mean 1. */
  readonly weights: Float64Array;
}

export interface RankFitOptions {
  /** Ranks that have a weight of their own. */
  readonly ranks?: number;
  readonly steps?: number;
  /** Random starts whose weights are averaged. */
  readonly repeats?: number;
  readonly seed?: number;
}

const RATE = 0.1;
const COOLING = { every: 25, by: 0.9 };
const MARGIN = 1e-4;
const ROUGHNESS = 0.2;
const SHARPNESS = 8;

/**
 * Fits the weights on tune queries. Fails with `too-few` where the models never disagree about a right candidate: there is nothing to
 * weigh. @throws RangeError for queries of different models, or a truth that is no candidate
 */
export function fitRankEnsemble(
  queries: readonly RankedQuery[],
  { ranks = 100, steps = 1000, repeats = 5, seed = 1 }: RankFitOptions = {},
): Outcome<RankEnsemble> {
  const models = queries[0]?.scores.length ?? 0;
  const longest = queries.reduce((most, { scores }) => Math.max(most, scores[0]?.length ?? 0), 1);
  const kept = Math.min(ranks, longest);
  const pairs = pairsOf(queries, models, kept);
  if (pairs.length === 0) {
    return fail("too-few", {
      expected: "tune queries on which the models disagree about the right candidate",
      received: `${queries.length} queries, none of them such`,
      remedy: "use any one of the models, or a larger tune part",
    });
  }
  const weights = new Float64Array(models * kept);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const random = randomStream(seed, "rank-ensemble", repeat);
    const free = Float64Array.from({ length: weights.length }, () => 0.1 * random.normal());
    learn(free, pairs, { models, steps }).forEach((w, i) => {
      weights[i] = (weights[i] as number) + w / repeats;
    });
  }
  return ok({ models, ranks: kept, weights });
}

/** Score of each candidate; with `consensus` 0 for those that some model does not name. @throws RangeError for other models */
export function ensembleScores(
  { models, ranks, weights }: RankEnsemble,
  scores: readonly ArrayLike<number>[],
  { consensus = false }: { readonly consensus?: boolean } = {},
): Float64Array {
  if (scores.length !== models)
    throw new RangeError(`expected the scores of ${models} models, received ${scores.length}`);
  const lists = scores.map(ranksOf);
  return Float64Array.from({ length: scores[0]?.length ?? 0 }, (_, candidate) => {
    const own = lists.map((list) => list[candidate] as number);
    if (consensus && own.includes(ABSENT)) return 0;
    return own.reduce((sum, rank, m) => {
      const { at, share } = placeOf(rank, ranks);
      return sum + share * (weights[m * ranks + at] as number);
    }, 0);
  });
}

/** Scores as probabilities: softmax of 8 score / (summed weight of rank 0). An order with a scale, not calibrated. */
export function ensembleProbabilities({ models, ranks, weights }: RankEnsemble, scores: Float64Array): Float64Array {
  let top = 0;
  for (let m = 0; m < models; m++) top += weights[m * ranks] as number;
  const out = scores.map((score) => (SHARPNESS * score) / top);
  toProbabilities(out);
  return out;
}

/** Which weight a rank takes, and how much of it: beyond the last one a falling tail, so that late candidates keep an order. */
function placeOf(rank: number, ranks: number): { at: number; share: number } {
  if (rank === ABSENT) return { at: 0, share: 0 };
  return rank < ranks ? { at: rank, share: 1 } : { at: ranks - 1, share: 1 / (rank - ranks + 2) };
}

/** What the other candidate has of each weight, less what the right one has: sparse, two places a model. */
export interface Pair {
  readonly at: Int32Array;
  readonly share: Float64Array;
}

function pairsOf(queries: readonly RankedQuery[], models: number, ranks: number): Pair[] {
  const pairs: Pair[] = [];
  for (const { scores, truth } of queries) {
    const candidates = scores[0]?.length ?? 0;
    if (scores.length !== models || scores.some((own) => own.length !== candidates)) {
      throw new RangeError(`expected ${models} models with a score for each candidate in every query`);
    }
    if (!(truth >= 0 && truth < candidates))
      throw new RangeError(`expected a right candidate from 0 to ${candidates - 1}, received ${truth}`);
    const lists = scores.map(ranksOf);
    for (let other = 0; other < candidates; other++) {
      if (other !== truth && disagree(lists, truth, other)) pairs.push(pairOf(lists, { truth, other, ranks }));
    }
  }
  return pairs;
}

/** Whether one model has the right candidate before the other and one has it behind. Absent is behind every rank. */
function disagree(lists: readonly Int32Array[], truth: number, other: number): boolean {
  const rank = (list: Int32Array, i: number) => (list[i] === ABSENT ? Number.POSITIVE_INFINITY : (list[i] as number));
  return (
    lists.some((list) => rank(list, truth) < rank(list, other)) &&
    lists.some((list) => rank(list, truth) > rank(list, other))
  );
}

function pairOf(
  lists: readonly Int32Array[],
  { truth, other, ranks }: { truth: number; other: number; ranks: number },
): Pair {
  const at = new Int32Array(2 * lists.length);
  const share = new Float64Array(2 * lists.length);
  for (const [m, list] of lists.entries()) {
    for (const [side, candidate] of [other, truth].entries()) {
      const place = placeOf(list[candidate] as number, ranks);
      at[2 * m + side] = m * ranks + place.at;
      share[2 * m + side] = side === 0 ? place.share : -place.share;
    }
  }
  return { at, share };
}

/** Loss and its derivative by the weights [models, ranks]. */
export function rankLoss(weights: Float64Array, pairs: readonly Pair[], { models, t }: { models: number; t: number }) {
  const slope = new Float64Array(weights.length);
  let loss = 0;
  for (const { at, share } of pairs) {
    let gap = MARGIN;
    for (let i = 0; i < at.length; i++) gap += (share[i] as number) * (weights[at[i] as number] as number);
    const wrong = 1 / (1 + Math.exp(-gap / t));
    loss += wrong / pairs.length;
    const steep = (wrong * (1 - wrong)) / (t * pairs.length);
    for (let i = 0; i < at.length; i++)
      slope[at[i] as number] = (slope[at[i] as number] as number) + steep * (share[i] as number);
  }
  return { loss: loss + ROUGHNESS * addVariation(weights, slope, models), slope };
}

/** Mean over models of the total variation of their share of the weights along the ranks; adds ROUGHNESS x its derivative to slope. */
function addVariation(weights: Float64Array, slope: Float64Array, models: number): number {
  const ranks = weights.length / models;
  const totals = Float64Array.from({ length: ranks }, (_, r) => {
    let sum = 0;
    for (let m = 0; m < models; m++) sum += weights[m * ranks + r] as number;
    return sum;
  });
  const shares = weights.map((w, i) => w / (totals[i % ranks] as number));
  const pull = new Float64Array(weights.length); // derivative by the shares
  let variation = 0;
  for (let i = 0; i < weights.length; i++) {
    if (i % ranks === ranks - 1) continue;
    const step = (shares[i + 1] as number) - (shares[i] as number);
    variation += Math.abs(step) / models;
    pull[i + 1] = (pull[i + 1] as number) + Math.sign(step) / models;
    pull[i] = (pull[i] as number) - Math.sign(step) / models;
  }
  for (let r = 0; r < ranks; r++) {
    let shared = 0;
    for (let m = 0; m < models; m++) shared += (pull[m * ranks + r] as number) * (shares[m * ranks + r] as number);
    for (let m = 0; m < models; m++) {
      const i = m * ranks + r;
      slope[i] = (slope[i] as number) + (ROUGHNESS * ((pull[i] as number) - shared)) / (totals[r] as number);
    }
  }
  return variation;
}

/** Adam (Kingma and Ba 2015) on the free numbers; returns the weights at the end. */
function learn(
  free: Float64Array,
  pairs: readonly Pair[],
  { models, steps }: { models: number; steps: number },
): Float64Array {
  const first = new Float64Array(free.length);
  const second = new Float64Array(free.length);
  for (let step = 0; step < steps; step++) {
    const cold = COOLING.by ** Math.floor(step / COOLING.every);
    const { slope } = rankLoss(weightsFrom(free, models), pairs, { models, t: RATE * cold });
    pullBack(free, slope, models).forEach((g, i) => {
      first[i] = 0.9 * (first[i] as number) + 0.1 * g;
      second[i] = 0.999 * (second[i] as number) + 0.001 * g * g;
      const mean = (first[i] as number) / (1 - 0.9 ** (step + 1));
      const size = Math.sqrt((second[i] as number) / (1 - 0.999 ** (step + 1)));
      free[i] = (free[i] as number) - (RATE * cold * mean) / (size + 1e-8);
    });
  }
  return weightsFrom(free, models);
}
