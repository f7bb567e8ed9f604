import { readFileSync } from "node:fs";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { type AggregatorSpec, aggregators } from "../../src/index.ts";
import { openGradient } from "../../src/train/bag-gradient.ts";
import { chunkGraphs } from "../../src/train/chunk-graph.ts";
import type { Weights } from "../../src/train/initialise.ts";
import type { ModelDesign } from "../../src/train/program.ts";
import { classifyDesign, type DesignOptions } from "../design.ts";
import { distance, gradientsOf, type Run, WHOLE } from "./gradient-run.ts";

interface Golden {
  readonly start: Readonly<Record<string, readonly number[]>>;
  readonly long: {
    readonly n: number;
    readonly loss: number;
    readonly gradients: Readonly<Record<string, readonly number[]>>;
  };
}
const golden: Golden = JSON.parse(readFileSync(new URL("../golden/fit.json", import.meta.url), "utf8"));

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
    expect([gradient.wayOf(100), gradient.wayOf(101)]).toEqual(["whole", "chunks"]);
    const clustering = openGradient(designOf({ name: "clam-sb", sample: 60 }), { chunk: 100 }, (onnx) =>
      openSession(onnx),
    );
    expect([clustering.wayOf(119), clustering.wayOf(120)]).toEqual(["whole", "chunks"]);
    const mixing = classifyDesign({ name: "dsmil" }, { d: 6, k: 3 });
    expect(openGradient(mixing, { chunk: 100 }, (onnx) => openSession(onnx)).wayOf(101)).toBe("whole");
  });
});
