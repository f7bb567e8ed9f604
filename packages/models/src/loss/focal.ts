/**
 * Cross-entropies that turn away from what is already well told (Lin et al. 2017, equation 5): each value counts by
 * (1 - p)^focus, p being the probability given to the truth. For one class of several, and for yes-or-no questions.
 */
import { binaryCrossEntropy, exp, logSoftmax, mean, mul, neg, pow, sigmoid, sub, sum, type Tensor } from "@nacre/graph";

/** The focus of the paper's best models. */
export const FOCUS = 2;

export interface FocalOptions {
  /** 0 (plain cross-entropy), or at least 1. Default 2. */
  readonly focus?: number;
}

/** Mean over rows of -sum(target (1 - p)^focus log p), p = softmax(logits). @param target shares of the classes, [b, k] */
export function focalCrossEntropy(logits: Tensor, target: Tensor, { focus = FOCUS }: FocalOptions = {}): Tensor {
  checkFocus(focus);
  const logShare = logSoftmax(logits);
  const told = mul(target, logShare);
  const weighed = focus === 0 ? told : mul(told, pow(sub(1, exp(logShare)), focus));
  return mean(neg(sum(weighed, { axes: [1] })));
}

/** The same for each logit by itself, p = sigmoid(logit) against target 0 or 1: in the shape of both, not yet averaged. */
export function focalBinaryCrossEntropy(logits: Tensor, target: Tensor, { focus = FOCUS }: FocalOptions = {}): Tensor {
  checkFocus(focus);
  const plain = binaryCrossEntropy(logits, target);
  if (focus === 0) return plain;
  const side = sub(mul(target, 2), 1);
  return mul(plain, pow(sigmoid(neg(mul(logits, side))), focus));
}

function checkFocus(focus: number): void {
  if (focus === 0 || focus >= 1) return;
  throw new RangeError(`expected a focus of 0 or at least 1, where the slope stays finite, received ${focus}`);
}
