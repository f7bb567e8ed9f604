/**
 * A stack of transformer blocks over the tiles of a bag as a set, without positions: a permutation of the tiles changes nothing.
 * The embedding is a class token, or the mean of the tokens, after a last norm. Two readings of where it looked:
 *
 *   shares    attention of the last block, heads averaged, tiles only
 *   rollout   attention followed through all blocks, half of each token staying where it is (Abnar and Zuidema 2020, section 3):
 *             r_L = the row of the class token; r_(l-1) = (r_l + r_l A_l) / 2; tiles only
 */
import {
  add,
  constant,
  countOf,
  div,
  expandLike,
  linear,
  mean,
  mul,
  pad,
  sizeOf,
  slice,
  type Tensor,
  transpose,
} from "@nacre/graph";
import { type AlivePairs, inLayer, type Pooled, type Scope, type WeightSpec } from "../aggregator/aggregator.ts";
import { type BlockOptions, block, blockWeights, type Passed } from "./block.ts";
import { widthOf } from "./heads.ts";
import { normalised, normWeights } from "./norm.ts";
import { asShares, type Layout, tokenFirst } from "./tokens.ts";

export interface EncoderOptions extends BlockOptions {
  readonly layers: number;
  /** A class token, or the mean of the tokens. */
  readonly classToken: boolean;
}

export function encoderWeights(
  d: number,
  options: Omit<EncoderOptions, "dropout" | "dropPath" | "epsilon">,
): WeightSpec[] {
  const width = widthOf(options);
  return [
    { name: "embed.weight", shape: [d, width], initialisation: "glorot", layer: 0 },
    { name: "embed.bias", shape: [width], initialisation: "zeros", layer: 0 },
    ...(options.classToken
      ? [{ name: "token", shape: [1, width], initialisation: { normal: 0.02 }, layer: 0 } as const]
      : []),
    ...layerNames(options).flatMap((name, i) => inLayer(i + 1, blockWeights(name, options))),
    ...normWeights("norm", width),
  ];
}

/** Stochastic depth grows evenly from 0 in the first block to `dropPath` in the last. */
export function encodeSet(scope: Scope, options: EncoderOptions): Pooled {
  const embedded = linear(scope.tiles, scope.weight("embed.weight"), scope.weight("embed.bias"));
  const tiles = scope.dropout("embed", embedded, options.dropout);
  const { classToken } = options;
  const layout: Layout = classToken ? tokenFirst : (_, rows) => rows;
  const passed: Passed[] = [];
  let x = classToken ? layout(scope.weight("token"), tiles) : tiles;
  let whole = (): Tensor => x;
  for (const [i, name] of layerNames(options).entries()) {
    const isLast = i === options.layers - 1;
    const dropPath = isLast ? options.dropPath : (options.dropPath * i) / (options.layers - 1);
    const before = scope.block(x);
    const pass = (isFirstOnly: boolean) =>
      block(scope, name, before, { ...options, dropPath }, { layout, isFirstOnly });
    const next = pass(isLast && classToken);
    passed.push(next);
    x = next.x;
    if (isLast && classToken) whole = () => slice(pass(false).x, { axis: 0, start: 1, dim: tiles.shape[0] as string });
  }
  const final = normalised(scope, "norm", x, options.epsilon);
  const embedding = classToken ? final : mean(final, { axes: [0], keep: true });
  const { shares, rollout } = looks(tiles, passed, classToken);
  const tokens = (): Tensor => normalised(scope, "norm", whole(), options.epsilon);
  return { embedding, shares, further: { rollout }, tokens };
}

/** Shares of attention that a step keeps for the way back, and two more of their size on it; past the last block only the token looks. */
export function alivePairs(
  { heads, layers, classToken }: Pick<EncoderOptions, "heads" | "layers" | "classToken">,
  n: number,
): AlivePairs {
  const full = classToken ? layers - 1 : layers;
  const tables = (blocks: number): number => (blocks === 0 ? 0 : heads * (blocks + 2) * n ** 2);
  return { whole: tables(full), block: tables(Math.min(full, 1)) };
}

function layerNames({ layers }: { readonly layers: number }): string[] {
  return Array.from({ length: layers }, (_, i) => `layer${i + 1}`);
}

/** Where the embedding comes from, from the last block alone and through all of them. */
function looks(tiles: Tensor, passed: readonly Passed[], classToken: boolean): { shares: Tensor; rollout: Tensor } {
  const [last, ...before] = passed.toReversed() as [Passed, ...Passed[]];
  const start = classToken ? constant([1], [1, 1]) : evenly(tiles);
  const seen = last.follow(start);
  const own = classToken ? pad(start, { axis: 1, after: sizeOf(tiles, 0), dim: seen.shape[1] as string }) : start;
  const step = (row: Tensor, next: Tensor): Tensor => mul(add(row, next), 0.5);
  const rolled = before.reduce((row, { follow }) => step(row, follow(row)), step(own, seen));
  const onTiles = (row: Tensor): Tensor =>
    classToken ? slice(row, { axis: 1, start: 1, dim: tiles.shape[0] as string }) : row;
  return { shares: asShares(onTiles(seen)), rollout: asShares(onTiles(rolled)) };
}

/** 1 / n for each tile, [1, n]. */
function evenly(tiles: Tensor): Tensor {
  const column = slice(tiles, { axis: 1, start: 0, end: 1 });
  return div(expandLike(constant([1], [1, 1]), transpose(column)), countOf(tiles, [0]));
}
