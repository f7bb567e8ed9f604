/**
 * The model card (Mitchell 2019): what a person must know before trusting `model.onnx`, as one plain object to be written beside
 * it. Strings about the encoder and the data are handed in, since this package sees neither files nor patients.
 */
import type { Task } from "@nacre/core";
import type { FittedModel } from "../train/fit.ts";
import type { FitOptions } from "../train/fit-options.ts";
import { MODEL_VERSION } from "./model-info.ts";

/** Counts of one role over all folds' bags and patients; the caller counts. */
export interface PartCount {
  readonly bags: number;
  readonly patients: number;
  /** Bags of each class, in the order of the task. */
  readonly classes: readonly number[];
}

export interface ModelCardFacts {
  readonly study: string;
  readonly task: Task;
  readonly encoder: { readonly name: string; readonly licence: string; readonly source: string };
  /** How the models were fitted, one a fold, in order. */
  readonly folds: readonly Pick<
    FittedModel,
    "aggregator" | "d" | "parameters" | "history" | "bestEpoch" | "stopped" | "way"
  >[];
  readonly fit: FitOptions;
  /** What lay in each part, by fold. */
  readonly parts: readonly { readonly train: PartCount; readonly tune: PartCount; readonly test: PartCount }[];
  readonly sites: readonly string[];
  /** How contributions were found; null where the folds have no ONNX file of their own, and so no average. */
  readonly contribution: keyof typeof CONTRIBUTION | null;
  /** Limitations this run found, in sentences for a reader. */
  readonly limits: readonly string[];
}

/** Plain, JSON-ready, without dates, so that the same run writes the same bytes. */
export function modelCard(facts: ModelCardFacts): Record<string, unknown> {
  const { study, task, encoder, folds, fit, parts, sites, contribution, limits } = facts;
  return {
    format: "nacre-model-card",
    version: MODEL_VERSION,
    name: study,
    statement: "For research. Not a medical device; not for decisions about patients.",
    task,
    input: { features: folds[0]?.d ?? null, encoder },
    aggregator: folds[0]?.aggregator ?? null,
    fit,
    models: folds.map((fold, i) => ({
      file: `fold-${i}.${contribution === null ? "probe.json" : "onnx"}`,
      ...summarise(fold),
      parts: parts[i] ?? null,
    })),
    average:
      contribution === null
        ? "there is no model.onnx: the models compare with the slides they were fitted on"
        : "model.onnx holds every fold; its answers are the mean of theirs",
    data: { sites },
    reading: {
      attention:
        "share of each tile in the embedding; says where the model looked, not why, and is no evidence of cause",
      contribution: contribution === null ? "none: no function of the tiles" : CONTRIBUTION[contribution],
      probabilities: "not calibrated unless the scorecard shows it",
    },
    limits: [...STANDING_LIMITS, ...limits],
  };
}

const CONTRIBUTION = {
  exact: "what each tile adds to each logit; exact: contributions and bias add up to the logits",
  "exact-mixed":
    "what each token adds to each logit; exact for tokens that have seen other tiles, so part of what stands at a tile may come from others",
  "integrated-gradients":
    "an estimate: gradients of each logit along the way from mean train tiles to the tiles (integrated gradients; gradient times input in large bags)",
  "gradient-input":
    "an estimate to the first order only: gradient of each logit times distance from the mean train tile",
} as const;

const STANDING_LIMITS = [
  "Learned from labels of whole bags: no tile was ever confirmed by a person.",
  "Valid, if at all, for slides like those it was fitted on: same stain, scanners, organ and way of choosing patients.",
  "Sees features of one encoder at one scale; features of any other encoder are refused or meaningless.",
];

function summarise({ parameters, history, bestEpoch, stopped, way }: ModelCardFacts["folds"][number]) {
  const best = history[bestEpoch - 1] ?? null;
  return {
    parameters,
    epochs: history.length,
    bestEpoch,
    stopped,
    ...(way === undefined ? {} : { way }),
    trainLoss: best?.trainLoss ?? null,
    tuneLoss: best?.tuneLoss ?? null,
  };
}
