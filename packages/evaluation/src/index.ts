export { type Allowance, type AuditInput, type AuditReport, audit, refusals } from "./audit/audit.ts";
export {
  type Example,
  type Finding,
  type FindingKind,
  findingUnit,
  type Severity,
  type SkippedCheck,
  type TableFindingKind,
} from "./audit/finding.ts";
export type { SlideVectors } from "./audit/near-duplicate.ts";
export { type Proposal, type ProposalKind, type ProposalOptions, proposeSplit } from "./audit/proposal.ts";
export { type BaselineOptions, type ColumnCase, columnBaseline } from "./baseline/column-baseline.ts";
export { siteOnlyBaseline } from "./baseline/site-only.ts";
export type {
  Bar,
  Behind,
  BoardEntry,
  BoardModel,
  BoardPart,
  BoardPartName,
  BoardTask,
  EntryFacts,
  PartResult,
  TaskMetric,
} from "./board/board-entry.ts";
export { BOARD_METRICS, BOARD_METRICS_OF, type BoardMetric } from "./board/board-metric.ts";
export {
  type Answers,
  answers,
  type BoardKindName,
  type BoardQuestion,
  type MultilabelQuestion,
} from "./board/board-question.ts";
export { boardMetric } from "./board/classify-kind.ts";
export { type Board, type BoardOptions, judgeBoard } from "./board/judge-board.ts";
export { archivesOf, type PretrainingOverlap, pretrainingOverlap, type TestData } from "./board/pretraining-overlap.ts";
export { PRETRAINING_SOURCES, type PretrainingSource } from "./board/pretraining-source.data.ts";
export { pretrainingSourceOf } from "./board/pretraining-source.ts";
export type { Spread } from "./board/spread.ts";
export { applyCalibration } from "./calibration/apply.ts";
export type {
  Calibration,
  CalibrationMethod,
  IsotonicCalibration,
  NoCalibration,
  PlattCalibration,
  TemperatureCalibration,
} from "./calibration/calibration.ts";
export type { CalibrationCandidate, CalibrationChoice } from "./calibration/choose.ts";
export { fitIsotonic } from "./calibration/isotonic.ts";
export {
  type CalibratedOnTune,
  type CalibrateOptions,
  type CalibrationComparison,
  calibrateOnTune,
} from "./calibration/on-tune.ts";
export { fitPlatt } from "./calibration/platt.ts";
export { fitTemperature } from "./calibration/temperature.ts";
export type { TunedFold } from "./calibration/tuned-fold.ts";
export { cohortOfSplit } from "./cohort/cohort-of-split.ts";
export type { DateCells } from "./cohort/date-cell.ts";
export { type OwnSplit, ownSplitOf } from "./cohort/own-split.ts";
export { type CohortTable, type CohortTableOptions, cohortOfTable } from "./cohort/read-cohort-table.ts";
export { type Strangers, strangersOf } from "./cohort/stranger.ts";
export { comparePredictions, type NamedPredictions, type PredictionComparison } from "./compare/compare-predictions.ts";
export type { Difference } from "./compare/difference.ts";
export type { CompareOptions } from "./compare/judge.ts";
export { type Mcnemar, mcnemar } from "./compare/mcnemar.ts";
export { benjaminiHochberg, holm } from "./compare/multiplicity.ts";
export type { PairPower } from "./compare/pair-power.ts";
export { type PairedComparison, pairedBootstrap } from "./compare/paired-bootstrap.ts";
export {
  type NamedSample,
  type RankedModel,
  type RankedPair,
  type RankGroups,
  type RankOptions,
  rankGroups,
} from "./compare/rank-groups.ts";
export {
  type ColumnDifference,
  type CorrectedColumn,
  correctSubgroups,
  type GroupDifference,
  type GroupSample,
  type SubgroupDifference,
  subgroupDifference,
} from "./compare/subgroup-difference.ts";
export { normalTail } from "./distribution/normal.ts";
export { type Estimate, undefinedEstimate, Z95 } from "./estimate.ts";
export type { ClaimPower, Examination, PartExamination } from "./examine.ts";
export { type BootstrapOptions, bootstrap, quantile } from "./interval/bootstrap.ts";
export { SEED_COLUMN, type SeedSpread, spreadBySeed } from "./interval/by-seed.ts";
export { clopperPearson } from "./interval/clopper-pearson.ts";
export { newcombe, wilson } from "./interval/wilson.ts";
export type { KindScore, Parts, ScoreOptions } from "./kind/kind.ts";
export { evaluateMultilabel, type Labels, type MultilabelRow, type MultilabelScore } from "./kind/multilabel.ts";
export { evaluateRegression, type RegressRow, type RegressScore } from "./kind/regress.ts";
export type { CalibrationGroup, SurvivalCalibration } from "./kind/survival-calibration.ts";
export {
  type BrierOverTime,
  evaluateSurvival,
  type FollowUp,
  type SurviveRow,
  type SurviveScore,
  type SurviveTask,
} from "./kind/survive.ts";
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
export type { EceEstimate } from "./metric/ece-chance.ts";
export { eceMassMetric } from "./metric/ece-mass.ts";
export { f1Metric, weightedF1Metric } from "./metric/f1.ts";
export { logLossMetric } from "./metric/log-loss.ts";
export { fitLogistic, type LogisticFit } from "./metric/logistic.ts";
export { mccMetric } from "./metric/mcc.ts";
export { type Metric, measure, type Prepared, type Weighted } from "./metric/metric.ts";
export { METRICS } from "./metric/registry.ts";
export { type ReliabilityBin, reliabilityBins } from "./metric/reliability.ts";
export { npvMetric, ppvMetric, sensitivityMetric, specificityMetric } from "./metric/sensitivity.ts";
export { topKMetric } from "./metric/top-k.ts";
export type { LabelScore } from "./multilabel/label-score.ts";
export type { MultilabelSample } from "./multilabel/multilabel-sample.ts";
export { MULTILABEL_METRICS } from "./multilabel/registry.ts";
export { type PermutationOptions, type PermutationTest, permutationTest } from "./null-test/permutation-test.ts";
export { ORDINAL_METRICS } from "./ordinal/registry.ts";
export type { OperatingPoint, SharePower } from "./power/operating-point.ts";
export {
  type AurocClaim,
  type AurocPrecision,
  patientsForAuroc,
  patientsForAurocAbove,
} from "./power/patients-for-auroc.ts";
export {
  type Detectable,
  type DetectableQuestion,
  type DifferenceClaim,
  detectableDifference,
  patientsForDifference,
} from "./power/patients-for-difference.ts";
export { patientsForShare, type ShareClaim, type SharePlan } from "./power/patients-for-share.ts";
export type { Plan } from "./power/plan.ts";
export {
  type PatientPrediction,
  type PredictionRow,
  SEVERAL,
  sampleOf,
  type ToPatientsOptions,
  toPatients,
} from "./prediction.ts";
export { type BlandAltman, blandAltman } from "./regression/bland-altman.ts";
export { type IccKind, icc } from "./regression/icc.ts";
export { REGRESSION_METRICS } from "./regression/registry.ts";
export { type RegressionSample, regressionSample } from "./regression/regression-sample.ts";
export { adjustedRand } from "./robustness/adjusted-rand.ts";
export { type ClusteringOptions, type ClusteringScore, clusteringScore } from "./robustness/clustering-score.ts";
export type { FeatureRobustness } from "./robustness/feature-robustness.ts";
export { type FeatureJudgement, type JudgeFeaturesInput, judgeFeatures } from "./robustness/judge-features.ts";
export {
  type Accuracies,
  averagePerformanceDrop,
  averagePerformanceDrops,
  type ModelDrop,
} from "./robustness/performance-drop.ts";
export {
  type Embedded,
  type RobustnessIndex,
  type RobustnessInput,
  type RobustnessOptions,
  robustnessIndex,
} from "./robustness/robustness-index.ts";
export type { Sample } from "./sample.ts";
export {
  type AurocEstimate,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type PartScore,
  scorePatients,
} from "./scorecard.ts";
export type { ColumnShift } from "./shift/by-column.ts";
export { isDateColumn } from "./shift/date-column.ts";
export { type DriftOptions, type DriftPeriod, type DriftReport, driftOverTime } from "./shift/drift.ts";
export { type ExternalShift, internalAgainstExternal } from "./shift/internal-external.ts";
export { kolmogorovSmirnov } from "./shift/kolmogorov-smirnov.ts";
export type { Monitor } from "./shift/monitor.ts";
export type { PartDrift } from "./shift/over-time.ts";
export { type GroupScores, type GroupShift, type PerGroupOptions, perGroupShift } from "./shift/per-group.ts";
export type { DatedPrediction } from "./shift/period.ts";
export { stabilityIndex } from "./shift/stability-index.ts";
export type { SiteImbalance } from "./split/by-site.ts";
export type { SplitDialect, SplitTable } from "./split/dialect.ts";
export { type NestedOptions, nestedSplit } from "./split/nested.ts";
export { type ParsedSplit, parseSplitTables } from "./split/parse-tables.ts";
export type { UnusedSlide } from "./split/person.ts";
export { countParts, type PartCount, type SplitReport } from "./split/report.ts";
export { type SplitOptions, splitCohort } from "./split/split-cohort.ts";
export { WRITTEN_DIALECTS, type WrittenDialect, type WrittenTable, writeSplit } from "./split/write-split.ts";
export { type SubgroupResult, subgroups } from "./subgroup.ts";
export { brierAt, integratedBrier, nullBrierAt, nullIntegratedBrier } from "./survival/brier.ts";
export { harrell, harrellMetric } from "./survival/harrell.ts";
export {
  type KaplanMeier,
  kaplanMeier,
  medianSurvival,
  type SurvivalStep,
  survivalAt,
} from "./survival/kaplan-meier.ts";
export { type LogRank, type LogRankGroup, type LogRankOptions, logRank } from "./survival/log-rank.ts";
export { restrictedMean } from "./survival/restricted-mean.ts";
export { type SurvivalCurves, type SurvivalSample, survivalSubsample } from "./survival/sample.ts";
export { timeAuroc } from "./survival/time-auroc.ts";
export { unoMetric } from "./survival/uno.ts";
export { type RiskCoverage, riskCoverage } from "./triage/risk-coverage.ts";
export { type Triage, type TriageOptions, triage } from "./triage/triage.ts";
export { type WorkloadCurve, workloadCurve } from "./triage/workload.ts";
