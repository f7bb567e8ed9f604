/** Shares that sum to one along an axis, and their logarithms. */
import { axisOf } from "../shape.ts";
import { operator, stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { add, exp, log, mul, sub } from "./elementwise.ts";
import { max } from "./reduce.ts";
import { squeeze } from "./shape.ts";
import { sum } from "./sum.ts";

/** exp(x) / sum(exp(x)) along an axis. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const at = axisOf(axis, x.shape.length);
  return operator("Softmax", [x], x, {
    attributes: { axis: at },
    pullbacks: [
      (g, y) => {
        const gy = mul(g, y);
        return sub(gy, mul(y, sum(gy, { axes: [at], keep: true })));
      },
    ],
  });
}

/** x - log(sum(exp(x))) along an axis, shifted by the largest value. Made of simple operators, which every backend has. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const over = { axes: [axisOf(axis, x.shape.length)], keep: true };
  const fixed = stopGradient(x);
  const shifted = sub(fixed, max(fixed, over));
  const y = sub(shifted, log(sum(exp(shifted), over)));
  return withPullbacks(y, [x], [(g) => sub(g, mul(exp(y), sum(g, over)))]);
}

/** log(sum(exp(x))) along an axis, which is taken out. */
export function logSumExp(x: Tensor, axis = -1): Tensor {
  const over = { axes: [axisOf(axis, x.shape.length)], keep: true };
  const top = stopGradient(max(x, over));
  return squeeze(add(log(sum(exp(sub(x, top)), over)), top), over.axes);
}
