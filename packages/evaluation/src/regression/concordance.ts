/**
 * Lin's concordance correlation (Lin 1989): 2 s_xy / (s_x^2 + s_y^2 + (mean x - mean y)^2), with variances over n as in the paper.
 * It is Pearson's correlation times a factor for offset and scale, so 1 only where prediction equals label.
 */
import { type Metric, ready, undefinedBecause } from "../metric/metric.ts";
import { momentsOf } from "./moments.ts";
import { expectRegression, type RegressionSample, withoutVariation } from "./regression-sample.ts";

export const concordanceMetric: Metric<RegressionSample> = {
  name: "linConcordance",
  title: "Lin's concordance correlation of prediction and label",
  perfect: 1,
  range: [-1, 1],
  prepare(sample) {
    expectRegression(sample);
    const reason = withoutVariation(sample, "labels");
    if (reason !== null) return undefinedBecause(reason);
    return ready((weights) => {
      const m = momentsOf(sample.predictions, sample.labels, weights);
      if (m === null || m.yy === 0) return null;
      return (2 * m.xy) / (m.xx + m.yy + m.total * (m.meanX - m.meanY) ** 2);
    });
  },
};
