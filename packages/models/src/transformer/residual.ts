/**
 * A branch added to the tokens it was computed of: scaled feature by feature (LayerScale; Touvron 2021, Going deeper with image
 * transformers, equation 2), and left out at random while fitting (stochastic depth; Huang 2016), in inverted form.
 */
import { add, constant, mul, type Tensor } from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";

export interface ResidualOptions {
  /** First value of the scale; 0 for no scale. */
  readonly layerScale: number;
  /** How often the branch is left out, in [0, 1). */
  readonly dropPath: number;
}

export function residualWeights(name: string, width: number, layerScale: number): WeightSpec[] {
  return layerScale === 0 ? [] : [{ name: `${name}.scale`, shape: [width], initialisation: { fill: layerScale } }];
}

/** x + scale * branch, both [t, w]. */
export function addBranch(scope: Scope, name: string, x: Tensor, branch: Tensor, options: ResidualOptions): Tensor {
  const scaled = options.layerScale === 0 ? branch : mul(branch, scope.weight(`${name}.scale`));
  const isDropped = scope.isFit && options.dropPath > 0;
  const kept = isDropped ? mul(scaled, scope.dropout(`${name}.path`, constant([1], [1, 1]), options.dropPath)) : scaled;
  return add(x, kept);
}
