import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { classWeights, keptInMemory, readFitOptions } from "../../src/index.ts";
import { dropoutRate, fillMask } from "../../src/train/dropout-mask.ts";
import { advance, NO_PROGRESS, shouldStop } from "../../src/train/early-stopping.ts";
import { initialise } from "../../src/train/initialise.ts";
import { crossEntropyOf } from "../../src/train/judge.ts";
import { sampleTiles } from "../../src/train/sample-tiles.ts";
import { rateAt } from "../../src/train/schedule.ts";
import { moments } from "../../src/train/standardise.ts";
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

describe("small parts of a fit", () => {
  it("the cosine schedule starts at the full rate and ends near zero", () => {
    expect(rateAt("cosine", 2, 1, 10)).toBe(2);
    expect(rateAt("cosine", 2, 6, 10)).toBeCloseTo(1, 12);
    expect(rateAt("cosine", 2, 10, 10)).toBeLessThan(0.05);
    expect(rateAt("constant", 2, 10, 10)).toBe(2);
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
  ])("the option %s: %s is refused", (name, value) => {
    expect(readFitOptions({ [name]: value })).toMatchObject({ ok: false, failure: { kind: "bad-study" } });
  });
});
