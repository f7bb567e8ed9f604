/**
 * How far predictions are from measured values: mean absolute error, root mean square error (both in the unit of the label), and
 * R^2 = 1 - sum (y - p)^2 / sum (y - mean y)^2, the share of the variance explained. R^2 is 0 for a model that says the
 * mean of these patients and has no lower end; it is not the square of a correlation.
 */
import { type Metric, ready, undefinedBecause, weightedMean } from "../metric/metric.ts";
import { momentsOf } from "./moments.ts";
import { expectRegression, type RegressionSample, withoutVariation } from "./regression-sample.ts";

export const maeMetric: Metric<RegressionSample> = {
  name: "mae",
  title: "mean absolute error",
  perfect: 0,
  range: [0, Number.POSITIVE_INFINITY],
  prepare(sample) {
    expectRegression(sample);
    return sample.n === 0 ? undefinedBecause("no labelled patient") : ready(weightedMean(errors(sample).map(Math.abs)));
  },
};

export const rmseMetric: Metric<RegressionSample> = {
  name: "rmse",
  title: "root mean square error",
  perfect: 0,
  range: [0, Number.POSITIVE_INFINITY],
  prepare(sample) {
    expectRegression(sample);
    if (sample.n === 0) return undefinedBecause("no labelled patient");
    const mean = weightedMean(errors(sample).map((e) => e * e));
    return ready((weights) => {
      const value = mean(weights);
      return value === null ? null : Math.sqrt(value);
    });
  },
};

export const r2Metric: Metric<RegressionSample> = {
  name: "r2",
  title: "share of the variance explained (R squared)",
  perfect: 1,
  range: [Number.NEGATIVE_INFINITY, 1],
  prepare(sample) {
    expectRegression(sample);
    const reason = withoutVariation(sample, "labels");
    if (reason !== null) return undefinedBecause(reason);
    const { labels } = sample;
    const squared = errors(sample).map((e) => e * e);
    return ready((weights) => {
      const moments = momentsOf(labels, labels, weights);
      if (moments === null || moments.xx === 0) return null;
      return 1 - squared.reduce((sum, e, i) => sum + e * (weights[i] as number), 0) / moments.xx;
    });
  },
};

/** Prediction minus label, [n]. */
export function errors({ labels, predictions }: RegressionSample): Float64Array {
  return predictions.map((p, i) => p - (labels[i] as number));
}
