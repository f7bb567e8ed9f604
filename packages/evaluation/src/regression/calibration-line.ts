/**
 * Calibration of numbers: least squares of the label on the prediction, label = intercept + slope x prediction. Slope 1 and intercept
 * 0 are perfect; a slope below 1 means predictions that spread too far. The intercept is at prediction 0, in the unit of the label.
 */
import { type Metric, type Prepared, ready, undefinedBecause } from "../metric/metric.ts";
import { type Moments, momentsOf } from "./moments.ts";
import { expectRegression, isConstant, type RegressionSample } from "./regression-sample.ts";

export const regressionSlopeMetric: Metric<RegressionSample> = {
  name: "calibrationSlope",
  title: "slope of the regression of label on prediction",
  perfect: 1,
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  prepare: (sample) => prepareLine(sample, ({ xy, xx }) => xy / xx),
};

export const regressionInterceptMetric: Metric<RegressionSample> = {
  name: "calibrationIntercept",
  title: "intercept of the regression of label on prediction",
  perfect: 0,
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  prepare: (sample) => prepareLine(sample, ({ xy, xx, meanX, meanY }) => meanY - (xy / xx) * meanX),
};

function prepareLine(sample: RegressionSample, pick: (line: Moments) => number): Prepared {
  expectRegression(sample);
  if (sample.n === 0) return undefinedBecause("no labelled patient");
  if (sample.n === 1) return undefinedBecause("a line needs two patients");
  if (isConstant(sample.predictions)) return undefinedBecause("every prediction is the same");
  return ready((weights) => {
    const moments = momentsOf(sample.predictions, sample.labels, weights);
    return moments === null || moments.xx === 0 ? null : pick(moments);
  });
}
