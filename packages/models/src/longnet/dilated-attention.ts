/**
 * Dilated attention (Ding et al. 2023, LongNet, section 3): in each branch every head attends within segments, among the tokens it
 * keeps; the branches are mixed per token and head with shares softmax(log-sum-exp), through which no gradient flows. A token
 * that a branch does not keep has value 0 and log-sum-exp -1e8 there. Zeros that fill up a segment are keys like any other, as in
 * the published model, unless `masksPadding`.
 */
import {
  type Attended,
  add,
  assumeShape,
  attention,
  cast,
  concat,
  constant,
  type Dim,
  gather,
  mergeAxes,
  mul,
  reshape,
  slice,
  softmax,
  stopGradient,
  type Tensor,
  takeRows,
  unsqueeze,
} from "@nacre/graph";
import { headWidth, type LongnetConfig } from "./config.ts";
import { type KeptTokens, keptTokens, rowNumbers } from "./kept-tokens.ts";

/** Queries, keys and values of all heads, [L, width] each; queries are not yet scaled. */
export interface Projected {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

export interface Mixed {
  /** [L, width] */
  readonly out: Tensor;
  /** Rows of a branch, q [segments, H, kept, e] and so on; for those who want to look at the attention itself. */
  readonly branches: readonly BranchAttention[];
  /** Share of each branch in each token and head, [L H, branches]. */
  readonly shares: Tensor;
}

export interface BranchAttention extends Attended, Projected {
  readonly kept: KeptTokens;
}

/** Share of a branch that does not keep a token: exp(-1e8 - anything usual) is 0. */
const NOWHERE = -1e8;

/** The branches of a config for tokens x [L, ...]; made once and used by every layer. */
export function branchesOf(x: Tensor, { heads, branches }: LongnetConfig): KeptTokens[] {
  const places = rowNumbers(x);
  return branches.map((branch) => keptTokens(places, heads, branch));
}

export function dilatedAttention(x: Projected, config: LongnetConfig, branches: readonly KeptTokens[]): Mixed {
  const e = headWidth(config);
  const shape = x.q.shape;
  const rows = (t: Tensor): Tensor => reshape(t, [`${shape[0]}*${config.heads}`, e]);
  const [q, k, v] = [rows(mul(x.q, 1 / Math.sqrt(e))), rows(x.k), rows(x.v)] as const;
  const attended = branches.map((kept): BranchAttention => {
    const [bq, bk, bv] = [q, k, v].map((t) => kept.split(takeRows(t, kept.way))) as [Tensor, Tensor, Tensor];
    const bias = config.masksPadding ? mul(cast(unsqueeze(kept.isPadding, [2]), "float32"), -1e30) : null;
    return { q: bq, k: bk, v: bv, kept, ...attention(bq, bk, bv, bias) };
  });
  const sums = attended.map(({ logSum, kept }) => spread(logSum, kept, q));
  const shares = stopGradient(softmax(concat(sums, 1), 1));
  const parts = attended.map(({ out, kept }, b) => {
    const own = takeRows(mergeAxes(out, 0, 3), { there: kept.way.back, back: kept.way.there });
    return mul(own, slice(shares, { axis: 1, start: b, end: b + 1 }));
  });
  return {
    out: reshape(
      parts.reduce((a, b) => add(a, b)),
      shape,
    ),
    branches: attended,
    shares,
  };
}

/** A number of each kept row as one of every row, [L H, 1]; -1e8 where the branch does not keep it. */
function spread(logSum: Tensor, { way }: KeptTokens, like: Tensor): Tensor {
  const known = concat([mergeAxes(logSum, 0, 3), constant([NOWHERE], [1, 1])], 0);
  return assumeShape(gather(known, way.back), [like.shape[0] as Dim, 1]);
}
