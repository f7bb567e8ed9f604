/** A loss of numbers that outliers pull at with bounded force (Huber 1964): square near zero, straight beyond. */
import { abs, minimum, mul, sub, type Tensor } from "@nacre/graph";

/**
 * d²/2 where |d| <= bend, bend (|d| - bend / 2) elsewhere, d = x - target; in their shape, not yet averaged. Divided by
 * `bend` it is what others call the smooth L1 loss.
 */
export function huberLoss(x: Tensor, target: Tensor, bend = 1): Tensor {
  if (!(bend > 0)) throw new RangeError(`expected the loss to bend at a distance above 0, received ${bend}`);
  const distance = abs(sub(x, target));
  const near = minimum(distance, bend);
  return mul(near, sub(distance, mul(near, 0.5)));
}

/** The same for one distance, as a number. */
export function huberLossOf(distance: number, bend = 1): number {
  const near = Math.min(Math.abs(distance), bend);
  return near * (Math.abs(distance) - near / 2);
}
