/**
 * Attention over the tiles of a bag (Ilse, Tomczak and Welling 2018, equations 8 and 9), after a trunk that makes
 * instances of the features:
 *
 *   h = dropout(relu(x W + b))                                     [n, d] -> [n, hidden]
 *   s = (tanh(h V + v) * sigmoid(h U + u)) w                       [n, hidden] -> [n, b]; without the gate only tanh
 *   a = softmax over tiles of s
 *
 * Departures: an offset in each linear map of the gate, as every later system has; none on the score, since the softmax does
 * not see it. Dropout also inside both halves of the gate (Lu 2021).
 */
import { linear, mul, relu, sigmoid, softmax, type Tensor, tanh } from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";

export interface AttentionSizes {
  readonly hidden: number;
  readonly attention: number;
  readonly gated: boolean;
  /** Distributions of attention over the tiles, one by default. */
  readonly branches?: number;
}

/** The weights that `trunk` asks for. */
export function trunkWeights(d: number, hidden: number): WeightSpec[] {
  return [
    { name: "trunk.weight", shape: [d, hidden], initialisation: "glorot" },
    { name: "trunk.bias", shape: [hidden], initialisation: "zeros" },
  ];
}

/** The weights that `trunk` and `attend` ask for. */
export function attentionWeights(d: number, sizes: AttentionSizes): WeightSpec[] {
  const { hidden, attention, gated, branches = 1 } = sizes;
  return [
    ...trunkWeights(d, hidden),
    { name: "gate.tanh.weight", shape: [hidden, attention], initialisation: "glorot" },
    { name: "gate.tanh.bias", shape: [attention], initialisation: "zeros" },
    ...(gated
      ? ([
          { name: "gate.sigmoid.weight", shape: [hidden, attention], initialisation: "glorot" },
          { name: "gate.sigmoid.bias", shape: [attention], initialisation: "zeros" },
        ] as const)
      : []),
    { name: "gate.score.weight", shape: [attention, branches], initialisation: "glorot" },
  ];
}

/** Instances h of the features: [n, d] -> [n, hidden]. */
export function trunk(scope: Scope, rate: number): Tensor {
  const h = relu(linear(scope.tiles, scope.weight("trunk.weight"), scope.weight("trunk.bias")));
  return scope.dropout("trunk", h, rate);
}

/** Attention over the instances: [n, hidden] -> [n, b], each column summing to 1 over the tiles. */
export function attend(scope: Scope, h: Tensor, sizes: Pick<AttentionSizes, "gated">, rate: number): Tensor {
  return softmax(attentionLogits(scope, h, sizes, rate), 0);
}

/** Attention before its softmax, [n, hidden] -> [n, b]; any number may be added to a column. */
export function attentionLogits(
  scope: Scope,
  h: Tensor,
  { gated }: Pick<AttentionSizes, "gated">,
  rate: number,
): Tensor {
  const half = (name: string, squash: (x: Tensor) => Tensor): Tensor => {
    const x = linear(h, scope.weight(`gate.${name}.weight`), scope.weight(`gate.${name}.bias`));
    return scope.dropout(`gate.${name}`, squash(x), rate);
  };
  const content = half("tanh", tanh);
  const gate = gated ? mul(content, half("sigmoid", sigmoid)) : content;
  return linear(gate, scope.weight("gate.score.weight"));
}
