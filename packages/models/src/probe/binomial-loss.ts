/** Mean cross-entropy of one logit for each row, as the elastic net wants it. */
import type { PredictorLoss } from "./coordinate-descent.ts";

/** Below this a probability's curvature is rounded up, so that a certain row still has a quadratic; the minimum stays where it is. */
const FLAT = 1e-5;

/** @param label 0 or 1 of each row @param weights case weights; the loss is their mean */
export function binomialLoss(label: ArrayLike<number>, weights: ArrayLike<number>): PredictorLoss {
  const n = label.length;
  const total = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  return {
    n,
    hasOffset: true,
    at(eta) {
      let value = 0;
      const gradient = new Float64Array(n);
      const curvature = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const z = eta[i] as number;
        const y = label[i] as number;
        const share = (weights[i] as number) / total;
        const p = 1 / (1 + Math.exp(-z));
        value += share * (Math.max(0, z) - y * z + Math.log1p(Math.exp(-Math.abs(z))));
        gradient[i] = share * (p - y);
        curvature[i] = share * Math.max(FLAT, p * (1 - p));
      }
      return { value, gradient, curvature };
    },
  };
}
