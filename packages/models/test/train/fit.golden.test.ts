/** Every way a fit can run, against PyTorch in double precision (tools/oracles/torch_fit.py); in one piece, and in chunks. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { openSession } from "@nacre/graph/node";
import { describe, expect, it } from "vitest";
import { openLearner } from "../../src/train/learner.ts";
import type { OptimiserOptions } from "../../src/train/optimiser-choice.ts";
import type { ModelDesign } from "../../src/train/program.ts";
import { rateAt } from "../../src/train/schedule.ts";
import { copyWeights } from "../../src/train/state.ts";
import { classifyDesign } from "../design.ts";
import { relativeError } from "../golden.ts";
import { bagOf } from "../planted-bags.ts";

interface Settings extends OptimiserOptions {
  readonly batch?: number;
  readonly clipNorm?: number;
  readonly warmup?: number;
}
interface Case {
  readonly settings: Settings;
  readonly losses: readonly number[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}
interface Golden {
  readonly d: number;
  readonly k: number;
  readonly hidden: number;
  readonly attention: number;
  readonly lr: number;
  readonly steps: number;
  readonly layers: Readonly<Record<string, number>>;
  readonly start: Readonly<Record<string, readonly number[]>>;
  readonly bags: readonly { readonly n: number; readonly label: number; readonly features: readonly number[] }[];
  readonly cases: Readonly<Record<string, Case>>;
}
const golden: Golden = JSON.parse(readFileSync(new URL("../golden/fit.json", import.meta.url), "utf8"));

/** Gated attention whose weights say in which layer they lie. */
function layeredDesign(): ModelDesign {
  const { d, k, hidden, attention } = golden;
  const design = classifyDesign({ name: "abmil", hidden, attention }, { d, k, dropout: 0 });
  const weights: typeof design.aggregator.weights = (options, sizes) =>
    design.aggregator.weights(options, sizes).map((spec) => ({ ...spec, layer: golden.layers[spec.name] as number }));
  return { ...design, aggregator: { ...design.aggregator, weights } };
}

async function follow({ settings }: Case, chunk: number) {
  const { batch = 1, warmup = 0, ...options } = settings;
  const from = Object.fromEntries(Object.entries(golden.start).map(([name, v]) => [name, Float32Array.from(v)]));
  const learner = await openLearner(
    layeredDesign(),
    { ...options, batch, chunk, from, threads: 1, seed: 1 },
    openSession,
  );
  const losses: number[] = [];
  for (let step = 1; step <= golden.steps; step++) {
    const examples = Array.from({ length: batch }, (_, j) => {
      const i = ((step - 1) * batch + j) % golden.bags.length;
      const { features, label } = golden.bags[i] as Golden["bags"][number];
      return { id: String(i), tiles: bagOf(Float32Array.from(features), golden.d), covariates: null, label };
    });
    const rate = rateAt(warmup === 0 ? "constant" : "cosine", golden.lr, step, golden.steps, warmup);
    losses.push(await learner.step(examples, rate, randomStream(1)));
  }
  const weights = copyWeights(learner.current());
  await learner.close();
  return { losses, weights };
}

describe.each(Object.entries(golden.cases))("a fit with %s", (_, expected) => {
  it.each([
    ["in one piece", 1_000_000],
    ["with bags in chunks of 64 tiles", 64],
  ])("follows PyTorch step by step, %s", async (_, chunk) => {
    const { losses, weights } = await follow(expected, chunk);
    expect(relativeError(losses, expected.losses)).toBeLessThan(5e-6);
    for (const [name, values] of Object.entries(expected.weights)) {
      expect(relativeError(weights[name] as Float32Array, values), name).toBeLessThan(5e-5);
    }
  });
});
