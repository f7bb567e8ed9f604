/** Queries, keys and values of several heads from one matrix, and the way back (Vaswani 2017, section 3.2.2). */
import { linear, reshape, slice, type Tensor, transpose } from "@nacre/graph";
import type { Scope } from "../aggregator/aggregator.ts";

export interface HeadSizes {
  readonly heads: number;
  /** Width of one head; all of them side by side are the width of a token. */
  readonly headWidth: number;
}

export function widthOf({ heads, headWidth }: HeadSizes): number {
  return heads * headWidth;
}

/** Column blocks of the matrix `<name>.weight` [w, 3 w], each head's columns side by side in every block. */
const BLOCKS = { query: 0, key: 1, value: 2 } as const;

/** One block of the map applied to x: [t, w] -> [heads, t, head width]; with an offset where `<name>.bias` [3 w] is declared. */
export function projectHeads(
  scope: Scope,
  name: string,
  block: keyof typeof BLOCKS,
  x: Tensor,
  sizes: HeadSizes & { readonly hasBias: boolean },
): Tensor {
  const width = widthOf(sizes);
  const span = { start: BLOCKS[block] * width, end: (BLOCKS[block] + 1) * width };
  const weight = slice(scope.weight(`${name}.weight`), { axis: 1, ...span });
  const bias = sizes.hasBias ? slice(scope.weight(`${name}.bias`), { axis: 0, ...span }) : undefined;
  return splitHeads(linear(x, weight, bias), sizes);
}

/** [t, heads x head width] -> [heads, t, head width] */
function splitHeads(x: Tensor, { heads, headWidth }: HeadSizes): Tensor {
  return transpose(reshape(x, [x.shape[0] as string, heads, headWidth]), [1, 0, 2]);
}

/** [heads, t, head width] -> [t, heads x head width] */
export function joinHeads(x: Tensor): Tensor {
  const [heads, rows, headWidth] = x.shape as [number, string, number];
  return reshape(transpose(x, [1, 0, 2]), [rows, heads * headWidth]);
}
