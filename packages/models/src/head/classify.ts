/** The classify head: one linear map from the embedding to k logits, which makes contributions of tiles exact. */
import { linear, mean, mul, type Tensor } from "@nacre/graph";
import type { Pooled, Scope, WeightSpec } from "../aggregator/aggregator.ts";

export function classifyWeights(h: number, k: number): WeightSpec[] {
  return [
    { name: "head.weight", shape: [h, k], initialisation: "glorot" },
    { name: "head.bias", shape: [k], initialisation: "zeros" },
  ];
}

/** Logits of a bag, [1, k]. */
export function classifyLogits(scope: Scope, embedding: Tensor): Tensor {
  return linear(embedding, scope.weight("head.weight"), scope.weight("head.bias"));
}

/** What each tile adds to each logit, [n, k]: (shares x instances) W. With the bias these add up to the logits. */
export function classifyContribution(scope: Scope, { shares, instances }: Pooled): Tensor {
  const weight = scope.weight("head.weight");
  const isOneShare = shares.shape[1] === 1;
  return isOneShare ? mul(shares, linear(instances, weight)) : linear(mul(shares, instances), weight);
}

/** Attention of each tile, [n, 1], summing to 1: its mean share over the width of the embedding. */
export function attentionOf({ shares }: Pooled): Tensor {
  return shares.shape[1] === 1 ? shares : mean(shares, { axes: [1], keep: true });
}
