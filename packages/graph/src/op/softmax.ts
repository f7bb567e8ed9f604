/** Shares that sum to one along an axis, and their logarithms. */
import { axesOf, axisOf } from "../shape.ts";
import { operator, stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { cast, where } from "./compare.ts";
import { add, exp, log, mul, sub } from "./elementwise.ts";
import { max } from "./reduce.ts";
import { squeeze } from "./shape.ts";
import { sum } from "./sum.ts";

export interface MaskOptions {
  /** bool, stretching with x: the values that take part. */
  readonly mask?: Tensor;
}

/** exp(x) / sum(exp(x)) along an axis. What a mask leaves out gets share 0, even where it leaves out everything. */
export function softmax(x: Tensor, axis = -1, { mask }: MaskOptions = {}): Tensor {
  if (mask !== undefined) return mul(softmax(masked(x, mask), axis), cast(mask, x.dtype));
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

/**
 * log(sum(exp(x))) along one or several axes, which are taken out, shifted by the largest value.
 * Where a mask leaves nothing to sum the result is the lowest number of the type.
 */
export function logSumExp(x: Tensor, axis: number | readonly number[] = -1, { mask }: MaskOptions = {}): Tensor {
  if (mask !== undefined) return logSumExp(masked(x, mask), axis);
  const over = { axes: axesOf(typeof axis === "number" ? [axis] : axis, x.shape.length), keep: true };
  const top = stopGradient(max(x, over));
  return squeeze(add(log(sum(exp(sub(x, top)), over)), top), over.axes);
}

/** What the mask leaves out becomes the lowest finite number: minus infinity would turn a row of nothing into NaN. */
function masked(x: Tensor, mask: Tensor): Tensor {
  return where(mask, x, LOWEST);
}

const LOWEST = -3.4e38;
