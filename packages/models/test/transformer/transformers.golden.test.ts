/** Values recorded from PyTorch in float64 by tools/oracles/torch_transformers.py. */
import { readFileSync } from "node:fs";
import { encodeModel, type Tensor, type TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { bagInputs, gradientsOf, type MaskSpec, weightInputs } from "../../src/train/program.ts";
import { lossOf } from "../../src/train/step-graph.ts";
import { expectRecordedAnswers } from "../answers-as-recorded.ts";
import { bagFeeds, designOf, type GoldenBag, type GoldenCase, relativeError, weightFeeds } from "../golden.ts";

const file = new URL("../golden/transformers.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly GoldenCase[] };

/** 5e-6, or twice what PyTorch itself loses in single precision. */
const allowed = (float32Error: number): number => Math.max(5e-6, 2 * float32Error);

describe.each(cases)("$aggregator: $name", (golden) => {
  it("answers as PyTorch in double precision does, output by output", () => expectRecordedAnswers(golden));

  it("has the loss and the gradients of PyTorch in double precision", async () => {
    const weights = weightInputs(designOf(golden));
    const { loss, masks } = lossOf(designOf(golden), weights);
    const slopes = gradientsOf(loss, weights);
    const outputs = Object.fromEntries([...slopes].map(([name, slope]) => [`${name}.slope`, slope]));
    const session = await openSession(encodeModel({ outputs: { loss, ...outputs } }));
    for (const bag of golden.bags) {
      const feeds = { ...bagFeeds(golden, { ...bag, masks: {} }), ...maskFeeds(masks, bag) };
      const out = await session.run({ ...weightFeeds(golden), ...feeds });
      expect(relativeError(out.loss?.data as Float32Array, [bag.loss])).toBeLessThan(allowed(bag.float32Error.loss));
      for (const [name, slope] of Object.entries(bag.gradients)) {
        const error = relativeError(out[`${name}.slope`]?.data as Float32Array, slope);
        expect(error, name).toBeLessThan(allowed(bag.float32Error.gradients));
      }
    }
    await session.close();
  });
});

describe.each(cases.filter(({ bags }) => bags[0]?.outputs.rollout))("$aggregator: $name", (golden) => {
  it("follows attention through its layers as the product of PyTorch's matrices does", async () => {
    const session = await openSession(encodeModel({ outputs: { rollout: rolloutOf(golden) } }));
    for (const { n, features, outputs } of golden.bags) {
      const feeds = { features: { data: Float32Array.from(features), dims: [n, golden.d] } };
      const { rollout } = await session.run({ ...weightFeeds(golden), ...feeds });
      expect(relativeError(rollout?.data as Float32Array, outputs.rollout ?? [])).toBeLessThan(5e-6);
    }
    await session.close();
  });
});

function rolloutOf(golden: GoldenCase): Tensor {
  const { aggregator, options, d, head } = designOf(golden);
  const weights = weightInputs(designOf(golden));
  const { features } = bagInputs(designOf(golden));
  const scope = {
    tiles: features,
    places: null,
    covariates: null,
    d,
    k: head.k,
    groups: head.groups,
    label: null,
    isFit: false,
    weight: (name: string) => weights.get(name) as Tensor,
    dropout: (_: string, x: Tensor) => x,
    block: (x: Tensor) => x,
  };
  return aggregator.build(scope, options).further?.rollout as Tensor;
}

function maskFeeds(specs: readonly MaskSpec[], { n, masks = {} }: GoldenBag): Record<string, TensorData> {
  return Object.fromEntries(
    specs.map(({ name, rows, width }) => {
      const values = masks[name.replace("mask.", "")] ?? [];
      return [name, { data: Uint8Array.from(values), dims: [rows ?? n, width] }];
    }),
  );
}
