/**
 * Attention over the tiles of a bag (Ilse, Tomczak and Welling 2018, equations 8 and 9), after a trunk that makes
 * instances of the features:
 *
 *   h = dropout(relu(x W + b))                                     [n, d] -> [n, hidden]
 *   s = (tanh(h V + v) * sigmoid(h U + u)) w                       [n, hidden] -> [n, 1]; without the gate only tanh
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
}

/** The weights that `trunk` and `attend` ask for. */
export function attentionWeights(d: number, { hidden, attention, gated }: AttentionSizes): WeightSpec[] {
  return [
    { name: "trunk.weight", shape: [d, hidden], initialisation: "glorot" },
    { name: "trunk.bias", shape: [hidden], initialisation: "zeros" },
    { name: "gate.tanh.weight", shape: [hidden, attention], initialisation: "glorot" },
    { name: "gate.tanh.bias", shape: [attention], initialisation: "zeros" },
    ...(gated
      ? ([
          { name: "gate.sigmoid.weight", shape: [hidden, attention], initialisation: "glorot" },
          { name: "gate.sigmoid.bias", shape: [attention], initialisation: "zeros" },
        ] as const)
      : []),
    { name: "gate.score.weight", shape: [attention, 1], initialisation: "glorot" },
  ];
}

/** Instances h of the features: [n, d] -> [n, hidden]. */
export function trunk(scope: Scope, rate: number): Tensor {
  const h = relu(linear(scope.tiles, scope.weight("trunk.weight"), scope.weight("trunk.bias")));
  return scope.dropout("trunk", h, rate);
}

/** Attention over the instances: [n, hidden] -> [n, 1], summing to 1 over the tiles. */
export function attend(scope: Scope, h: Tensor, { gated }: AttentionSizes, rate: number): Tensor {
  const half = (name: string, squash: (x: Tensor) => Tensor): Tensor => {
    const x = linear(h, scope.weight(`gate.${name}.weight`), scope.weight(`gate.${name}.bias`));
    return scope.dropout(`gate.${name}`, squash(x), rate);
  };
  const content = half("tanh", tanh);
  const gate = gated ? mul(content, half("sigmoid", sigmoid)) : content;
  return softmax(linear(gate, scope.weight("gate.score.weight")), 0);
}
