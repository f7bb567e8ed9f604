/** The metrics of a regression scorecard; Bland-Altman limits and F intervals of the ICC come beside them. */
import type { Metric } from "../metric/metric.ts";
import { regressionInterceptMetric, regressionSlopeMetric } from "./calibration-line.ts";
import { concordanceMetric } from "./concordance.ts";
import { kendallMetric, pearsonMetric, spearmanMetric } from "./correlation.ts";
import { maeMetric, r2Metric, rmseMetric } from "./error.ts";
import { iccAgreementMetric, iccConsistencyMetric } from "./icc.ts";
import type { RegressionSample } from "./regression-sample.ts";

/** Every metric, in the order of a scorecard. */
export const REGRESSION_METRICS = [
  maeMetric,
  rmseMetric,
  r2Metric,
  pearsonMetric,
  spearmanMetric,
  kendallMetric,
  iccAgreementMetric,
  iccConsistencyMetric,
  concordanceMetric,
  regressionSlopeMetric,
  regressionInterceptMetric,
] as const satisfies readonly Metric<RegressionSample>[];
