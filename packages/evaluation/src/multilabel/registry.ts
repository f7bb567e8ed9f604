/** The metrics of a multi-label scorecard; the AUROC of each label (`labelAurocs`) comes beside them. */
import type { Metric } from "../metric/metric.ts";
import { hammingLossMetric, macroF1Metric, microF1Metric, subsetAccuracyMetric } from "./calls.ts";
import { macroAurocMetric, meanAveragePrecisionMetric, microAurocMetric } from "./discrimination.ts";
import type { MultilabelSample } from "./multilabel-sample.ts";

/** Every metric, in the order of a scorecard. */
export const MULTILABEL_METRICS = [
  macroAurocMetric,
  microAurocMetric,
  meanAveragePrecisionMetric,
  macroF1Metric,
  microF1Metric,
  subsetAccuracyMetric,
  hammingLossMetric,
] as const satisfies readonly Metric<MultilabelSample>[];
