/**
 * A bag of any size as a full square of tiles (Shao 2021, algorithm 2): the first tiles are repeated behind the last until there are
 * ceil(sqrt(n))² of them. There are always enough to repeat: n >= (s - 1)² + 1 >= 2 s - 2 >= s² - n.
 */
import { add, cast, concat, mul, pad, sizeOf, slice, sqrt, sub, type Tensor } from "@nacre/graph";
import type { Layout } from "./tokens.ts";

export interface Square {
  /** int64 [1]: tiles along a side. */
  readonly side: Tensor;
  /** A class token, the tiles, and the first of them again: [1, w], [n, w] -> [1 + side², w]. */
  readonly layout: Layout;
  /** Weights of these tokens [1, 1 + side²] as weights of the tiles [1, n]: what a repeated tile has twice is added up. */
  fold(row: Tensor): Tensor;
}

/** The square of tiles [n, .]. Whole to n = 2²⁴, where float32 ends to count. */
export function squareOf(tiles: Tensor): Square {
  const count = sizeOf(tiles, 0);
  const side = add(cast(sqrt(cast(sub(count, 1), "float32")), "int64"), 1);
  const spare = sub(mul(side, side), count);
  const n = tiles.shape[0] as string;
  return {
    side,
    layout: (token, rows) => concat([token, rows, slice(rows, { axis: 0, start: 0, end: spare, dim: "again" })], 0),
    fold(row) {
      const once = slice(row, { axis: 1, start: 1, end: add(count, 1), dim: n });
      const again = slice(row, { axis: 1, start: add(count, 1), dim: "again" });
      return add(once, pad(again, { axis: 1, after: sub(count, spare), dim: n }));
    },
  };
}
