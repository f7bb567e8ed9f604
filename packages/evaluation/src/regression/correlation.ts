/**
 * Whether predictions and measured values go together: Pearson (on a line), Spearman (Pearson of midranks), Kendall's tau-b
 * (pairs in the same order minus pairs in opposite order, over the geometric mean of the pairs not tied in each; Kendall 1945).
 * None notices a wrong scale or offset; read them beside agreement. Weights: ranks and pairs are those of a list that names each patient w times.
 */
import { type Metric, ready, undefinedBecause } from "../metric/metric.ts";
import { correlation, momentsOf } from "./moments.ts";
import { concordanceBalance, pairsNotTied, runRanks, runsOf } from "./rank-runs.ts";
import { expectRegression, type RegressionSample, withoutVariation } from "./regression-sample.ts";

export const pearsonMetric: Metric<RegressionSample> = {
  name: "pearson",
  title: "Pearson correlation of prediction and label",
  perfect: 1,
  range: [-1, 1],
  prepare(sample) {
    expectRegression(sample);
    const reason = withoutVariation(sample, "both");
    if (reason !== null) return undefinedBecause(reason);
    return ready((weights) => {
      const moments = momentsOf(sample.predictions, sample.labels, weights);
      return moments === null ? null : correlation(moments);
    });
  },
};

export const spearmanMetric: Metric<RegressionSample> = {
  name: "spearman",
  title: "Spearman rank correlation of prediction and label",
  perfect: 1,
  range: [-1, 1],
  prepare(sample) {
    expectRegression(sample);
    const reason = withoutVariation(sample, "both");
    if (reason !== null) return undefinedBecause(reason);
    const x = runsOf(sample.predictions);
    const y = runsOf(sample.labels);
    const ranksX = new Float64Array(sample.n);
    const ranksY = new Float64Array(sample.n);
    return ready((weights) => {
      const moments = momentsOf(runRanks(x, weights, ranksX), runRanks(y, weights, ranksY), weights);
      return moments === null ? null : correlation(moments);
    });
  },
};

export const kendallMetric: Metric<RegressionSample> = {
  name: "kendall",
  title: "Kendall's tau-b of prediction and label",
  perfect: 1,
  range: [-1, 1],
  prepare(sample) {
    expectRegression(sample);
    const reason = withoutVariation(sample, "both");
    if (reason !== null) return undefinedBecause(reason);
    const x = runsOf(sample.predictions);
    const y = runsOf(sample.labels);
    const balance = concordanceBalance(x, y);
    return ready((weights) => {
      const pairsX = pairsNotTied(x, weights);
      const pairsY = pairsNotTied(y, weights);
      if (pairsX === 0 || pairsY === 0) return null;
      const tau = balance(weights) / (Math.sqrt(pairsX) * Math.sqrt(pairsY));
      return Math.max(-1, Math.min(1, tau));
    });
  },
};
