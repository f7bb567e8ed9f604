/** Covariates for aggregators that make their own scores: one linear map, added, as the shared head has it (`head/linear-scores.ts`). */
import { add, linear, type Tensor } from "@nacre/graph";
import type { Scope, Sizes, WeightSpec } from "./aggregator.ts";

export function covariateWeights({ covariates, k }: Pick<Sizes, "covariates" | "k">): WeightSpec[] {
  return covariates === 0 ? [] : [{ name: "head.covariate", shape: [covariates, k], initialisation: "glorot" }];
}

/** Scores [1, k] with what the covariates add to them; unchanged where there are none. */
export function withCovariates(scope: Scope, scores: Tensor): Tensor {
  return scope.covariates === null ? scores : add(scores, linear(scope.covariates, scope.weight("head.covariate")));
}
