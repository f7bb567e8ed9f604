/**
 * The loss of yes-or-no questions, of which some may have no answer: several labels of a bag, or "did the event come in this interval?"
 * of a patient who was followed that far. In the graph for the slopes, and in double precision for judging.
 */
import { add, binaryCrossEntropy, mul, sub, sum, type Tensor } from "@nacre/graph";
import type { LossOptions } from "../head/head.ts";
import { ASYMMETRIC_DEFAULTS, asymmetricLoss } from "./asymmetric.ts";
import { FOCUS, focalBinaryCrossEntropy } from "./focal.ts";

/** Sum over questions of weight times loss, a scalar; weight 0 where the answer is unknown. All [1, k]; yes is 0 or 1. */
export function answerLoss(
  logits: Tensor,
  { yes, weight }: { readonly yes: Tensor; readonly weight: Tensor },
  { loss, labelSmoothing }: Pick<LossOptions, "loss" | "labelSmoothing">,
): Tensor {
  const against = lossesOf(loss);
  const plain = against(logits, yes);
  if (labelSmoothing === 0) return sum(mul(weight, plain));
  const other = against(logits, sub(1, yes));
  return sum(mul(weight, add(mul(plain, 1 - labelSmoothing / 2), mul(other, labelSmoothing / 2))));
}

function lossesOf(loss: LossOptions["loss"]): (logits: Tensor, yes: Tensor) => Tensor {
  if (loss === "focal") return (logits, yes) => focalBinaryCrossEntropy(logits, yes);
  if (loss === "asymmetric") return (logits, yes) => asymmetricLoss(logits, yes);
  return binaryCrossEntropy;
}

/** The loss of one answer as a number, unweighted. */
export function answerLossOf(logit: number, isYes: boolean, loss: LossOptions["loss"]): number {
  const plain = -logSigmoidOf(isYes ? logit : -logit);
  if (loss === "focal") return plain * (-Math.expm1(-plain)) ** FOCUS;
  if (loss !== "asymmetric" || isYes) return plain;
  const q = Math.max(Math.exp(logSigmoidOf(logit)) - ASYMMETRIC_DEFAULTS.margin, 0);
  return -(q ** ASYMMETRIC_DEFAULTS.focusAbsent) * Math.log1p(-q);
}

/** log(1 / (1 + exp(-x))), without overflow. */
export function logSigmoidOf(x: number): number {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}
