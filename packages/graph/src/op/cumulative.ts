/** Running sums along an axis, and the logarithm of running sums of exponentials that Cox's likelihood and hazards need. */
import { axisOf } from "../shape.ts";
import { constant, operator, shapeText, type Tensor } from "../tensor.ts";
import { less } from "./compare.ts";
import { add } from "./elementwise.ts";
import { unsqueeze } from "./shape.ts";
import { logSumExp } from "./softmax.ts";
import { expandLike } from "./sum.ts";

export interface CumulativeOptions {
  readonly axis?: number;
  /** From the last place to the first. */
  readonly reverse?: boolean;
  /** Without the place itself: the first sum is 0. */
  readonly exclusive?: boolean;
}

/** Sum of all places up to each place along an axis (the last one by default). */
export function cumSum(x: Tensor, options: CumulativeOptions = {}): Tensor {
  const { axis = -1, reverse = false, exclusive = false } = options;
  const at = constant([axisOf(axis, x.shape.length)], [], "int64");
  return operator("CumSum", [x, at], x, {
    attributes: { reverse: reverse ? 1 : 0, exclusive: exclusive ? 1 : 0 },
    pullbacks: [(g) => cumSum(g, { ...options, reverse: !reverse }), null],
  });
}

/**
 * log of the running sum of exp(x), x of one axis: [n] -> [n]. Each place is shifted by the largest value it sums over, so
 * that no sum vanishes however far the values lie apart; the price is a table of n x n numbers.
 */
export function logCumSumExp(x: Tensor, { reverse = false }: { readonly reverse?: boolean } = {}): Tensor {
  if (x.shape.length !== 1) throw new RangeError(`expected values of one axis, received shape ${shapeText(x.shape)}`);
  const place = cumSum(expandLike(constant([1], [1], x.dtype), x));
  const [row, column] = [unsqueeze(place, [1]), unsqueeze(place, [0])];
  const isIncluded = reverse ? less(row, add(column, 0.5)) : less(column, add(row, 0.5));
  return logSumExp(unsqueeze(x, [0]), 1, { mask: isIncluded });
}
