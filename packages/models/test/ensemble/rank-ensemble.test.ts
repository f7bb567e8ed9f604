import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import {
  ensembleProbabilities,
  ensembleScores,
  fitRankEnsemble,
  type Pair,
  type RankedQuery,
  rankLoss,
} from "../../src/ensemble/rank-ensemble.ts";
import { ranksOf } from "../../src/ensemble/rank-list.ts";
import { pullBack, weightsFrom } from "../../src/ensemble/rank-weights.ts";

/** Models that score the right one of `candidates` higher by `skill`, each with noise of its own. */
function queriesOf(count: number, skills: readonly number[], candidates: number, seed: number): RankedQuery[] {
  const random = randomStream(seed, "queries");
  return Array.from({ length: count }, () => {
    const truth = random.below(candidates);
    const scores = skills.map((skill) =>
      Float64Array.from({ length: candidates }, (_, c) => random.normal() + (c === truth ? skill : 0)),
    );
    return { scores, truth };
  });
}

function topShare(queries: readonly RankedQuery[], answer: (query: RankedQuery) => ArrayLike<number>): number {
  const right = queries.filter((query) => {
    const scores = Array.from(answer(query));
    return scores.indexOf(Math.max(...scores)) === query.truth;
  });
  return right.length / queries.length;
}

describe("ranks", () => {
  it("run from 0 for the highest score, share the last place among equals, and leave out what is not named", () => {
    expect([...ranksOf([0.1, 3, 2])]).toEqual([2, 0, 1]);
    expect([...ranksOf([1, 5, 5, 0])]).toEqual([2, 1, 1, 3]);
    expect([...ranksOf([Number.NaN, 5, 7])]).toEqual([-1, 1, 0]);
  });
});

describe("a rank ensemble", () => {
  const tune = queriesOf(150, [2, 1.5, 0], 12, 1);
  const fitted = unwrap(fitRankEnsemble(tune, { steps: 300 }));

  it("has weights that fall and are convex along the ranks, mean 1", () => {
    const { weights, ranks, models } = fitted;
    expect(weights.reduce((sum, w) => sum + w, 0) / weights.length).toBeCloseTo(1, 9);
    for (let m = 0; m < models; m++) {
      const own = [...weights.slice(m * ranks, (m + 1) * ranks)];
      const falls = own.slice(1).map((w, r) => (own[r] as number) - w);
      expect(falls.every((fall) => fall > 0)).toBe(true);
      expect(falls.slice(1).every((fall, r) => fall < (falls[r] as number))).toBe(true);
    }
  });

  it("trusts a model that knows above one that guesses, and beats each on queries it has not seen", () => {
    const { weights, ranks } = fitted;
    expect(weights[0]).toBeGreaterThan(2 * (weights[2 * ranks] as number));
    const unseen = queriesOf(600, [2, 1.5, 0], 12, 2);
    const together = topShare(unseen, ({ scores }) => ensembleScores(fitted, scores));
    for (const m of [0, 1, 2]) expect(together).toBeGreaterThan(topShare(unseen, ({ scores }) => scores[m] ?? []));
  });

  it("sees ranks alone: any rising function of a model's scores gives the same answer", () => {
    const [query] = tune;
    const bent = query?.scores.map((own) => Float64Array.from(own, (s) => Math.exp(3 * s)));
    expect(ensembleScores(fitted, bent ?? [])).toEqual(ensembleScores(fitted, query?.scores ?? []));
  });

  it("gives probabilities in the order of the scores", () => {
    const scores = ensembleScores(fitted, tune[0]?.scores ?? []);
    const probabilities = ensembleProbabilities(fitted, scores);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(ranksOf(probabilities)).toEqual(ranksOf(scores));
  });

  it("gives nothing to what a model does not name, keeps an order beyond its last rank, and can ask for consensus", () => {
    const ensemble = { models: 2, ranks: 2, weights: Float64Array.of(1.5, 1, 1, 0.5) };
    const lists = [
      [4, 3, 2, 1],
      [Number.NaN, 4, 3, 2],
    ];
    expect([...ensembleScores(ensemble, lists)]).toEqual([1.5, 2, 0.5 + 0.5, 1 / 3 + 0.25]);
    expect([...ensembleScores(ensemble, lists, { consensus: true })][0]).toBe(0);
  });

  it("is refused where the models never disagree", () => {
    const agreed = tune.map(({ scores: [own = []], truth }) => ({ scores: [own, own], truth }));
    expect(fitRankEnsemble(agreed)).toMatchObject({ ok: false, failure: { kind: "too-few" } });
    expect(fitRankEnsemble([])).toMatchObject({ ok: false, failure: { kind: "too-few" } });
  });

  it("has the derivative that finite differences give", () => {
    const random = randomStream(5);
    const free = Float64Array.from({ length: 8 }, () => random.normal());
    const pairs: Pair[] = [
      { at: Int32Array.of(0, 2, 7, 4), share: Float64Array.of(1, -1, 1, -1) },
      { at: Int32Array.of(3, 1, 4, 6), share: Float64Array.of(0.5, -1, 1, -1) },
    ];
    const at = (x: Float64Array) => rankLoss(weightsFrom(x, 2), pairs, { models: 2, t: 0.3 });
    const slopes = pullBack(free, at(free).slope, 2);
    free.forEach((value, i) => {
      const moved = (by: number) => at(free.map((v, j) => (j === i ? value + by : v))).loss;
      expect(slopes[i]).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 7);
    });
  });
});
