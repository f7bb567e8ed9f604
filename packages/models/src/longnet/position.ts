/**
 * Where a tile lies, as numbers beside its features: sines and cosines of its row in the first half of the width and of its
 * column in the second (the two-dimensional code of He et al. 2022, as the slide encoder of Xu et al. 2024 lays it out):
 *
 *   code of p in D numbers = [sin(p w_i), cos(p w_i)],   w_i = 10000^(-i / (D / 2)),   i = 0 ... D / 2 - 1
 *
 * Departure: the published index column * 1000 + row runs on into the next column where a row exceeds the grid; here that fails.
 */
import {
  add,
  cast,
  concat,
  constant,
  type Dim,
  gather,
  less,
  mul,
  sizeOf,
  slice,
  squeeze,
  type Tensor,
  topK,
  type Way,
  where,
} from "@nacre/graph";

/** The code of 0, 1, ... `grid` - 1 in `length` numbers each, row-major. */
export function positionTable(grid: number, length: number): Float32Array<ArrayBuffer> {
  const half = length / 2;
  const table = new Float32Array(grid * length);
  for (let p = 0; p < grid; p++) {
    for (let i = 0; i < half; i++) {
      const angle = p * 10000 ** (-i / half);
      table[p * length + i] = Math.sin(angle);
      table[p * length + half + i] = Math.cos(angle);
    }
  }
  return table;
}

/** The codes of places [n, 2] (column, row), [n, width]. At run time a place outside the grid is an error of the runtime. */
export function positionCodes(
  places: Tensor,
  { grid, width }: { readonly grid: number; readonly width: number },
): Tensor {
  const table = constant(positionTable(grid, width / 2), [grid, width / 2]);
  return concat([gather(table, placeOn(places, 1, grid)), gather(table, placeOn(places, 0, grid))], 1);
}

/**
 * The canonical order of tiles: by column, then by row; of tiles at one place, as they came. Encoding tiles in it makes the
 * answer independent of the order in which they were read.
 */
export function canonicalOrder(places: Tensor, grid: number): Way {
  const there = ascending(add(mul(placeOn(places, 0, grid), constant([grid], [1], "int64")), placeOn(places, 1, grid)));
  return { there, back: ascending(there) };
}

/** Places of values from the smallest to the largest, int64 [n] -> int64 [n]. */
function ascending(values: Tensor): Tensor {
  return topK(values, sizeOf(values, 0), { smallest: true, dim: values.shape[0] as Dim }).indices;
}

/** Column or row of each place, int64 [n]. What is below 0 becomes `grid`, since a gather would count it from the end. */
function placeOn(places: Tensor, axis: 0 | 1, grid: number): Tensor {
  const whole = cast(squeeze(slice(places, { axis: 1, start: axis, end: axis + 1 }), [1]), "int64");
  const zero = constant([0], [1], "int64");
  return where(less(whole, zero), constant([grid], [1], "int64"), whole);
}
