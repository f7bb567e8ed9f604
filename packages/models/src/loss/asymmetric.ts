/**
 * The asymmetric loss for many labels of which few apply (Ridnik et al. 2021, equations 4 to 7): absent labels are focused
 * more than present ones and, below a margin, not counted at all.
 *
 *   present:  -(1 - p)^focusPresent log p
 *   absent:   -q^focusAbsent log(1 - q),   q = max(p - margin, 0)
 *
 * p is the sigmoid of a logit; for one class of several, its share among the classes (ours: the paper has labels only).
 */
import {
  add,
  exp,
  log,
  logSigmoid,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  pow,
  sigmoid,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";

export interface AsymmetricOptions {
  /** 0, or at least 1. Default 0. */
  readonly focusPresent?: number;
  /** 0, or at least 1. Default 4. */
  readonly focusAbsent?: number;
  /** Probability below which an absent label costs nothing, in (0, 1): it also keeps the logarithm finite. Default 0.05. */
  readonly margin?: number;
}

/** What is taken where nothing is said; no focus on the present. */
export const ASYMMETRIC_DEFAULTS = { focusPresent: 0, focusAbsent: 4, margin: 0.05 } as const;

/** Loss of each logit against target 0 or 1, in the shape of both, not yet averaged. */
export function asymmetricLoss(logits: Tensor, target: Tensor, options: AsymmetricOptions = {}): Tensor {
  return lossOf({ logShare: logSigmoid(logits), share: sigmoid(logits), rest: sigmoid(neg(logits)) }, target, options);
}

/** Mean over rows of the sum over classes, p = softmax(logits). @param target shares of the classes, [b, k] */
export function asymmetricCrossEntropy(logits: Tensor, target: Tensor, options: AsymmetricOptions = {}): Tensor {
  const logShare = logSoftmax(logits);
  const share = exp(logShare);
  return mean(sum(lossOf({ logShare, share, rest: sub(1, share) }, target, options), { axes: [1] }));
}

/** Of a probability: its logarithm, itself, and what is left to 1. */
interface Told {
  readonly logShare: Tensor;
  readonly share: Tensor;
  readonly rest: Tensor;
}

function lossOf({ logShare, share, rest }: Told, target: Tensor, options: AsymmetricOptions): Tensor {
  const { focusPresent, focusAbsent, margin } = { ...ASYMMETRIC_DEFAULTS, ...options };
  if (!(margin > 0 && margin < 1)) throw new RangeError(`expected a margin in (0, 1), received ${margin}`);
  const q = maximum(sub(share, margin), 0);
  const present = focused(logShare, rest, focusPresent);
  const absent = focused(log(sub(1, q)), q, focusAbsent);
  return neg(add(mul(target, present), mul(sub(1, target), absent)));
}

function focused(logarithm: Tensor, base: Tensor, focus: number): Tensor {
  return focus === 0 ? logarithm : mul(logarithm, pow(base, focus));
}
