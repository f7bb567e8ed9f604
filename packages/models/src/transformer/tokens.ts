/**
 * A bag as a sequence of tokens: the tiles, and before them (where there is one) a class token that is learned and belongs to no
 * tile (Devlin 2019). Masks of dropout are drawn for tiles; this file lays them out as the tokens lie.
 */
import { add, concat, constant, div, expandLike, maximum, mul, slice, sum, type Tensor, transpose } from "@nacre/graph";
import type { Scope } from "../aggregator/aggregator.ts";

/** Rows of the sequence, from the row of the class token, [1, w], and the rows of the tiles, [n, w]. */
export type Layout = (token: Tensor, tiles: Tensor) => Tensor;

export const tokenFirst: Layout = (token, tiles) => concat([token, tiles], 0);

/** The first row, [t, w] -> [1, w]: the class token. */
export function firstRow(x: Tensor): Tensor {
  return x.shape[0] === 1 ? x : slice(x, { axis: 0, start: 0, end: 1, dim: 1 });
}

/** Inverted dropout of tokens [t, w], whatever rows there are beside those of the tiles. */
export function tokenDropout(scope: Scope, name: string, x: Tensor, rate: number, layout: Layout): Tensor {
  const rows = x.shape[0];
  if (!scope.isFit || rate === 0) return x;
  if (typeof rows === "number" || rows === scope.tiles.shape[0]) return scope.dropout(name, x, rate);
  const ones = constant(new Array<number>(Number(x.shape[1])).fill(1), [1, Number(x.shape[1])]);
  const column = expandLike(constant([1], [1, 1]), slice(scope.tiles, { axis: 1, start: 0, end: 1 }));
  const keptToken = scope.dropout(`${name}.token`, ones, rate);
  return mul(x, layout(keptToken, scope.dropout(name, mul(column, ones), rate)));
}

/** A row of weights over tiles [1, n] as shares [n, 1]: nothing below 0, sum 1, all equal where nothing is above 0. */
export function asShares(row: Tensor): Tensor {
  const positive = add(maximum(row, 0), LEAST);
  return transpose(div(positive, sum(positive, { axes: [1], keep: true })));
}

/** Far below the even share of any bag that fits in memory. */
const LEAST = 1e-12;
