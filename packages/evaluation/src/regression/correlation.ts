/**
 * Whether predictions and measured values go together: Pearson (on a line), Spearman (Pearson of midranks), Kendall's tau-b
 * (pairs in the same order minus pairs in opposite order, over the geometric mean of the pairs not tied in each; Kendall 1945).
 * None notices a wrong scale or offset; read them beside agreement. Weights: ranks and pairs are those of a list that names each patient w times.
 */
import { type Metric, ready, undefinedBecause, type Weighted } from "../metric/metric.ts";
import { correlation, momentsOf } from "./moments.ts";
import { concordanceBalance, pairsNotTied, runRanks, runsOf } from "./rank-runs.ts";
import { expectRegression, type RegressionSample, withoutVariation } from "./regression-sample.ts";

/** A correlation, undefined where labels or predictions do not vary; `of` looks at the sample once and gives the value for any weights. */
function correlationMetric(
  name: string,
  title: string,
  of: (sample: RegressionSample) => Weighted,
): Metric<RegressionSample> {
  return {
    name,
    title,
    perfect: 1,
    range: [-1, 1],
    prepare(sample) {
      expectRegression(sample);
      const reason = withoutVariation(sample, "both");
      return reason === null ? ready(of(sample)) : undefinedBecause(reason);
    },
  };
}

export const pearsonMetric = correlationMetric(
  "pearson",
  "Pearson correlation of prediction and label",
  ({ predictions, labels }) =>
    (weights) => {
      const moments = momentsOf(predictions, labels, weights);
      return moments === null ? null : correlation(moments);
    },
);

export const spearmanMetric = correlationMetric(
  "spearman",
  "Spearman rank correlation of prediction and label",
  ({ n, predictions, labels }) => {
    const [x, y] = [runsOf(predictions), runsOf(labels)];
    const [ranksX, ranksY] = [new Float64Array(n), new Float64Array(n)];
    return (weights) => {
      const moments = momentsOf(runRanks(x, weights, ranksX), runRanks(y, weights, ranksY), weights);
      return moments === null ? null : correlation(moments);
    };
  },
);

export const kendallMetric = correlationMetric(
  "kendall",
  "Kendall's tau-b of prediction and label",
  ({ predictions, labels }) => {
    const [x, y] = [runsOf(predictions), runsOf(labels)];
    const balance = concordanceBalance(x, y);
    return (weights) => {
      const [pairsX, pairsY] = [pairsNotTied(x, weights), pairsNotTied(y, weights)];
      if (pairsX === 0 || pairsY === 0) return null;
      const tau = balance(weights) / (Math.sqrt(pairsX) * Math.sqrt(pairsY));
      return Math.max(-1, Math.min(1, tau));
    };
  },
);
