/** Values recorded from PyTorch in float64 by tools/oracles/torch_models.py, and how to run the same numbers here. */
import { readFileSync } from "node:fs";
import { constant, crossEntropy, mul, type Tensor, type TensorData } from "@nacre/graph";
import type { Weights } from "../src/train/initialise.ts";
import type { ModelDesign } from "../src/train/program.ts";
import { classifyDesign } from "./design.ts";

export interface GoldenBag {
  readonly n: number;
  readonly label: number;
  readonly features: readonly number[];
  readonly masks?: Readonly<Record<string, readonly number[]>>;
  readonly loss: number;
  /** What PyTorch in single precision loses against double on the same bag, relative. */
  readonly float32Error: { readonly loss: number; readonly gradients: number };
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

export interface GoldenCase {
  readonly name: string;
  readonly aggregator: string;
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly d: number;
  readonly k: number;
  readonly dropout: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  readonly classWeights: readonly number[];
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly bags: readonly GoldenBag[];
  readonly adam: {
    readonly lr: number;
    readonly weightDecay: number;
    readonly losses: readonly number[];
    readonly weights: Readonly<Record<string, readonly number[]>>;
  };
}

const file = new URL("./golden/models.json", import.meta.url);
const recorded = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly GoldenCase[] };
export const goldenCases = recorded.cases;

export function designOf(golden: GoldenCase): ModelDesign {
  const { aggregator, options, dropout, d, k, mean, deviation } = golden;
  const standardisation = { mean: Float32Array.from(mean), deviation: Float32Array.from(deviation) };
  const design = classifyDesign({ name: aggregator, ...options }, { d, k, standardisation, dropout });
  const weights = constant(golden.classWeights, [1, k]);
  const loss = (scores: Tensor, target: Tensor): Tensor => crossEntropy(scores, mul(target, weights));
  return { ...design, head: { ...design.head, loss } };
}

export function weightsOf(golden: GoldenCase): Weights {
  return Object.fromEntries(Object.entries(golden.weights).map(([name, values]) => [name, Float32Array.from(values)]));
}

export function weightFeeds(golden: GoldenCase): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(golden.weights).map(([name, values]) => [
      name,
      { data: Float32Array.from(values), dims: golden.shapes[name] ?? [] },
    ]),
  );
}

/** Features, label and masks of a bag as the learning graph wants them. */
export function bagFeeds({ d, k }: GoldenCase, bag: GoldenBag): Record<string, TensorData> {
  const label = new Float32Array(k);
  label[bag.label] = 1;
  const feeds: Record<string, TensorData> = {
    features: { data: Float32Array.from(bag.features), dims: [bag.n, d] },
    target: { data: label, dims: [1, k] },
  };
  for (const [name, values] of Object.entries(bag.masks ?? {})) {
    feeds[`mask.${name}`] = { data: Uint8Array.from(values), dims: [bag.n, values.length / bag.n] };
  }
  return feeds;
}

/** Largest difference between two lists, relative to the largest value expected of them. */
export function relativeError(received: ArrayLike<number>, expected: readonly number[]): number {
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const distance = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (received[i] as number))), 0);
  return received.length === expected.length ? distance / Math.max(size, 1e-3) : Number.POSITIVE_INFINITY;
}
