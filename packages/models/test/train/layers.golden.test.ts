/** Fits whose layers move at rates of their own, against PyTorch in double precision (tools/oracles/torch_layers.py). */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import type { Weights } from "../../src/train/initialise.ts";
import { openLearner } from "../../src/train/learner.ts";
import { weightSpecs } from "../../src/train/program.ts";
import { copyWeights } from "../../src/train/state.ts";
import { classifyDesign } from "../design.ts";
import { relativeError } from "../golden.ts";

interface Case {
  readonly aggregator: string;
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly d: number;
  readonly k: number;
  readonly bags: readonly { readonly n: number; readonly label: number; readonly features: readonly number[] }[];
  readonly start: Readonly<Record<string, readonly number[]>>;
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}
interface Golden {
  readonly lr: number;
  readonly layerDecay: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly cases: readonly Case[];
}
const golden: Golden = JSON.parse(readFileSync(new URL("../golden/layers.json", import.meta.url), "utf8"));

/** Tiles row by row on a grid of three columns. */
function tilesOf(features: Float32Array, d: number) {
  const n = features.length / d;
  const x = Int32Array.from({ length: n }, (_, i) => 256 * (i % 3));
  const y = Int32Array.from({ length: n }, (_, i) => 256 * Math.floor(i / 3));
  return { features, n, d, x, y, side: 256 };
}

async function follow({ aggregator, options, d, k, bags, start, losses: wanted }: Case, layerDecay: number) {
  const design = classifyDesign({ name: aggregator, ...options }, { d, k, dropout: 0 });
  const from: Weights = Object.fromEntries(
    Object.entries(start).map(([name, values]) => [name, Float32Array.from(values)]),
  );
  const { lr, momentum, weightDecay } = golden;
  const learner = await openLearner(
    { ...design, options: { ...design.options, dropPath: 0 } },
    { optimiser: "sgd", momentum, weightDecay, layerDecay, batch: 1, chunk: 4096, from, threads: 1, seed: 1 },
    openSession,
  );
  const losses: number[] = [];
  for (let step = 0; step < wanted.length; step++) {
    const { features, label } = bags[step % bags.length] as Case["bags"][number];
    const tiles = tilesOf(Float32Array.from(features), d);
    losses.push(await learner.step([{ id: "bag", tiles, covariates: null, label }], lr, randomStream(1)));
  }
  const weights = copyWeights(learner.current());
  await learner.close();
  return { losses, weights };
}

describe.each(golden.cases)("a fit of $aggregator by layers", (expected) => {
  it("follows PyTorch step by step, each weight at the rate of its layer", async () => {
    const { losses, weights } = await follow(expected, golden.layerDecay);
    expect(relativeError(losses, expected.losses)).toBeLessThan(1e-5);
    for (const [name, values] of Object.entries(expected.weights)) {
      expect(relativeError(weights[name] as Float32Array, values), name).toBeLessThan(2e-5);
    }
  });

  it("would not without the decay", async () => {
    const { weights } = await follow(expected, 1);
    const errors = Object.entries(expected.weights).map(([name, values]) =>
      relativeError(weights[name] as Float32Array, values),
    );
    expect(Math.max(...errors)).toBeGreaterThan(1e-2);
  });

  it("has every weight in a layer but the last norm and the head", () => {
    const { aggregator, options, d, k } = expected;
    const specs = weightSpecs(classifyDesign({ name: aggregator, ...options }, { d, k }));
    const above = specs.filter(({ layer }) => layer === undefined).map(({ name }) => name.split(".")[0]);
    expect(new Set(above)).toEqual(new Set([aggregator === "longnet" ? "outer" : "norm", "head"]));
  });
});
