import { type Bag, randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { bagsInMemory, chooseAggregator, embedBags, pretrainOnSubBags } from "../../src/index.ts";
import { drawSubBag, hideTiles } from "../../src/pretrain/draw-sub-bags.ts";
import { watchTeacher } from "../../src/pretrain/teacher-watch.ts";
import { noiseBag } from "../planted-bags.ts";

const D = 4;
const aggregator = { name: "genbloom", heads: 2, headWidth: 4, layers: 1, ratio: 2, layerScale: 0.5 };
const small = { epochs: 2, batch: 4, local: 2, perceptron: 8, bottleneck: 8, prototypes: 16, lr: 1e-3, seed: 3 };

function bagsOf(sizes: readonly number[]): Map<string, Bag> {
  const random = randomStream(5, "sub-bags");
  return new Map(
    sizes.map((n, i) => {
      const bag = noiseBag(n, D, random);
      for (let j = 0; j < bag.features.length; j++) bag.features[j] = (bag.features[j] as number) + 2 * (i % 3);
      return [`bag-${i}`, bag];
    }),
  );
}

const request = (bags: ReadonlyMap<string, Bag>, more: object = {}) => ({
  aggregator,
  bags: bagsInMemory(bags),
  ids: [...bags.keys()],
  openSession,
  ...more,
});

describe("pretraining on sub-bags", () => {
  it("learns from bags of 1 and of 3 tiles without a number that is not finite", async () => {
    const bags = bagsOf([1, 3, 1, 12, 3, 9]);
    const options = { ...small, spreadWeight: 0.1, hideChance: 1 };
    const made = unwrap(await pretrainOnSubBags(request(bags, { options })));
    expect(made.losses.every(Number.isFinite)).toBe(true);
    expect(Object.values(made.weights).every((values) => values.every(Number.isFinite))).toBe(true);
    const asked = unwrap(chooseAggregator(aggregator));
    const specs = asked.aggregator.weights(asked.options, { d: D, k: 1, groups: [1], covariates: 0 });
    expect([...made.shapes]).toEqual(specs.map(({ name, shape }) => [name, shape]));
    const { values, d } = unwrap(
      await embedBags(made, { bags: bagsInMemory(bags), ids: [...bags.keys()], openSession }),
    );
    expect([d, values.every(Number.isFinite)]).toEqual([8, true]);
  });

  it("gives the same bits for the same seed", async () => {
    const bags = bagsOf([5, 8, 6]);
    const options = { ...small, epochs: 1 };
    const [one, two] = [
      await pretrainOnSubBags(request(bags, { options })),
      await pretrainOnSubBags(request(bags, { options })),
    ];
    expect(unwrap(two).weights).toEqual(unwrap(one).weights);
  });

  it.each(["abmil", "longnet"])("takes %s too, whose embedding is one row", async (name) => {
    const sizes =
      name === "abmil" ? { hidden: 8, attention: 4 } : { width: 8, layers: 1, layer: 1, heads: 2, ffn: 8, grid: 64 };
    const options = { ...small, epochs: 1 };
    const made = unwrap(
      await pretrainOnSubBags(request(bagsOf([5, 8, 6]), { aggregator: { name, ...sizes }, options })),
    );
    expect(Object.keys(made.weights).length).toBeGreaterThan(3);
    expect(made.losses.every(Number.isFinite)).toBe(true);
  });

  it("names a teacher that has collapsed: here every bag is the same tile", async () => {
    const tile = noiseBag(1, D, randomStream(1));
    const bags = new Map([0, 1, 2].map((i) => [`bag-${i}`, tile]));
    const outcome = await pretrainOnSubBags(request(bags, { options: small }));
    expect(outcome.ok ? "" : `${outcome.failure.kind}: ${outcome.failure.received}`).toMatch(
      /^diverged: a collapsed one/,
    );
  });

  it("refuses one bag alone, and an aggregator without weights or embedding", async () => {
    const alone = await pretrainOnSubBags(request(bagsOf([5]), { options: small }));
    expect(alone.ok ? "" : alone.failure.kind).toBe("too-few");
    for (const name of ["mean", "per-tile"]) {
      const none = await pretrainOnSubBags(request(bagsOf([5, 6]), { aggregator: { name }, options: small }));
      expect(none.ok ? "" : none.failure.kind, name).toBe("bad-study");
    }
  });
});

describe("a sub-bag", () => {
  it("has at least one tile and none twice", () => {
    const random = randomStream(2);
    for (const n of [1, 2, 3, 50]) {
      const bag = noiseBag(n, 1, random);
      const part = drawSubBag(bag, [0.05, 0.32], 1024, random);
      expect(part.n).toBeGreaterThan(0);
      expect(new Set(part.features).size).toBe(part.n);
    }
    expect(drawSubBag(noiseBag(50, 1, random), [1, 1], 7, random).n).toBe(7);
  });

  it("always leaves a tile to see", () => {
    const random = randomStream(3);
    for (const n of [1, 2, 3, 40]) {
      const hidden = hideTiles(n, { chance: 1, share: 1 }, random).reduce((a, b) => a + b);
      expect(hidden).toBeLessThan(n);
      if (n > 1) expect(hidden).toBeGreaterThan(0);
    }
    expect(hideTiles(9, { chance: 0, share: 1 }, random).every((value) => value === 0)).toBe(true);
  });
});

describe("the watch on a teacher", () => {
  it("counts what answers tell: log 2 for two clear answers, nothing where all are the same or all are even", () => {
    const watch = watchTeacher(2);
    const told = (...answers: number[][]): number => {
      for (const one of answers) watch.add(Float32Array.from(one));
      return watch.close();
    };
    expect(told([1, 0], [0, 1])).toBeCloseTo(Math.log(2), 6);
    expect(told([1, 0], [1, 0])).toBe(0);
    expect(told([0.5, 0.5], [0.5, 0.5])).toBe(0);
  });
});
