import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type AggregatorSpec, aggregators } from "../../src/index.ts";
import { openGradient } from "../../src/train/bag-gradient.ts";
import { chunkGraphs } from "../../src/train/chunk-graph.ts";
import type { Weights } from "../../src/train/initialise.ts";
import { type ModelDesign, weightSpecs } from "../../src/train/program.ts";
import { firstState, takeTurns } from "../../src/train/state.ts";
import { classifyDesign, type DesignOptions } from "../design.ts";
import { noiseBag } from "../planted-bags.ts";

interface Run {
  readonly loss: number;
  readonly scores: Float32Array;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

interface RunOptions {
  readonly n: number;
  readonly chunk: number;
  readonly keptBytes?: number;
  /** Noise where they are not given. */
  readonly features?: Float32Array;
  /** Fresh where they are not given. */
  readonly weights?: Weights;
}

interface Golden {
  readonly start: Readonly<Record<string, readonly number[]>>;
  readonly long: {
    readonly n: number;
    readonly loss: number;
    readonly gradients: Readonly<Record<string, readonly number[]>>;
  };
}
const golden: Golden = JSON.parse(readFileSync(new URL("../golden/fit.json", import.meta.url), "utf8"));

const WHOLE = 1_000_000;

/** Loss, scores and gradients of one bag of noise, in chunks of at most `chunk` tiles. */
async function gradientsOf(design: ModelDesign, { n, chunk, keptBytes, ...given }: RunOptions): Promise<Run> {
  const specs = weightSpecs(design);
  const weights = firstState(specs, [], 3, given.weights);
  const zeros = specs.map(({ name, shape }): [string, TensorData] => [
    `${name}.sum`,
    { data: new Float32Array(shape.reduce((a, b) => a * b, 1)), dims: shape },
  ]);
  const sums = takeTurns(Object.fromEntries(zeros));
  const features = given.features ?? noiseBag(n, design.d, randomStream(2, n)).features;
  const target = new Float32Array(design.head.t);
  design.head.encode(1, target);
  const feeds = {
    features: { data: features, dims: [n, design.d] },
    target: { data: target, dims: [1, target.length] },
    ...(design.covariates === 0
      ? {}
      : { covariates: { data: new Float32Array(design.covariates).fill(0.5), dims: [1, design.covariates] } }),
  };
  const options = keptBytes === undefined ? { chunk } : { chunk, keptBytes };
  const gradient = openGradient(design, options, (onnx) => openSession(onnx));
  const scores = await gradient.scores(feeds, randomStream(5), weights);
  const loss = await gradient.add(feeds, randomStream(5), weights, sums);
  const found = specs.map(({ name }) => [name, sums.now[`${name}.sum`]?.data as Float32Array]);
  return { loss, scores, gradients: Object.fromEntries(found) };
}

/** Largest difference between two runs in loss, scores and gradients, the latter relative to the largest gradient there is. */
function distance(a: Run, b: Run): number {
  const largest = (values: Float32Array): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const apart = (p: Float32Array, q: Float32Array): number => largest(p.map((v, i) => v - (q[i] as number)));
  const names = Object.keys(a.gradients);
  const slopes = ({ gradients }: Run): Float32Array[] => names.map((name) => gradients[name] as Float32Array);
  const [own, other] = [slopes(a), slopes(b)];
  const most = Math.max(...other.map(largest));
  const each = own.map((values, i) => apart(values, other[i] as Float32Array) / most);
  return Math.max(Math.abs(a.loss - b.loss), apart(a.scores, b.scores), ...each);
}

function asArrays(lists: Readonly<Record<string, readonly number[]>>): Weights {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, Float32Array.from(values)]));
}

function designOf(spec: AggregatorSpec, options: Partial<DesignOptions> = {}): ModelDesign {
  return classifyDesign({ hidden: 12, attention: 6, ...spec }, { d: 6, k: 3, ...options });
}

const chunked = aggregators().filter(
  ({ name }) => chunkGraphs(classifyDesign({ name }, { d: 6, k: 3 }), true) !== null,
);

describe("a bag in chunks", () => {
  it("is possible for every aggregator that pools by a softmax over the tiles and looks at them nowhere else", () => {
    expect(chunked.map(({ name }) => name)).toEqual(["abmil", "clam-sb", "clam-mb", "toad", "chief"]);
  });

  it.each(chunked.map(({ name }) => name))(
    "has the gradients of %s in one piece, dropout masks included",
    async (name) => {
      const design = designOf({ name }, { dropout: 0.25, covariates: 2 });
      const whole = await gradientsOf(design, { n: 501, chunk: WHOLE });
      expect(distance(await gradientsOf(design, { n: 501, chunk: 100 }), whole)).toBeLessThan(1e-6);
    },
  );

  it.each(["clam-sb", "clam-mb"])(
    "has the gradients of %s, whose instance loss sees the ends of the attention",
    async (name) => {
      for (const subtyping of [false, true]) {
        const design = designOf({ name, sample: 8, subtyping }, { dropout: 0.25 });
        const whole = await gradientsOf(design, { n: 501, chunk: WHOLE });
        expect(distance(await gradientsOf(design, { n: 501, chunk: 100 }), whole)).toBeLessThan(1e-6);
      }
    },
  );

  it("has the same gradients whether the way there is kept or computed again", async () => {
    const standardisation = { mean: new Float32Array(6).fill(0.3), deviation: new Float32Array(6).fill(2) };
    const design = designOf({ name: "abmil" }, { dropout: 0.25, standardisation });
    const kept = await gradientsOf(design, { n: 501, chunk: 100 });
    const again = await gradientsOf(design, { n: 501, chunk: 100, keptBytes: 0 });
    expect(again).toEqual(kept);
  });

  it("keeps only what costs a product or a function to compute again", () => {
    const design = designOf({ name: "abmil" }, { dropout: 0.25 });
    const widths = chunkGraphs(design, true)?.kept.map(({ width }) => width);
    expect(widths?.toSorted((a, b) => a - b)).toEqual([1, 6, 6, 12]);
    expect(chunkGraphs(design, false)?.kept).toEqual([]);
  });

  it("has the gradients of 64,000 tiles that PyTorch has in double precision, nearer than in one piece", async () => {
    const design = classifyDesign({ name: "abmil", hidden: 6, attention: 4 }, { d: 5, k: 3, dropout: 0 });
    const { n, loss, gradients } = golden.long;
    const features = Float32Array.from(
      { length: 5 * n },
      (_, at) => ((7919 * Math.floor(at / 5) + 104729 * (at % 5)) % 2003) / 1001 - 1,
    );
    const bag = { n, features, weights: asArrays(golden.start), chunk: 4096 };
    const [own, whole] = [await gradientsOf(design, bag), await gradientsOf(design, { ...bag, chunk: WHOLE })];
    const errorOf = (run: Run): number => distance(run, { loss, scores: run.scores, gradients: asArrays(gradients) });
    expect(errorOf(own)).toBeLessThan(1e-6);
    expect(errorOf(own)).toBeLessThan(errorOf(whole));
  });

  it("is a bag in one piece as long as it has no more tiles than a chunk", () => {
    const gradient = openGradient(designOf({ name: "abmil" }), { chunk: 100 }, (onnx) => openSession(onnx));
    expect([gradient.isChunked(100), gradient.isChunked(101)]).toEqual([false, true]);
    const clustering = openGradient(designOf({ name: "clam-sb", sample: 60 }), { chunk: 100 }, (onnx) =>
      openSession(onnx),
    );
    expect([clustering.isChunked(119), clustering.isChunked(120)]).toEqual([false, true]);
    const mixing = classifyDesign({ name: "dsmil" }, { d: 6, k: 3 });
    expect(openGradient(mixing, { chunk: 100 }, (onnx) => openSession(onnx)).isChunked(101)).toBe(false);
  });
});
