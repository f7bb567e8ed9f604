export type { Aggregator, Initialisation, Pooled, Scope, WeightSpec } from "./aggregator/aggregator.ts";
export { defineAggregator } from "./aggregator/aggregator.ts";
export {
  type FlagOption,
  flagOption,
  integerOption,
  type NumberOption,
  numberOption,
  type OptionTable,
  type OptionValues,
} from "./aggregator/option.ts";
export {
  type AggregatorInfo,
  type AggregatorSpec,
  aggregators,
  type ChosenAggregator,
  chooseAggregator,
  suitsTask,
} from "./aggregator/registry.ts";
export type { Checkpoint, CheckpointConfig } from "./checkpoint/checkpoint.ts";
export { encodeImported } from "./checkpoint/encode-imported.ts";
export { type Imported, type ImportOptions, importCheckpoint } from "./checkpoint/import-checkpoint.ts";
export { type AnswerNames, withNames } from "./checkpoint/named-task.ts";
export { compareWithOriginal, type Parity } from "./checkpoint/parity.ts";
export { checkpointOf, checkpoints } from "./checkpoint/registry.ts";
export { type Distilled, type DistilRequest, distil, type Teacher } from "./distil/distil.ts";
export { DISTIL_OPTIONS, type DistilOptions } from "./distil/distil-options.ts";
export { averageModels } from "./ensemble/average-models.ts";
export {
  ensembleProbabilities,
  ensembleScores,
  fitRankEnsemble,
  type RankEnsemble,
  type RankedQuery,
  type RankFitOptions,
} from "./ensemble/rank-ensemble.ts";
export {
  DELETION_SHARES,
  type DeletionCurve,
  type DeletionMode,
  type DeletionOptions,
  type DeletionTest,
  deletionTest,
  follow,
  type RankingTest,
  type Verdict,
} from "./explain/deletion.ts";
export { type ExplainOptions, explain, explainMethods } from "./explain/explain.ts";
export { type ExplainMethod, type Explanation, ranking, withExplanation } from "./explain/explanation.ts";
export { type Faithfulness, faithfulness, verdictText } from "./explain/faithfulness.ts";
export { integratedGradients, LEAST_RUNS, type PathOptions } from "./explain/integrated-gradients.ts";
export { suitsLoss } from "./head/registry.ts";
export {
  type EncodeOptions,
  openSlideEncoder,
  type SlideEncoder,
  type SlideEncoderOptions,
  type SlideEncoding,
} from "./longnet/slide-encoder.ts";
export { describeModel } from "./model/encode-fitted.ts";
export { type ModelCardFacts, modelCard, type PartCount } from "./model/model-card.ts";
export { anySynthetic, MODEL_VERSION, type ModelInfo } from "./model/model-info.ts";
export { type BagPrediction, type PredictOptions, predict } from "./model/predict.ts";
export { classContrast, tileEvidence, weighedEvidence } from "./model/tile-evidence.ts";
export { type EmbedRequest, embedBags } from "./pretrain/embed-bags.ts";
export {
  MASKED_OPTIONS,
  type MaskedOptions,
  type MaskedRequest,
  pretrainOnMaskedTiles,
} from "./pretrain/masked-tiles.ts";
export type { Pretrained, PretrainRequest } from "./pretrain/pretrained.ts";
export type { Profile, Profiled } from "./pretrain/profile-feeds.ts";
export {
  PROFILE_OPTIONS,
  type ProfileOptions,
  type ProfileRequest,
  pretrainOnProfiles,
} from "./pretrain/profiles.ts";
export { SUB_BAG_OPTIONS, type SubBagOptions } from "./pretrain/sub-bag-options.ts";
export { pretrainOnSubBags, type SubBagPretrained, type SubBagRequest } from "./pretrain/sub-bags.ts";
export { type Embeddings, meanEmbeddings } from "./probe/embeddings.ts";
export { drawShots } from "./probe/few-shot.ts";
export {
  type FittedProbeModel,
  fitProbe,
  type OpenProbe,
  openProbe,
  type ProbeRecord,
  type ProbeRequest,
} from "./probe/fit-probe.ts";
export { applyHead, type LinearHead, type Link } from "./probe/linear-head.ts";
export type { Candidate, FittedProbe, Probe, ProbeKind, ProbeLabels, ProbePart } from "./probe/probe.ts";
export { type ChosenProbe, chooseProbe, type ProbeInfo, type ProbeSpec, probes } from "./probe/registry.ts";
export { type BaselineHazard, cumulativeHazardAt, survivalAt } from "./survival/baseline-hazard.ts";
export { type CoxModel, type CoxOptions, fitCox, logRelativeHazard } from "./survival/cox.ts";
export { type ElasticNetCoxOptions, elasticNetCox } from "./survival/elastic-net-cox.ts";
export type { FollowUp } from "./survival/follow-up.ts";
export type { Ties } from "./survival/partial-likelihood.ts";
export { type BagSource, bagsInMemory, keptInMemory } from "./train/bag-source.ts";
export { type ClassWeighting, classWeights } from "./train/class-weights.ts";
export { type FirstWeights, type FirstWeightsFile, firstWeightsOf, writeFirstWeights } from "./train/first-weights.ts";
export { type Epoch, type FitRequest, type FittedModel, fit, type Stopped } from "./train/fit.ts";
export { FIT_DEFAULTS, type FitOptions, readFitOptions } from "./train/fit-options.ts";
export type { Weights } from "./train/initialise.ts";
export { suitsSampling } from "./train/sampling.ts";
export type { Schedule } from "./train/schedule.ts";
export type { Standardisation } from "./train/standardise.ts";
export type { Labelled } from "./train/survey.ts";
