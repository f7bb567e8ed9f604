/**
 * Brier score (Brier 1950), lower is better. Two classes: mean of (p - y)^2 of the positive class, 0 to 1.
 * More: mean over patients of the sum over classes, 0 to 2, as in Brier's paper. The two conventions differ by a factor of
 * two; this is the one of scikit-learn and of R for two classes.
 */
import type { Sample } from "../sample.ts";
import { type Metric, ready, undefinedBecause, weightedMean } from "./metric.ts";

export const brierMetric: Metric = {
  name: "brier",
  title: "Brier score",
  perfect: 0,
  range: [0, 2],
  prepare(sample: Sample) {
    return sample.n === 0 ? undefinedBecause("no labelled patient") : ready(weightedMean(squaredErrors(sample)));
  },
};

function squaredErrors(sample: Sample): Float64Array {
  const { n, k, labels, probabilities, positive } = sample;
  const errors = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let c = 0; c < k; c++) {
      if (k === 2 && c !== positive) continue;
      sum += ((probabilities[i * k + c] as number) - (labels[i] === c ? 1 : 0)) ** 2;
    }
    errors[i] = sum;
  }
  return errors;
}
