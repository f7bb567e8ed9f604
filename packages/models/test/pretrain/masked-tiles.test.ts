import { type Bag, randomStream, unwrap } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { bagsInMemory } from "../../src/index.ts";
import { pretrainOnMaskedTiles } from "../../src/pretrain/masked-tiles.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { classifyDesign } from "../design.ts";
import { noiseBag } from "../planted-bags.ts";

const D = 4;
const SIDE = 6;
const encoder = {
  width: 16,
  layers: 1,
  layer: 1,
  heads: 4,
  ffn: 32,
  grid: 16,
  segment2: 0,
  segment3: 0,
  segment4: 0,
  segment5: 0,
};

/** A square of tiles whose features are a wave along the columns or along the rows; where it begins is chance, so no single tile tells. */
function wave(label: number, seed: number): Bag {
  const random = randomStream(seed, "wave");
  const start = 2 * Math.PI * random.uniform();
  const n = SIDE * SIDE;
  const places = random.shuffled(Array.from({ length: n }, (_, i) => i));
  const [x, y] = [
    Int32Array.from(places, (p) => 256 * (p % SIDE)),
    Int32Array.from(places, (p) => 256 * Math.floor(p / SIDE)),
  ];
  const features = new Float32Array(n * D);
  for (let i = 0; i < n; i++) {
    const phase = start + ((label === 0 ? (x[i] as number) : (y[i] as number)) / 256) * 1.0;
    for (let j = 0; j < D; j++) features[i * D + j] = Math.cos(phase + j) + 0.3 * random.normal();
  }
  return { features, n, d: D, x, y, side: 256, space: "test" };
}

describe("pretraining on masked tiles", () => {
  const bags = new Map(Array.from({ length: 24 }, (_, i) => [`slide-${i}`, wave(i % 2, i)]));

  it("learns to say what hidden tiles are, better than the mean tile would, whose loss is 1", async () => {
    const {
      losses,
      weights,
      aggregator: { options },
    } = unwrap(
      await pretrainOnMaskedTiles({
        encoder,
        options: { epochs: 20, lr: 4e-3, decoderWidth: 16, weightDecay: 0.01, seed: 2 },
        bags: bagsInMemory(bags),
        ids: [...bags.keys()],
        openSession,
      }),
    );
    expect(losses[0]).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(0.8);
    const design = classifyDesign({ ...options, name: "longnet" }, { d: D, k: 2 });
    const asked = weightSpecs(design).map(({ name }) => name);
    expect(Object.keys(weights).every((name) => asked.includes(name))).toBe(true);
  });

  it("refuses a bag of one tile, in which nothing can be hidden and seen", async () => {
    const outcome = await pretrainOnMaskedTiles({
      encoder,
      bags: bagsInMemory(new Map([["slide", noiseBag(1, D, randomStream(1))]])),
      ids: ["slide"],
      openSession,
    });
    expect(outcome.ok ? "" : outcome.failure.kind).toBe("too-few");
  });
});
