/**
 * What losses of classes and of yes-or-no questions are made of: the share p given to each, what is left 1 - p, and -log p. Each is
 * computed so that it keeps its digits where p is nearly 1, which the plain forms 1 - p and -log p lose from a lead of about 17 logits on:
 *
 *   -log p_c = log1p(sum of exp(x_j - top) over all but the top) - (x_c - top),     1 - p_c = sum of the other shares
 *   -log sigmoid(x) = max(-x, 0) + log1p(exp(-|x|)),                                1 - sigmoid(x) = sigmoid(-x)
 */
import { stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { softplus } from "./activation.ts";
import { cast, equal, greater, maximum, where } from "./compare.ts";
import { abs, add, exp, mul, neg, sub } from "./elementwise.ts";
import { log1p } from "./log1p.ts";
import { max } from "./reduce.ts";
import { logSoftmax } from "./softmax.ts";
import { sum } from "./sum.ts";

/** In the shape of the logits. No gradient flows through the three: `loss` carries it. */
export interface Shares {
  readonly share: Tensor;
  /** 1 - share */
  readonly rest: Tensor;
  /** -log share */
  readonly surprise: Tensor;
  /** `values`, whose gradients reach the logits through `pulls`, the slope of each value by the surprise of its own place. */
  loss(values: Tensor, pulls: Tensor): Tensor;
}

/** Shares of classes, softmax along the rows of [b, k]: slope of logit j = p_j (sum of other pulls) - pull_j (1 - p_j). */
export function classShares(logits: Tensor): Shares {
  const fixed = stopGradient(logits);
  const share = exp(logSoftmax(fixed));
  const rest = restOf(share);
  return {
    share,
    rest,
    surprise: surpriseOf(fixed),
    loss(values, pulls) {
      const slopes = (g: Tensor): Tensor => {
        const own = mul(g, pulls);
        return sub(mul(share, sub(sum(own, { axes: [1], keep: true }), own)), mul(own, rest));
      };
      return withPullbacks(stopGradient(values), [logits], [slopes]);
    },
  };
}

/** Of a yes-or-no question there is also the surprise of a no, -log(1 - share). */
export interface AnswerShares extends Shares {
  readonly contrary: Tensor;
}

/** The share of yes, sigmoid of each logit: slope of a logit = -pull (1 - p). float32 only. */
export function answerShares(logits: Tensor): AnswerShares {
  const fixed = stopGradient(logits);
  // exp(-softplus) and not sigmoid, which the runtime holds above 1e-8.
  const [share, rest] = [exp(neg(softplus(neg(fixed)))), exp(neg(softplus(fixed)))];
  const least = log1p(exp(neg(abs(fixed))));
  return {
    share,
    rest,
    surprise: add(maximum(neg(fixed), 0), least),
    contrary: add(maximum(fixed, 0), least),
    loss: (values, pulls) => withPullbacks(stopGradient(values), [logits], [(g) => neg(mul(g, mul(pulls, rest)))]),
  };
}

/** 1 - share along rows that sum to 1. Of a share above one half it is the sum of the others, which keeps its digits. */
function restOf(shares: Tensor): Tensor {
  const isMost = greater(shares, 0.5);
  const others = sum(where(isMost, 0, shares), { axes: [1], keep: true });
  return where(isMost, others, sub(1, shares));
}

/** -log softmax along rows. Of several classes at the top all but one are among the others. */
function surpriseOf(x: Tensor): Tensor {
  const over = { axes: [1], keep: true };
  const shifted = sub(x, max(x, over));
  const isTop = equal(shifted, 0);
  const below = sum(where(isTop, 0, exp(shifted)), over);
  const others = add(below, sub(sum(cast(isTop, x.dtype), over), 1));
  return sub(log1p(others), shifted);
}
