/** The negative log partial likelihood over n, as the elastic net wants it (Simon, Friedman, Hastie and Tibshirani 2011). */
import type { PredictorLoss } from "../probe/coordinate-descent.ts";
import type { FollowUp } from "./follow-up.ts";
import { partialLikelihood, type Ties } from "./partial-likelihood.ts";
import { riskOrder } from "./risk-order.ts";

export interface CoxLossOptions {
  readonly ties?: Ties;
  readonly strata?: readonly string[] | null;
}

/** Of checked follow-up with at least one event. */
export function coxLoss(followUp: FollowUp, { ties = "efron", strata = null }: CoxLossOptions = {}): PredictorLoss {
  const order = riskOrder(followUp, strata);
  const { n } = order;
  const weights = new Float64Array(n).fill(1);
  return {
    n,
    hasOffset: false,
    at(eta) {
      const { logLikelihood, gradient, curvature } = partialLikelihood(order, eta, weights, ties);
      return {
        value: -logLikelihood / n,
        gradient: gradient.map((g) => g / n),
        curvature: curvature.map((h) => h / n),
      };
    },
  };
}
