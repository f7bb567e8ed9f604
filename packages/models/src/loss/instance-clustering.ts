/**
 * The instance loss of CLAM (Lu 2021), from its formulas. The tiles that the attention ranks first are taken as examples of
 * the bag's class, those it ranks last as examples of the opposite, and a small head per class must tell them apart:
 *
 *   head of the bag's class:   top tiles -> 1, bottom tiles -> 0
 *   heads of other classes:    top tiles -> 0                      (only where classes exclude each other: subtyping)
 *
 * As many tiles of each kind as `sample`, but at most half of the bag; a bag of one tile has no instance loss. Where every class has
 * a branch of attention of its own, its head looks at the tiles of that branch.
 */
import {
  add,
  cast,
  div,
  gather,
  gatherElements,
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
  /** Loss of tiles that count as 0 or 1, from their score for a class minus the score against it. Default the smooth support vector loss. */
  readonly tileLoss?: (delta: Tensor, label: 0 | 1) => Tensor;
}

/** Two scores for each class head: against (negative) and for (positive). */
export function clusteringWeights(hidden: number, k: number): WeightSpec[] {
  return ["negative", "positive"].flatMap((side) => [
    { name: `instance.${side}.weight`, shape: [hidden, k], initialisation: "glorot" } as const,
    { name: `instance.${side}.bias`, shape: [k], initialisation: "zeros" } as const,
  ]);
}

/** Scalar loss of the ranked instances. @param attention [n, 1 or k] @param instances [n, h] @param label one-hot, [1, k] */
export function clusteringLoss(
  scope: Scope,
  { attention, instances, label }: { attention: Tensor; instances: Tensor; label: Tensor },
  { sample, subtyping, tileLoss = smoothSvm }: ClusteringOptions,
): Tensor {
  const n = sizeOf(attention, 0);
  const size = maximum(minimum(div(n, 2), sample), 1);
  const marginsOf = attention.shape[1] === 1 ? ofOneBranch : ofOwnBranch;
  const { top, bottom } = marginsOf(scope, { ranks: stopGradient(attention), instances, size });
  const own = mul(mul(add(tileLoss(top, 1), tileLoss(bottom, 0)), 0.5), label);
  const all = subtyping ? add(own, mul(tileLoss(top, 0), sub(1, label))) : own;
  const isPossible = squeeze(cast(greater(n, 1), "float32"), [0]);
  const total = mul(sum(mean(all, { axes: [0] })), isPossible);
  return subtyping ? div(total, scope.k) : total;
}

interface Ranked {
  /** [n, 1 or k] */
  readonly ranks: Tensor;
  readonly instances: Tensor;
  /** Tiles taken from each end, int64 [1]. */
  readonly size: Tensor;
}

/** Margins of the first and of the last tiles, by class head, [size, k] each. */
interface Ends {
  readonly top: Tensor;
  readonly bottom: Tensor;
}

function ofOneBranch(scope: Scope, { ranks, instances, size }: Ranked): Ends {
  const order = squeeze(ranks, [1]);
  const end = (smallest: boolean): Tensor => margins(scope, gather(instances, topK(order, size, { smallest }).indices));
  return { top: end(false), bottom: end(true) };
}

function ofOwnBranch(scope: Scope, { ranks, instances, size }: Ranked): Ends {
  const all = margins(scope, instances);
  const end = (smallest: boolean): Tensor => gatherElements(all, topK(ranks, size, { smallest, axis: 0 }).indices, 0);
  return { top: end(false), bottom: end(true) };
}

/** Score for minus score against, by class head: [m, h] -> [m, k]. */
function margins(scope: Scope, rows: Tensor): Tensor {
  const score = (side: string): Tensor =>
    linear(rows, scope.weight(`instance.${side}.weight`), scope.weight(`instance.${side}.bias`));
  return sub(score("positive"), score("negative"));
}
