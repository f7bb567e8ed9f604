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
} from "./aggregator/registry.ts";
export { averageModels } from "./ensemble/average-models.ts";
export { describeModel } from "./model/encode-fitted.ts";
export { type ModelCardFacts, modelCard, type PartCount } from "./model/model-card.ts";
export { MODEL_VERSION, type ModelInfo } from "./model/model-info.ts";
export { type BagPrediction, type PredictOptions, predict } from "./model/predict.ts";
export { tileEvidence } from "./model/tile-evidence.ts";
export { type BagSource, bagsInMemory, keptInMemory } from "./train/bag-source.ts";
export { type ClassWeighting, classWeights } from "./train/class-weights.ts";
export { type Epoch, type FitRequest, type FittedModel, fit, type Stopped } from "./train/fit.ts";
export { FIT_DEFAULTS, type FitOptions, readFitOptions } from "./train/fit-options.ts";
export type { Weights } from "./train/initialise.ts";
export type { Schedule } from "./train/schedule.ts";
export type { Standardisation } from "./train/standardise.ts";
export type { Labelled } from "./train/survey.ts";
