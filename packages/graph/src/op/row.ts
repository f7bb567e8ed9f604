/**
 * Rows moved by index along a way whose opposite is known, so that the gradient is another gather. The general gradient of a
 * gather (`op/gather.ts`) adds element by element on one thread and is many times slower.
 */
import { assumeShape, constant, stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { gather } from "./gather.ts";
import { concat } from "./select.ts";

/**
 * Two lists of places, int64 [m] and [n]: row i of the result is row `there[i]` of x, and row j of x is row `back[j]` of the
 * result. One past the last row stands for none. That the lists are each other's opposite is a promise that nothing checks.
 */
export interface Way {
  readonly there: Tensor;
  readonly back: Tensor;
}

/** All rows in another order: [n, e] -> [n, e]. */
export function permuteRows(x: Tensor, { there, back }: Way): Tensor {
  const rows = assumeShape(gather(stopGradient(x), there), x.shape);
  return withPullbacks(rows, [x], [(g) => permuteRows(g, { there: back, back: there })]);
}

/** Some of the rows, each at most once, and rows of zeros where the way says none: [n, e] -> [m, e]. */
export function takeRows(x: Tensor, { there, back }: Way): Tensor {
  const width = Number(x.shape[1]);
  const none = constant(new Array(width).fill(0), [1, width], x.dtype);
  const rows = gather(concat([stopGradient(x), none], 0), there);
  return withPullbacks(rows, [x], [(g) => assumeShape(takeRows(g, { there: back, back: there }), x.shape)]);
}
