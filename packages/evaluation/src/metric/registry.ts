/** The metrics of a scorecard. Adding one is a file and a line here; the contract suite then runs on it. */
import { accuracyMetric, balancedAccuracyMetric } from "./accuracy.ts";
import { auprcMetric } from "./auprc.ts";
import { aurocMetric } from "./auroc.ts";
import { brierMetric } from "./brier.ts";
import { calibrationInTheLargeMetric, calibrationInterceptMetric, calibrationSlopeMetric } from "./calibration.ts";
import { eceMetric } from "./ece.ts";
import type { Metric } from "./metric.ts";

/** Every metric, in the order of a scorecard. */
export const METRICS = [
  aurocMetric,
  auprcMetric,
  accuracyMetric,
  balancedAccuracyMetric,
  brierMetric,
  eceMetric,
  calibrationSlopeMetric,
  calibrationInterceptMetric,
  calibrationInTheLargeMetric,
] as const satisfies readonly Metric[];
