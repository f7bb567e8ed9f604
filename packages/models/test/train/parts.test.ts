import { randomStream, unwrap } from "@nacre/core";
import { parameter, type Tensor } from "@nacre/graph";
import { describe, expect, it } from "vitest";
import { crossEntropyOf } from "../../src/head/classify.ts";
import { classWeights, keptInMemory, readFitOptions } from "../../src/index.ts";
import { endTiles } from "../../src/train/bag-ends.ts";
import { dropoutRate, fillMask } from "../../src/train/dropout-mask.ts";
import { advance, NO_PROGRESS, shouldStop } from "../../src/train/early-stopping.ts";
import { batchOf } from "../../src/train/fit-options.ts";
import { initialise } from "../../src/train/initialise.ts";
import { suitsLayers, trainedWeights } from "../../src/train/optimiser-choice.ts";
import { sampleTiles, tilesOfStep } from "../../src/train/sample-tiles.ts";
import { drawBags, suitsSampling } from "../../src/train/sampling.ts";
import { rateAt } from "../../src/train/schedule.ts";
import { moments } from "../../src/train/standardise.ts";
import { bytesOfTile, suitsMemory } from "../../src/train/step-memory.ts";
import { classifyDesign } from "../design.ts";
import { bagOf, noiseBag, plantBags } from "../planted-bags.ts";

describe("dropout masks", () => {
  it.each([0, 0.1, 0.25, 0.5, 0.75, 0.9])("drop the share %d, as near as 256ths allow", (rate) => {
    const mask = new Uint8Array(400_000);
    fillMask(mask, mask.length, rate, randomStream(3, "mask"));
    expect(mask.every((keep) => keep === 0 || keep === 1)).toBe(true);
    const dropped = mask.reduce((count, keep) => count + 1 - keep, 0) / mask.length;
    const deviation = Math.sqrt((rate * (1 - rate)) / mask.length);
    expect(Math.abs(dropped - dropoutRate(rate))).toBeLessThanOrEqual(4 * deviation);
  });

  it("decide each byte as a comparison with the byte of the same draw would", () => {
    for (const rate of [0.25, 0.5, 0.625, 0.9]) {
      const mask = new Uint8Array(64);
      fillMask(mask, 64, rate, randomStream(5));
      const random = randomStream(5);
      const bytes = new Uint8Array(Uint32Array.from({ length: 16 }, () => random.bits()).buffer);
      const limit = dropoutRate(rate) * 256;
      expect([...mask]).toEqual([...bytes].map((byte) => (byte >= limit ? 1 : 0)));
    }
  });
});

describe("standardisation", () => {
  it("has the mean and deviation of all tiles together, however they are spread over bags", () => {
    const bags = [bagOf(Float32Array.of(1, 10, 2, 20), 2), bagOf(Float32Array.of(6, 30), 2)];
    const seen = moments(2);
    for (const bag of bags) seen.add(bag);
    const { mean, deviation } = seen.standardisation();
    expect([...mean]).toEqual([3, 20]);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(14 / 3), 6);
    expect(deviation[1]).toBeCloseTo(Math.sqrt(200 / 3), 5);
  });

  it("scales a feature that does not vary by 1", () => {
    const seen = moments(1);
    for (const n of [3, 7, 11]) seen.add(bagOf(new Float32Array(n).fill(0.1), 1));
    expect([...seen.standardisation().deviation]).toEqual([1]);
  });

  it("keeps its digits for features far from zero", () => {
    const seen = moments(1);
    seen.add(bagOf(Float32Array.of(100_000, 100_001, 100_002), 1));
    expect(seen.standardisation().deviation[0]).toBeCloseTo(Math.sqrt(2 / 3), 6);
  });
});

describe("first weights", () => {
  const spec = { name: "w", shape: [200, 300], initialisation: "glorot" } as const;

  it("have the deviation of Glorot", () => {
    const values = initialise([spec], 1).w ?? new Float32Array();
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    expect(deviation).toBeCloseTo(Math.sqrt(2 / 500), 3);
  });

  it("do not move when another array is added", () => {
    const other = { name: "a", shape: [5], initialisation: "glorot" } as const;
    expect(initialise([other, spec], 1).w).toEqual(initialise([spec], 1).w);
  });
});

describe("early stopping", () => {
  const after = (losses: readonly number[]) => losses.reduce(advance, NO_PROGRESS);

  it("waits for its patience, counted from the best epoch", () => {
    expect(shouldStop(after([3, 1, 2, 2]), { patience: 3, minEpochs: 0 })).toBe(false);
    expect(shouldStop(after([3, 1, 2, 2, 2]), { patience: 3, minEpochs: 0 })).toBe(true);
  });

  it("keeps the earlier of two equal epochs, and never stops before the least number of epochs", () => {
    expect(after([2, 1, 1]).bestEpoch).toBe(2);
    expect(shouldStop(after([1, 2, 2]), { patience: 1, minEpochs: 4 })).toBe(false);
  });
});

describe("an epoch", () => {
  const rare = Array.from({ length: 100 }, (_, i) => ({ id: `bag-${i}`, label: i < 10 ? 1 : 0 }));

  it("is made of every bag once, in another order each time", () => {
    const [first, second] = [1, 2].map((epoch) => drawBags(rare, "each", randomStream(epoch)));
    expect(first?.map(({ id }) => id).sort()).toEqual(rare.map(({ id }) => id).sort());
    expect(second).not.toEqual(first);
  });

  it("is made of as many bags of a rare class as of a common one where classes are balanced, and of as many draws", () => {
    const epochs = Array.from({ length: 50 }, (_, epoch) => drawBags(rare, "balanced", randomStream(epoch)));
    expect(epochs.every((epoch) => epoch.length === rare.length)).toBe(true);
    const share = epochs.flat().filter(({ label }) => label === 1).length / 5000;
    expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 5000));
    expect(new Set(epochs.flat().map(({ id }) => id)).size).toBe(100);
  });

  it("balances nothing for a task without classes", () => {
    const task = { kind: "regress", label: "age" } as const;
    expect(suitsSampling(task, "balanced")).toMatchObject({
      ok: false,
      failure: { kind: "bad-study", received: "regress" },
    });
    expect(suitsSampling(task, "each").ok).toBe(true);
  });

  it("balances by its draws or by the weights of the loss, and by both only when it is told to", () => {
    expect(unwrap(readFitOptions({ sampling: "balanced" })).classWeights).toBe("none");
    expect(unwrap(readFitOptions({ sampling: "balanced", classWeights: "balanced" })).classWeights).toBe("balanced");
    expect(unwrap(readFitOptions({})).classWeights).toBe("balanced");
  });

  it("compares 32 bags a step where the loss compares bags and the study says nothing", () => {
    expect([batchOf({ batch: null }, false), batchOf({ batch: null }, true), batchOf({ batch: 5 }, true)]).toEqual([
      1, 32, 5,
    ]);
  });
});

describe("the tiles of a step", () => {
  it("leaves out a share, keeps one at least, and no more than are allowed", () => {
    const count = (n: number, tileDropout: number, maxTiles: number | null = null) =>
      tilesOfStep(n, { maxTiles, tileDropout });
    expect([count(100, 0.25), count(1, 0.9), count(100, 0.25, 50), count(100, 0, 50), count(100, 0)]).toEqual([
      75,
      1,
      50,
      50,
      null,
    ]);
  });

  it("at the ends of the attention are the highest and lowest of each branch, the earlier of two that tie", () => {
    const values = Float32Array.from([5, 0, 9, 1, 9, 2, 1, 3, 0, 4, 7, 5, 9, 6, 3, 7]);
    expect(endTiles({ values, branches: 1 }, 2)).toEqual([1, 2, 4, 8]);
    expect(endTiles({ values, branches: 2 }, 1)).toEqual([0, 1, 4, 7]);
  });

  it("fit into memory in chunks, or are refused by the number that would fit", () => {
    const few = { maxTiles: null, chunk: 64 };
    const bag = { id: "slide-9", n: 5000 };
    const mixing = classifyDesign({ name: "dsmil" }, { d: 16, k: 2 });
    const refused = suitsMemory(mixing, bag, few, 1000 * bytesOfTile(mixing));
    expect(refused).toMatchObject({ ok: false, failure: { kind: "bad-study", received: "5000 tiles in slide-9" } });
    expect(suitsMemory(mixing, bag, { ...few, maxTiles: 1000 }, 1000 * bytesOfTile(mixing)).ok).toBe(true);
    expect(suitsMemory(classifyDesign({ name: "abmil" }, { d: 16, k: 2 }), bag, few, 1).ok).toBe(true);
  });

  it("is refused where every tile meets every other and there are too many: a table of shares for each head", () => {
    const full = classifyDesign({ name: "set-transformer", layers: 3 }, { d: 16, k: 2 });
    const options = { maxTiles: null, chunk: 4096 };
    const refused = suitsMemory(full, { id: "slide-9", n: 50_000 }, options);
    const most = Number(/at most (\d+) tiles/.exec(refused.ok ? "" : refused.failure.expected)?.[1]);
    const bytes = (n: number): number => n * bytesOfTile(full, "layers") + 4 * 8 * (1 + 2) * n * n;
    expect(bytes(most)).toBeLessThanOrEqual(2 ** 33);
    expect(bytes(most + 1)).toBeGreaterThan(2 ** 33);
    expect(suitsMemory(full, { id: "slide-9", n: most }, options).ok).toBe(true);
  });
});

describe("small parts of a fit", () => {
  it("the cosine schedule starts at the full rate and ends near zero", () => {
    expect(rateAt("cosine", 2, 1, 10)).toBe(2);
    expect(rateAt("cosine", 2, 6, 10)).toBeCloseTo(1, 12);
    expect(rateAt("cosine", 2, 10, 10)).toBeLessThan(0.05);
    expect(rateAt("constant", 2, 10, 10)).toBe(2);
  });

  it("a warm-up rises in a straight line to the full rate, from which the schedule goes on", () => {
    expect([1, 2, 3, 4].map((step) => rateAt("constant", 2, step, 10, 4))).toEqual([0.5, 1, 1.5, 2]);
    expect(rateAt("cosine", 2, 5, 10, 4)).toBe(2);
    expect(rateAt("cosine", 2, 8, 10, 4)).toBeCloseTo(1, 12);
  });

  it("layers count from the tiles, and a layer moves at its share of the one above it", () => {
    const spec = (name: string, layer?: number) => ({
      name,
      shape: [1],
      initialisation: "zeros" as const,
      ...(layer === undefined ? {} : { layer }),
    });
    const specs = [spec("first", 0), spec("second", 1), spec("head")];
    const weights = new Map(specs.map(({ name }) => [name, parameter(name, [1])]));
    const trained = trainedWeights(specs, weights, (name) => weights.get(name) as Tensor, {
      weightDecay: 0,
      layerDecay: 0.5,
    });
    expect(trained.map(({ rateScale }) => rateScale)).toEqual([0.25, 0.5, 1]);
    expect(suitsLayers(specs, 0.5).ok).toBe(true);
    expect(suitsLayers([spec("head")], 0.5)).toMatchObject({ ok: false, failure: { kind: "bad-study" } });
  });

  it("balanced weights let every class weigh the same in total", () => {
    const weights = classWeights([30, 10], "balanced");
    expect((weights[0] as number) * 30).toBeCloseTo((weights[1] as number) * 10, 5);
    expect([...classWeights([30, 10], "none")]).toEqual([1, 1]);
  });

  it("a sample of tiles holds different tiles in the order of the bag", () => {
    const bag = noiseBag(50, 1, randomStream(1));
    const { features, n } = sampleTiles(bag, 20, randomStream(2));
    const places = Array.from(features, (value) => bag.features.indexOf(value));
    expect(n).toBe(20);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    expect(sampleTiles(bag, 50, randomStream(2))).toBe(bag);
  });

  it("the cross-entropy of extreme logits is finite", () => {
    expect(crossEntropyOf([1000, 0], 1)).toBe(1000);
    expect(crossEntropyOf([0, 0], 0)).toBeCloseTo(Math.log(2), 12);
  });

  it("a source kept in memory loads what fits once and the rest each time", async () => {
    const { source } = plantBags({ bags: 3, d: 4, tiles: [5, 5], share: 0.2, distance: 1, seed: 1 });
    let loads = 0;
    const counting = {
      ...source,
      load(id: string) {
        loads += 1;
        return source.load(id);
      },
    };
    const kept = keptInMemory(counting, 2 * 5 * 4 * 4);
    for (const id of [...source.ids, ...source.ids]) unwrap(await kept.load(id));
    expect(loads).toBe(4);
  });

  it.each([
    ["epochs", 0],
    ["lr", 2],
    ["dropout", 1],
    ["classWeights", "equal"],
    ["seed", 1.5],
    ["patiense", 3],
    ["optimiser", "lion"],
    ["clipNorm", 0],
    ["ema", 1],
    ["layerDecay", 0],
    ["sampling", "all"],
    ["tileDropout", 1],
    ["warmup", -1],
    ["batch", 0],
    ["chunk", 8],
  ])("the option %s: %s is refused", (name, value) => {
    expect(readFitOptions({ [name]: value })).toMatchObject({ ok: false, failure: { kind: "bad-study" } });
  });
});
