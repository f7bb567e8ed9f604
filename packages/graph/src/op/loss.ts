/** What a fit makes small. */
import { knownSize, sameShape } from "../shape.ts";
import { type Operand, shapeText, type Tensor, withPullbacks } from "../tensor.ts";
import { add, div, mul, square, sub } from "./elementwise.ts";
import { countOf, mean } from "./reduce.ts";
import { answerShares, classShares } from "./shares.ts";
import { sum } from "./sum.ts";

/**
 * Mean over rows of -sum(target * log softmax(logits)): logits and target [b, k]. The target holds shares of each class,
 * one-hot as a rule; a class weight is put on by multiplying its column. The gradient goes to the logits only. It is
 * share x (other targets) - target x (other shares): the usual share - target has no digits left where a class is nearly certain, and
 * neither has the plain log share (`shares.ts`).
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
  const { share, rest, surprise } = classShares(logits);
  const value = perRow(sum(mul(surprise, target)));
  const slope = (): Tensor => {
    const others = sub(sum(target, { axes: [1], keep: true }), target);
    return sub(mul(share, others), mul(target, rest));
  };
  return withPullbacks(value, [logits], [(g) => mul(slope(), perRow(g))]);
}

/**
 * -(target log p + (1 - target) log(1 - p)) with p = sigmoid(logit), value by value, in the shape of both; no overflow for
 * any logit. The target lies in [0, 1]; the gradient, (1 - target) p - target (1 - p), goes to the logits only. float32 only.
 */
export function binaryCrossEntropy(logits: Tensor, target: Tensor): Tensor {
  const { share, rest, surprise, contrary } = answerShares(logits);
  const value = add(mul(target, surprise), mul(sub(1, target), contrary));
  const slope = (): Tensor => sub(mul(sub(1, target), share), mul(target, rest));
  return withPullbacks(value, [logits], [(g) => mul(g, slope())]);
}

/** Mean of (x - target)². */
export function meanSquaredError(x: Tensor, target: Tensor): Tensor {
  return mean(square(sub(x, target)));
}
