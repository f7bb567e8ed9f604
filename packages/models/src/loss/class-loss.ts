/**
 * The loss of one class out of several, in the forms a study can ask for. The same formulas in the graph, for the slopes, and as
 * plain numbers in double precision, for judging.
 */
import { add, constant, crossEntropy, mul, sum, type Tensor } from "@nacre/graph";
import type { LossOptions } from "../head/head.ts";
import { ASYMMETRIC_DEFAULTS, asymmetricCrossEntropy } from "./asymmetric.ts";
import { FOCUS, focalCrossEntropy } from "./focal.ts";

export type ClassLossOptions = Pick<LossOptions, "loss" | "labelSmoothing">;

/**
 * Loss of a bag, a scalar, times the weight of its class; 0 for a target of zeros.
 * @param logits [1, k] @param target one-hot, [1, k] @param weights [k]
 */
export function classLoss(
  logits: Tensor,
  target: Tensor,
  weights: Float32Array<ArrayBuffer>,
  { loss, labelSmoothing }: ClassLossOptions,
): Tensor {
  const k = weights.length;
  const weighted = mul(target, constant(weights, [1, k]));
  if (loss === "asymmetric") {
    const soft = labelSmoothing === 0 ? target : smoothed(target, labelSmoothing, k);
    return mul(asymmetricCrossEntropy(logits, soft), sum(weighted));
  }
  const soft = labelSmoothing === 0 ? weighted : smoothed(weighted, labelSmoothing, k);
  return loss === "focal" ? focalCrossEntropy(logits, soft) : crossEntropy(logits, soft);
}

/** (1 - s) y + s / k, times the weight of the class that is true. */
function smoothed(weighted: Tensor, share: number, k: number): Tensor {
  const spread = mul(sum(weighted, { axes: [1], keep: true }), constant(new Float32Array(k).fill(share / k), [1, k]));
  return add(mul(weighted, 1 - share), spread);
}

/** Mean over m bags of the loss of their class, without smoothing, each bag weighed as its class: sum of losses over sum of weights. */
export function judgeClasses(
  logitsOf: (bag: number) => ArrayLike<number>,
  labelOf: (bag: number) => number,
  { m, weights, loss }: { readonly m: number; readonly weights: ArrayLike<number>; readonly loss: LossOptions["loss"] },
): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < m; i++) {
    const label = labelOf(i);
    const weight = weights[label] as number;
    sum += weight * classLossOf(logitsOf(i), label, loss);
    total += weight;
  }
  return sum / total;
}

/** The loss of one bag as a number, unweighted. */
export function classLossOf(logits: ArrayLike<number>, label: number, loss: LossOptions["loss"]): number {
  const plain = crossEntropyOf(logits, label);
  if (loss === "focal") return plain * (-Math.expm1(-plain)) ** FOCUS;
  if (loss !== "asymmetric") return plain;
  const { focusAbsent, margin } = ASYMMETRIC_DEFAULTS;
  return Array.from(logits).reduce((sum, _, c) => {
    const q = Math.max(Math.exp(-crossEntropyOf(logits, c)) - margin, 0);
    return c === label ? sum : sum - q ** focusAbsent * Math.log1p(-q);
  }, plain);
}

/** -log of the probability of class `label`, in double precision, its digits kept where that is nearly 1. */
export function crossEntropyOf(logits: ArrayLike<number>, label: number): number {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const top = values.indexOf(largest);
  const others = values.reduce((sum, value, c) => (c === top ? sum : sum + Math.exp(value - largest)), 0);
  return Math.log1p(others) + (largest - (values[label] as number));
}
