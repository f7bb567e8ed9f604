/**
 * Multi-head attention of every token to every token (Vaswani 2017, equation 1), without positions: a set goes in and a set comes out.
 *
 *   A_h = softmax(q_h k_h' / sqrt(head width))          [t, t] for each head
 *   y   = (A_1 v_1 | A_2 v_2 | ...) P + p
 *
 * Memory grows with heads x t². Where only some rows are asked for, only theirs are computed.
 */
import { linear, matmul, mean, mul, softmax, type Tensor, transposeLast } from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { type HeadSizes, joinHeads, projectHeads, widthOf } from "./heads.ts";

export interface Attended {
  /** [q, w] */
  readonly mixed: Tensor;
  /** Weights over the tokens that ask [1, q] as weights over the tokens they look at [1, t], heads averaged. */
  follow(row: Tensor): Tensor;
}

export function attentionWeights(name: string, sizes: HeadSizes): WeightSpec[] {
  const width = widthOf(sizes);
  return [
    { name: `${name}.weight`, shape: [width, 3 * width], initialisation: "glorot" },
    { name: `${name}.bias`, shape: [3 * width], initialisation: "zeros" },
    { name: `${name}.project.weight`, shape: [width, width], initialisation: "glorot" },
    { name: `${name}.project.bias`, shape: [width], initialisation: "zeros" },
  ];
}

/** What the tokens `asking` [q, w] take from the tokens x [t, w]. */
export function selfAttention(scope: Scope, name: string, x: Tensor, asking: Tensor, sizes: HeadSizes): Attended {
  const options = { ...sizes, hasBias: true };
  const query = mul(projectHeads(scope, name, "query", asking, options), sizes.headWidth ** -0.5);
  const key = projectHeads(scope, name, "key", x, options);
  const attention = softmax(matmul(query, transposeLast(key)));
  const joined = joinHeads(matmul(attention, projectHeads(scope, name, "value", x, options)));
  return {
    mixed: linear(joined, scope.weight(`${name}.project.weight`), scope.weight(`${name}.project.bias`)),
    follow: (row) => mean(matmul(row, attention), { axes: [0] }),
  };
}
