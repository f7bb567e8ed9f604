/**
 * How much the class token of the last layer attends to each tile: its share of each kept key, times the share of the branch, summed
 * over branches and averaged over heads; what it gives to itself and to padding is left out and the rest brought to a sum of 1.
 */
import {
  add,
  assumeShape,
  type Dim,
  div,
  exp,
  matmul,
  mergeAxes,
  mul,
  pad,
  reshape,
  sizeOf,
  slice,
  sub,
  sum,
  type Tensor,
  takeRows,
  transposeLast,
} from "@nacre/graph";
import type { LongnetConfig } from "./config.ts";
import type { BranchAttention, Mixed } from "./dilated-attention.ts";

/** [n, 1] for tiles of the axis `dim`. */
export function classAttention({ branches, shares }: Mixed, { heads }: LongnetConfig, dim: Dim): Tensor {
  const rows = branches.map((branch, b) => {
    const own = slice(slice(shares, { axis: 1, start: b, end: b + 1 }), { axis: 0, start: 0, end: heads, dim: heads });
    return shareOfRows(branch, reshape(own, [heads, 1, 1]), shares.shape[0] as Dim);
  });
  const all = reshape(
    rows.reduce((a, b) => add(a, b)),
    ["tokens", heads],
  );
  const tokens = sum(all, { axes: [1], keep: true });
  const tiles = assumeShape(slice(tokens, { axis: 0, start: 1, dim: "tiles" }), [dim, 1]);
  return div(tiles, sum(tiles, { axes: [0], keep: true }));
}

/** Share of the first query of each head in the first segment, times `own` [H, 1, 1], put where its keys came from: [L H, 1]. */
function shareOfRows({ q, k, logSum, kept }: BranchAttention, own: Tensor, dim: Dim): Tensor {
  const first = (x: Tensor, axis: number): Tensor => slice(x, { axis, start: 0, end: 1, dim: 1 });
  const logits = matmul(first(first(q, 0), 2), transposeLast(first(k, 0)));
  const share = mul(exp(sub(logits, first(first(logSum, 0), 2))), own);
  const rows = mergeAxes(transposeLast(share), 0, 3);
  const missing = sub(sizeOf(kept.way.there, 0), sizeOf(rows, 0));
  const whole = pad(rows, { axis: 0, after: missing, dim: kept.way.there.shape[0] as Dim });
  return assumeShape(takeRows(whole, { there: kept.way.back, back: kept.way.there }), [dim, 1]);
}
