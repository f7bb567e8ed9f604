/**
 * Cross-entropies that turn away from what is already well told (Lin et al. 2017, equation 5): each value counts by
 * (1 - p)^focus, p being the probability given to the truth. For one class of several, and for yes-or-no questions. Slopes are
 * written out, since those of the plain form lose their digits where p is nearly 1: with s = -log p
 *
 *   d/ds (1 - p)^focus s = (1 - p)^focus + focus p s (1 - p)^(focus - 1)
 */
import { add, answerShares, classShares, mean, mul, pow, type Shares, sub, sum, type Tensor } from "@nacre/graph";

/** The focus of the paper's best models. */
export const FOCUS = 2;

export interface FocalOptions {
  /** 0 (plain cross-entropy), or at least 1. Default 2. */
  readonly focus?: number;
}

/** Mean over rows of -sum(target (1 - p)^focus log p), p = softmax(logits). @param target shares of the classes, [b, k] */
export function focalCrossEntropy(logits: Tensor, target: Tensor, { focus = FOCUS }: FocalOptions = {}): Tensor {
  const shares = classShares(logits);
  const { value, pull } = focused(shares, focus);
  return mean(sum(shares.loss(mul(target, value), mul(target, pull)), { axes: [1] }));
}

/** The same for each logit by itself, p = sigmoid(logit) against target 0 or 1: in the shape of both, not yet averaged. */
export function focalBinaryCrossEntropy(logits: Tensor, target: Tensor, { focus = FOCUS }: FocalOptions = {}): Tensor {
  const side = sub(mul(target, 2), 1);
  const shares = answerShares(mul(logits, side));
  const { value, pull } = focused(shares, focus);
  return shares.loss(value, pull);
}

/** Surprise s times (1 - p)^focus, and its slope by s. @throws RangeError for a focus between 0 and 1, where the slope is not finite */
export function focused({ share, rest, surprise }: Shares, focus: number): { value: Tensor; pull: Tensor } {
  if (focus !== 0 && !(focus >= 1)) {
    throw new RangeError(`expected a focus of 0 or at least 1, where the slope stays finite, received ${focus}`);
  }
  if (focus === 0) return { value: surprise, pull: sub(1, mul(surprise, 0)) };
  const weight = pow(rest, focus);
  const further = mul(mul(mul(share, surprise), pow(rest, focus - 1)), focus);
  return { value: mul(weight, surprise), pull: add(weight, further) };
}
