/**
 * The instance loss of CLAM (Lu 2021), from its formulas. The tiles that the attention ranks first are taken as examples of
 * the bag's class, those it ranks last as examples of the opposite, and a small head per class must tell them apart:
 *
 *   head of the bag's class:   top tiles -> 1, bottom tiles -> 0
 *   heads of other classes:    top tiles -> 0                      (only where classes exclude each other: subtyping)
 *
 * As many tiles of each kind as `sample`, but at most half of the bag; a bag of one tile has no instance loss.
 */
import {
  add,
  cast,
  div,
  gather,
  greater,
  linear,
  maximum,
  mean,
  minimum,
  mul,
  sizeOf,
  squeeze,
  stopGradient,
  sub,
  sum,
  type Tensor,
  topK,
} from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { smoothSvm } from "./smooth-svm.ts";

export interface ClusteringOptions {
  readonly sample: number;
  readonly subtyping: boolean;
}

/** Two scores for each class head: against (negative) and for (positive). */
export function clusteringWeights(hidden: number, k: number): WeightSpec[] {
  return ["negative", "positive"].flatMap((side) => [
    { name: `instance.${side}.weight`, shape: [hidden, k], initialisation: "glorot" } as const,
    { name: `instance.${side}.bias`, shape: [k], initialisation: "zeros" } as const,
  ]);
}

/** Scalar loss of the ranked instances. @param attention [n, 1] @param instances [n, h] @param label one-hot, [1, k] */
export function clusteringLoss(
  scope: Scope,
  { attention, instances, label }: { attention: Tensor; instances: Tensor; label: Tensor },
  { sample, subtyping }: ClusteringOptions,
): Tensor {
  const n = sizeOf(attention, 0);
  const size = maximum(minimum(div(n, 2), sample), 1);
  const ranks = squeeze(stopGradient(attention), [1]);
  const top = margins(scope, gather(instances, topK(ranks, size).indices));
  const bottom = margins(scope, gather(instances, topK(ranks, size, { smallest: true }).indices));
  const own = mul(mul(add(smoothSvm(top, 1), smoothSvm(bottom, 0)), 0.5), label);
  const all = subtyping ? add(own, mul(smoothSvm(top, 0), sub(1, label))) : own;
  const isPossible = squeeze(cast(greater(n, 1), "float32"), [0]);
  const total = mul(sum(mean(all, { axes: [0] })), isPossible);
  return subtyping ? div(total, scope.k) : total;
}

/** Score for minus score against, by class head: [size, h] -> [size, k]. */
function margins(scope: Scope, rows: Tensor): Tensor {
  const score = (side: string): Tensor =>
    linear(rows, scope.weight(`instance.${side}.weight`), scope.weight(`instance.${side}.bias`));
  return sub(score("positive"), score("negative"));
}
