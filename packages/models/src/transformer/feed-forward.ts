/** The part of a transformer block that looks at one token at a time: y = gelu(x U + u) D + d (Vaswani 2017, section 3.3). */
import { gelu, linear, type Tensor } from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { type Layout, tokenDropout } from "./tokens.ts";

export function feedForwardWeights(name: string, width: number, inside: number): WeightSpec[] {
  return [
    { name: `${name}.up.weight`, shape: [width, inside], initialisation: "glorot" },
    { name: `${name}.up.bias`, shape: [inside], initialisation: "zeros" },
    { name: `${name}.down.weight`, shape: [inside, width], initialisation: "glorot" },
    { name: `${name}.down.bias`, shape: [width], initialisation: "zeros" },
  ];
}

/** [t, w] -> [t, w], with dropout after the bend and after the second map. */
export function feedForward(scope: Scope, name: string, x: Tensor, rate: number, layout: Layout): Tensor {
  const raised = gelu(linear(x, scope.weight(`${name}.up.weight`), scope.weight(`${name}.up.bias`)));
  const kept = tokenDropout(scope, `${name}.up`, raised, rate, layout);
  const lowered = linear(kept, scope.weight(`${name}.down.weight`), scope.weight(`${name}.down.bias`));
  return tokenDropout(scope, `${name}.down`, lowered, rate, layout);
}
