/**
 * Dropout with a mask that is fed. Chance stays outside the graph, in a seeded generator, so that a fit can be repeated
 * bit by bit (Srivastava et al. 2014; scaled at training time, so that prediction needs no change).
 */
import type { Tensor } from "../tensor.ts";
import { cast } from "./compare.ts";
import { mul } from "./elementwise.ts";

/**
 * x where the mask is 1, 0 where it is 0, divided by the share kept. The mask (uint8 of 0 and 1) has the shape of x or
 * stretches to it; `keep` is the share of ones expected, in (0, 1].
 */
export function dropout(x: Tensor, mask: Tensor, keep: number): Tensor {
  if (!(keep > 0 && keep <= 1)) throw new RangeError(`expected a kept share in (0, 1], received ${keep}`);
  if (mask.dtype !== "uint8") throw new TypeError(`expected a mask of uint8, received ${mask.dtype}`);
  return mul(x, mul(cast(mask, x.dtype), 1 / keep));
}
