/** What a fit makes small. */
import { knownSize, sameShape } from "../shape.ts";
import { type Operand, shapeText, stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { softplus } from "./activation.ts";
import { greater, where } from "./compare.ts";
import { div, exp, mul, neg, square, sub } from "./elementwise.ts";
import { countOf, mean } from "./reduce.ts";
import { logSoftmax } from "./softmax.ts";
import { sum } from "./sum.ts";

/**
 * Mean over rows of -sum(target * log softmax(logits)): logits and target [b, k]. The target holds shares of each class,
 * one-hot as a rule; a class weight is put on by multiplying its column. The gradient goes to the logits only. It is
 * share x (other targets) - target x (other shares): the usual share - target has no digits left where a class is nearly certain.
 */
export function crossEntropy(logits: Tensor, target: Tensor): Tensor {
  if (logits.shape.length !== 2 || !sameShape(logits.shape, target.shape)) {
    throw new RangeError(
      `expected logits and target of one shape [b, k], received ${shapeText(logits.shape)} and ${shapeText(target.shape)}`,
    );
  }
  const rows = knownSize(logits.shape.slice(0, 1));
  const perRow = (t: Tensor): Tensor => {
    const share: Operand = rows === null ? countOf(logits, [0]) : rows;
    return div(t, share);
  };
  const fixed = stopGradient(logits);
  const logShare = logSoftmax(fixed);
  const value = perRow(neg(sum(mul(logShare, target))));
  const slope = (): Tensor => {
    const shares = exp(logShare);
    const others = sub(sum(target, { axes: [1], keep: true }), target);
    return sub(mul(shares, others), mul(target, restOf(shares)));
  };
  return withPullbacks(value, [logits], [(g) => mul(slope(), perRow(g))]);
}

/** 1 - share along rows that sum to 1. Of a share above one half it is the sum of the others, which keeps its digits. */
function restOf(shares: Tensor): Tensor {
  const isMost = greater(shares, 0.5);
  const others = sum(where(isMost, 0, shares), { axes: [1], keep: true });
  return where(isMost, others, sub(1, shares));
}

/**
 * -(target log p + (1 - target) log(1 - p)) with p = sigmoid(logit), value by value, in the shape of both; no overflow for
 * any logit. The target lies in [0, 1]; the gradient, (1 - target) p - target (1 - p), goes to the logits only. float32 only.
 */
export function binaryCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  const fixed = stopGradient(logits);
  const value = sub(softplus(fixed), mul(fixed, target));
  const slope = (): Tensor => {
    // exp(-softplus) and not sigmoid, which the runtime holds above 1e-8.
    const [yes, no] = [exp(neg(softplus(neg(fixed)))), exp(neg(softplus(fixed)))];
    return sub(mul(sub(1, target), yes), mul(target, no));
  };
  return withPullbacks(value, [logits], [(g) => mul(g, slope())]);
}

/** Mean of (x - target)². */
export function meanSquaredError(x: Tensor, target: Tensor): Tensor {
  return mean(square(sub(x, target)));
}
