/**
 * From the tokens that left the layers to one vector: the class token, or the mean over the tiles, past a last normalisation. The
 * normalised mean is taken apart again, so that each tile's token has its exact part in it.
 */
import {
  add,
  constant,
  countOf,
  div,
  expandLike,
  mean,
  mul,
  permuteRows,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  type Tensor,
  type Way,
} from "@nacre/graph";
import type { Pooled, Scope } from "../aggregator/aggregator.ts";
import { classAttention } from "./class-attention.ts";
import type { LongnetConfig } from "./config.ts";
import { type Encoded, normed } from "./encoder.ts";
import type { LongnetOptions } from "./options.ts";

const OUTER_EPSILON = 1e-6;

/** What passing through the encoder leaves. */
export interface LongnetStates extends Encoded {
  readonly config: LongnetConfig;
  /** From the tiles as given to the tiles as encoded; null where that is the same. */
  readonly order: Way | null;
}

/** The embedding of a bag, and what of it each tile is, out of the tokens that left the layers. */
export function pooledState(
  { states, last, config, order }: LongnetStates,
  scope: Scope,
  options: LongnetOptions,
): Pooled {
  const top = states[states.length - 1] as Tensor;
  const state = options.lastNorm ? normed(top, "last.norm", scope) : top;
  const inOrder = (x: Tensor): Tensor =>
    order === null ? x : permuteRows(x, { there: order.back, back: order.there });
  const own = slice(state, { axis: 0, start: 1, dim: "n" });
  const tokens = (): Tensor => outerNorm(inOrder(own), scope);
  if (options.classToken) {
    const embedding = outerNorm(slice(state, { axis: 0, start: 0, end: 1, dim: 1 }), scope);
    const shares = inOrder(last === null ? even(scope.tiles) : classAttention(last, config, "n"));
    return { embedding, shares, tokens };
  }
  const centre = mean(own, { axes: [0], keep: true });
  return {
    embedding: outerNorm(centre, scope),
    shares: even(scope.tiles),
    instances: inOrder(normedBy(centre, own, scope)),
    offset: reshape(scope.weight("outer.norm.bias"), [1, config.width]),
    tokens,
  };
}

/** The outer normalisation of rows [r, width]. */
export function outerNorm(x: Tensor, scope: Pick<Scope, "weight">): Tensor {
  return normed(x, "outer.norm", scope, OUTER_EPSILON);
}

/** Tokens normalised by the numbers of the pooled vector: their mean, plus the bias, is the normalised pooled vector. */
function normedBy(pooled: Tensor, tokens: Tensor, scope: Scope): Tensor {
  const along = { axes: [1], keep: true };
  const spread = mean(square(sub(pooled, mean(pooled, along))), along);
  const scale = div(scope.weight("outer.norm.weight"), sqrt(add(spread, OUTER_EPSILON)));
  return mul(sub(tokens, mean(tokens, along)), scale);
}

/** 1 / n for each tile, [n, 1]. */
function even(tiles: Tensor): Tensor {
  const column = slice(tiles, { axis: 1, start: 0, end: 1 });
  return div(expandLike(constant([1], [1, 1]), column), countOf(column, [0]));
}
