import { randomStream, type SurviveTask } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { PLAIN_LOSS } from "../../src/head/head.ts";
import { headOf } from "../../src/head/registry.ts";
import { type AggregatorSpec, aggregators } from "../../src/index.ts";
import { openGradient } from "../../src/train/bag-gradient.ts";
import { layerGraphs } from "../../src/train/layer-graph.ts";
import { type Example, openLearner } from "../../src/train/learner.ts";
import { mostTiles, suitsMemory } from "../../src/train/step-memory.ts";
import { classifyDesign, type DesignOptions } from "../design.ts";
import { noiseBag } from "../planted-bags.ts";
import { distance, gradientsOf } from "./gradient-run.ts";

const LONGNET = {
  name: "longnet",
  ...{ width: 16, layers: 2, layer: 2, heads: 4, ffn: 24, grid: 40 },
  ...{ segment1: 16, segment2: 32, segment3: 0, segment4: 0, segment5: 0 },
};
const deep: readonly AggregatorSpec[] = [
  { ...LONGNET, dropPath: 0.4 },
  { ...LONGNET, classToken: true, lastNorm: true, sorted: false },
  { name: "set-transformer", heads: 2, headWidth: 8, layers: 3, dropPath: 0.4 },
  { name: "set-transformer", heads: 2, headWidth: 8, layers: 3, classToken: false },
  { name: "genbloom", heads: 2, headWidth: 8, layers: 3, dropPath: 0.4, layerScale: 0.5 },
  { name: "transmil", heads: 2, headWidth: 8, landmarks: 4 },
];

const cox: SurviveTask = { kind: "survive", time: "days", event: "dead", intervals: null };

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
    const onThreads = (threads: number) => gradientsOf(design, { n: 75, wholeTiles: 1, threads });
    const [one, two, four] = [await onThreads(1), await onThreads(2), await onThreads(4)];
    expect(two).toEqual(one);
    expect(four).toEqual(one);
  });

  it("keeps one state of a block, as wide as its tokens", () => {
    const graphs = layerGraphs(designOf(LONGNET));
    expect(graphs?.blocks.map(({ state }) => state)).toEqual(["state.0", "state.1"]);
    expect(graphs?.states.map(({ shape }) => shape[1])).toEqual([16, 16]);
  });

  it.each([
    ["a loss of one bag", LONGNET, null],
    ["a loss that compares bags", { name: "genbloom", heads: 2, headWidth: 8, layers: 3, layerScale: 0.5 }, cox],
  ] as const)("moves the weights as steps in one piece do, under %s", async (_, spec, task) => {
    const plain = designOf({ ...spec, dropPath: 0.4 });
    const design = task === null ? plain : { ...plain, task, head: headOf(task, { events: 3 }, PLAIN_LOSS) };
    const random = randomStream(7);
    const bags = Array.from({ length: task === null ? 1 : 4 }, (_, i): Example => {
      const label = task === null ? 1 : { time: 5 - i, event: i !== 1 };
      return { id: `bag-${i}`, tiles: noiseBag(40, 6, random), covariates: null, label };
    });
    const lossesWith = async (wholeTiles: number): Promise<number[]> => {
      const options = { optimiser: "adamw", weightDecay: 0.05, chunk: 4096, threads: 1, seed: 1 } as const;
      const learner = await openLearner(design, { ...options, batch: bags.length, wholeTiles }, openSession);
      const losses: number[] = [];
      for (const step of [1, 2, 3]) losses.push(await learner.step(bags, 1e-3, randomStream(step)));
      await learner.close();
      return losses;
    };
    const [whole, blocks] = [await lossesWith(1000), await lossesWith(1)];
    expect(whole[2]).not.toBe(whole[0]);
    blocks.forEach((loss, i) => {
      expect(loss).toBeCloseTo(whole[i] as number, 5);
    });
  });

  it("is chosen where a bag in one piece would not fit into memory, and refused where that would not either", () => {
    const design = designOf(LONGNET);
    const limit = 2 ** 22;
    const [whole, blocks] = [mostTiles(design, "whole", limit), mostTiles(design, "layers", limit)];
    expect(blocks).toBeGreaterThan(1.2 * whole);
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
