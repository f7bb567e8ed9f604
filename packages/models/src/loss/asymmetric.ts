/**
 * The asymmetric loss for many labels of which few apply (Ridnik et al. 2021, equations 4 to 7): absent labels are focused
 * more than present ones and, below a margin, not counted at all.
 *
 *   present:  -(1 - p)^focusPresent log p
 *   absent:   -q^focusAbsent log(1 - q),   q = max(p - margin, 0)
 *
 * p is the sigmoid of a logit; for one class of several, its share among the classes (ours: the paper has labels only). Slopes are
 * written out, as in `focal.ts`.
 */
import {
  add,
  answerShares,
  cast,
  classShares,
  div,
  greater,
  log1p,
  maximum,
  mean,
  mul,
  neg,
  pow,
  type Shares,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { focused } from "./focal.ts";

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
  return lossOf(answerShares(logits), target, options);
}

/** Mean over rows of the sum over classes, p = softmax(logits). @param target shares of the classes, [b, k] */
export function asymmetricCrossEntropy(logits: Tensor, target: Tensor, options: AsymmetricOptions = {}): Tensor {
  return mean(sum(lossOf(classShares(logits), target, options), { axes: [1] }));
}

function lossOf(shares: Shares, target: Tensor, options: AsymmetricOptions): Tensor {
  const { focusPresent, focusAbsent, margin } = { ...ASYMMETRIC_DEFAULTS, ...options };
  if (!(margin > 0 && margin < 1)) throw new RangeError(`expected a margin in (0, 1), received ${margin}`);
  const present = focused(shares, focusPresent);
  const absent = absence(shares, focusAbsent, margin);
  const either = (a: Tensor, b: Tensor): Tensor => add(mul(target, a), mul(sub(1, target), b));
  return shares.loss(either(present.value, absent.value), either(present.pull, absent.pull));
}

/** -q^focus log(1 - q), and its slope by -log p: p (focus q^(focus - 1) log(1 - q) - q^focus / (1 - q)), 0 below the margin. */
function absence({ share }: Shares, focus: number, margin: number): { value: Tensor; pull: Tensor } {
  const q = maximum(sub(share, margin), 0);
  const left = log1p(neg(q));
  const seen = mul(share, cast(greater(share, margin), share.dtype));
  const steep = div(pow(q, focus), sub(1, q));
  if (focus === 0) return { value: neg(left), pull: neg(mul(seen, steep)) };
  const further = mul(mul(pow(q, focus - 1), left), focus);
  return { value: neg(mul(pow(q, focus), left)), pull: mul(seen, sub(further, steep)) };
}
