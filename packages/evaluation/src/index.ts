export { type Allowance, type AuditInput, type AuditReport, audit, refusals } from "./audit/audit.ts";
export type { Example, Finding, FindingKind, Severity, SkippedCheck } from "./audit/finding.ts";
export type { SlideVectors } from "./audit/near-duplicate.ts";
export { type Proposal, proposeSplit } from "./audit/proposal.ts";
export { type BaselineOptions, type ColumnCase, columnBaseline } from "./baseline/column-baseline.ts";
export { siteOnlyBaseline } from "./baseline/site-only.ts";
export { type Estimate, undefinedEstimate, Z95 } from "./estimate.ts";
export { type BootstrapOptions, bootstrap, quantile } from "./interval/bootstrap.ts";
export { normalTail } from "./distribution/normal.ts";
export { newcombe, wilson } from "./interval/wilson.ts";
export { accuracyMetric, balancedAccuracyMetric, confusion } from "./metric/accuracy.ts";
export { auprc, auprcMetric } from "./metric/auprc.ts";
export { auroc, aurocMetric } from "./metric/auroc.ts";
export { brierMetric } from "./metric/brier.ts";
export {
  calibrationInTheLargeMetric,
  calibrationInterceptMetric,
  calibrationSlopeMetric,
} from "./metric/calibration.ts";
export { type PrecisionRecallPoint, prCurve, type RocPoint, rocCurve } from "./metric/curve.ts";
export { DECISION_THRESHOLDS, type DecisionPoint, decisionCurve } from "./metric/decision.ts";
export { delong, hanleyVariance, type PairedDelong, pairedDelong } from "./metric/delong.ts";
export { eceMetric } from "./metric/ece.ts";
export { fitLogistic, type LogisticFit } from "./metric/logistic.ts";
export { type Metric, measure, type Prepared, type Weighted } from "./metric/metric.ts";
export { METRICS } from "./metric/registry.ts";
export { type ReliabilityBin, reliabilityBins } from "./metric/reliability.ts";
export {
  type PatientPrediction,
  type PredictionRow,
  SEVERAL,
  sampleOf,
  type ToPatientsOptions,
  toPatients,
} from "./prediction.ts";
export type { Sample } from "./sample.ts";
export {
  type AurocEstimate,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type PartScore,
  scorePatients,
} from "./scorecard.ts";
export type { SiteImbalance } from "./split/by-site.ts";
export type { SplitDialect, SplitTable } from "./split/dialect.ts";
export { type ParsedSplit, parseSplitTables } from "./split/parse-tables.ts";
export type { UnusedSlide } from "./split/person.ts";
export { countParts, type PartCount, type SplitReport } from "./split/report.ts";
export { type SplitOptions, splitCohort } from "./split/split-cohort.ts";
export { type SubgroupResult, subgroups } from "./subgroup.ts";
