import { randomStream } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type AggregatorSpec, aggregators } from "../../src/index.ts";
import { openGradient } from "../../src/train/bag-gradient.ts";
import { layerGraphs } from "../../src/train/layer-graph.ts";
import { openLearner } from "../../src/train/learner.ts";
import { mostTiles, suitsMemory } from "../../src/train/step-memory.ts";
import { classifyDesign, type DesignOptions } from "../design.ts";
import { noiseBag } from "../planted-bags.ts";
import { distance, gradientsOf } from "./gradient-run.ts";

const LONGNET = {
  name: "longnet",
  width: 16,
  layers: 3,
  layer: 3,
  heads: 4,
  ffn: 24,
  grid: 40,
  segment1: 16,
  segment2: 32,
};
const deep: readonly AggregatorSpec[] = [
  { ...LONGNET, dropPath: 0.4 },
  { ...LONGNET, classToken: true, lastNorm: true, sorted: false },
  { name: "set-transformer", heads: 2, headWidth: 8, layers: 3, dropPath: 0.4 },
  { name: "set-transformer", heads: 2, headWidth: 8, layers: 3, classToken: false },
  { name: "genbloom", heads: 2, headWidth: 8, layers: 3, dropPath: 0.4, layerScale: 0.5 },
  { name: "transmil", heads: 2, headWidth: 8, landmarks: 4 },
];

function designOf(spec: AggregatorSpec, options: Partial<DesignOptions> = {}) {
  return classifyDesign(spec, { d: 6, k: 3, dropout: 0.25, ...options });
}

describe("a bag worked through block by block", () => {
  it("is possible for every aggregator that says what enters its blocks", () => {
    const names = aggregators().filter(({ name }) => layerGraphs(designOf({ name })) !== null);
    expect(names.map(({ name }) => name)).toEqual(["transmil", "set-transformer", "genbloom", "longnet"]);
  });

  it.each(deep)("has the gradients of $name in one piece, dropout masks and paths left out included", async (spec) => {
    const design = designOf(spec, { covariates: 2 });
    const whole = await gradientsOf(design, { n: 75 });
    expect(distance(await gradientsOf(design, { n: 75, wholeTiles: 1 }), whole)).toBeLessThan(1e-6);
  });

  it("has the same bits on one, two and four threads", async () => {
    const design = designOf({ ...LONGNET, dropPath: 0.4 });
    const [one, two, four] = await Promise.all(
      [1, 2, 4].map((threads) => gradientsOf(design, { n: 75, wholeTiles: 1, threads })),
    );
    expect(two).toEqual(one);
    expect(four).toEqual(one);
  });

  it("reads no more of the bag in a block than its state, its places and its masks", () => {
    const graphs = layerGraphs(designOf(LONGNET));
    expect(graphs?.blocks.map(({ state }) => state)).toEqual(["state.0", "state.1", "state.2"]);
    expect(graphs?.states.map(({ shape }) => shape[1])).toEqual([16, 16, 16]);
  });

  it("moves the weights of a step as the step in one piece does", async () => {
    const design = designOf({ ...LONGNET, dropPath: 0.4 });
    const run = async (wholeTiles: number) => {
      const options = {
        optimiser: "adamw",
        lr: 1e-3,
        weightDecay: 0.05,
        batch: 1,
        chunk: 4096,
        threads: 1,
        seed: 1,
      } as const;
      const learner = await openLearner(design, { ...options, wholeTiles }, openSession);
      const bag = noiseBag(40, 6, randomStream(7));
      const places = Float32Array.from({ length: 80 }, (_, i) => i % 13);
      const example = { id: "bag", tiles: { ...bag, places }, covariates: null, label: 1 };
      const losses = [1, 2, 3].map((step) => () => learner.step([example], 1e-3, randomStream(step)));
      const seen: number[] = [];
      for (const step of losses) seen.push(await step());
      await learner.close();
      return seen;
    };
    const [whole, blocks] = [await run(1000), await run(1)];
    blocks.forEach((loss, i) => {
      expect(loss).toBeCloseTo(whole[i] as number, 5);
    });
  });

  it("is chosen where a bag in one piece would not fit into memory, and refused where that would not either", () => {
    const design = designOf(LONGNET);
    const limit = 2 ** 22;
    const [whole, blocks] = [mostTiles(design, "whole", limit), mostTiles(design, "layers", limit)];
    expect(blocks).toBeGreaterThan(1.5 * whole);
    const at = (n: number) => suitsMemory(design, { id: "slide-9", n }, { maxTiles: null, chunk: 4096 }, limit);
    expect([at(whole), at(whole + 1), at(blocks)]).toMatchObject([
      { value: "whole" },
      { value: "layers" },
      { value: "layers" },
    ]);
    expect(at(blocks + 1)).toMatchObject({ ok: false, failure: { kind: "bad-study" } });
    const gradient = openGradient(design, { chunk: 4096, wholeTiles: 50 }, (onnx) => openSession(onnx));
    expect([gradient.wayOf(50), gradient.wayOf(51)]).toEqual(["whole", "layers"]);
  });
});
