import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { groupLetters } from "../../src/compare/letters.ts";
import { rankGroups } from "../../src/compare/rank-groups.ts";
import { aurocMetric } from "../../src/metric/auroc.ts";
import { brierMetric } from "../../src/metric/brier.ts";
import { calibrationSlopeMetric } from "../../src/metric/calibration.ts";
import { binary } from "../../testing/make.ts";
import { twins } from "./twins.ts";

const options = { replicates: 400, seed: 5 };
const GAINS = [0.2, 3, 1.5, 3.1, 0.3];
const models = twins({ n: 400, seed: 9, gains: GAINS }).map((sample, i) => ({ name: `gain ${GAINS[i]}`, sample }));

describe("rank groups", () => {
  it.each([aurocMetric, brierMetric])("models that cannot be told apart share a rank under $name", (metric) => {
    const { models: ranked, best } = rankGroups(models, metric, options);
    const rankOf = new Map(ranked.map((m) => [m.name, m.rank]));
    expect([...best].sort()).toEqual(["gain 3", "gain 3.1"]);
    expect(rankOf.get("gain 1.5")).toBe(3);
    expect(rankOf.get("gain 0.2")).toBe(4);
    expect(rankOf.get("gain 0.3")).toBe(4);
    expect(ranked.map((m) => m.letters)).toEqual(["a", "a", "b", "c", "c"]);
  });
  it("does not depend on the order of the models, nor from run to run", () => {
    const forth = rankGroups(models, brierMetric, options);
    const back = rankGroups([...models].reverse(), brierMetric, options);
    expect(back).toEqual(forth);
  });
  it("a rank is one more than the models significantly better, and two models share a letter exactly where they do not differ", () => {
    const crowd = twins({ n: 150, seed: 3, gains: Array.from({ length: 9 }, (_, i) => 0.6 + 0.3 * i) }).map(
      (sample, i) => ({ name: `m${i}`, sample }),
    );
    const { models: ranked, pairs } = rankGroups(crowd, aurocMetric, options);
    const letters = new Map(ranked.map((m) => [m.name, m.letters]));
    for (const m of ranked) expect(m.rank).toBe(1 + pairs.filter((p) => p.better !== null && p.b === m.name).length);
    for (const p of pairs) {
      const isShared = [...(letters.get(p.a) as string)].some((l) => letters.get(p.b)?.includes(l));
      expect(isShared).toBe(p.better === null);
      if (p.better !== null) expect(p.adjusted).toBeLessThan(0.05);
    }
    expect(pairs.length).toBe(36);
  });
  it("twelve equal models mostly share rank 1: Holm covers all 66 pairs", () => {
    let split = 0;
    for (let seed = 0; seed < 20; seed++) {
      const equal = twins({ n: 120, seed, gains: new Array<number>(12).fill(1.5) });
      const { best } = rankGroups(
        equal.map((sample, i) => ({ name: `m${i}`, sample })),
        brierMetric,
        { replicates: 200, seed },
      );
      if (best.length < 12) split++;
    }
    expect(split).toBeLessThanOrEqual(4);
  });
  it("can tell many models apart although the replicates are few", () => {
    const many = twins({ n: 300, seed: 1, gains: [6, ...new Array<number>(14).fill(0.3)] });
    const { best } = rankGroups(
      many.map((sample, i) => ({ name: `m${i}`, sample })),
      brierMetric,
      { replicates: 200, seed: 1 },
    );
    expect(best).toEqual(["m0"]);
  });
  it("a perfect model beats a constant one, whose difference has no variance", () => {
    const y = Array.from({ length: 40 }, (_, i) => i % 2);
    const { best, pairs } = rankGroups(
      [
        {
          name: "constant",
          sample: binary(
            y,
            y.map(() => 0.5),
          ),
        },
        {
          name: "perfect",
          sample: binary(
            y,
            y.map((v) => 0.1 + 0.8 * v),
          ),
        },
      ],
      aurocMetric,
      options,
    );
    expect(best).toEqual(["perfect"]);
    expect(pairs[0]?.p).toBeLessThan(1e-9);
  });
  it("goes by nearness to the perfect value where that lies inside the range", () => {
    const random = randomStream(4, "slope");
    const logits = Array.from({ length: 800 }, () => 1.5 * random.normal());
    const y = logits.map((l) => (random.uniform() < 1 / (1 + Math.exp(-l)) ? 1 : 0));
    const scaled = (name: string, factor: number) => ({
      name,
      sample: binary(
        y,
        logits.map((l) => 1 / (1 + Math.exp(-factor * l))),
      ),
    });
    const { best, models: ranked } = rankGroups(
      [scaled("timid", 0.4), scaled("right", 1), scaled("bold", 3)],
      calibrationSlopeMetric,
      options,
    );
    expect(best).toEqual(["right"]);
    expect(ranked[0]?.estimate.value).toBeCloseTo(1, 0);
  });
  it("a model whose metric is undefined has no rank, and says why", () => {
    const one = [{ name: "a", sample: binary([1, 1], [0.2, 0.4]) }];
    expect(rankGroups(one, aurocMetric, options).models[0]).toMatchObject({
      rank: null,
      letters: "",
      estimate: { value: null, reason: expect.stringContaining("no patient") },
    });
    expect(rankGroups([], aurocMetric, options)).toMatchObject({ models: [], pairs: [], best: [] });
  });
  it("refuses a name given twice and models of other patients", () => {
    const [a, b] = models as [(typeof models)[0], (typeof models)[0]];
    expect(() => rankGroups([a, { ...b, name: a.name }], aurocMetric, options)).toThrow(/twice/);
    const other = { name: "other", sample: binary([0, 1], [0.1, 0.2]) };
    expect(() => rankGroups([a, other], aurocMetric, options)).toThrow(/same patients/);
  });
});

describe("letters", () => {
  it("a middle model that differs from neither end has both letters", () => {
    expect(groupLetters(3, [[0, 2]])).toEqual(["a", "ab", "b"]);
  });
  it("all differ, none differ, nobody there", () => {
    expect(
      groupLetters(3, [
        [0, 1],
        [0, 2],
        [1, 2],
      ]),
    ).toEqual(["a", "b", "c"]);
    expect(groupLetters(3, [])).toEqual(["a", "a", "a"]);
    expect(groupLetters(0, [])).toEqual([]);
  });
});
