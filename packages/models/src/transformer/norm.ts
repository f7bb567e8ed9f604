/** Layer normalisation (Ba, Kiros and Hinton 2016) with its weights by name. */
import { layerNorm, type Tensor } from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";

export function normWeights(name: string, width: number): WeightSpec[] {
  return [
    { name: `${name}.gain`, shape: [width], initialisation: "ones" },
    { name: `${name}.bias`, shape: [width], initialisation: "zeros" },
  ];
}

/** Each row of x [.., w] to mean 0 and variance 1, times a gain, plus an offset. */
export function normalised(scope: Scope, name: string, x: Tensor, epsilon?: number): Tensor {
  return layerNorm(x, scope.weight(`${name}.gain`), scope.weight(`${name}.bias`), epsilon);
}
