/**
 * The sizes of a LongNet encoder over tiles (Ding et al. 2023; the slide encoder of Xu et al. 2024, Prov-GigaPath), and the
 * published ones. A branch of dilated attention cuts the tokens into segments and keeps every `ratio`-th of them for each head.
 */
import type { Failure } from "@nacre/core";

/** Lengths count tokens: the tiles and one class token. */
export interface Branch {
  readonly segment: number;
  readonly ratio: number;
}

export interface LongnetConfig {
  /** Numbers of a token. A multiple of 4 (positions) and of `heads`. */
  readonly width: number;
  readonly heads: number;
  /** Numbers between the two maps of a feed-forward block. */
  readonly ffn: number;
  readonly layers: number;
  readonly branches: readonly Branch[];
  /** Columns and rows of the grid of positions. */
  readonly grid: number;
  /** Whether zeros that fill up a segment are kept out of the softmax. The published model lets them in. */
  readonly masksPadding: boolean;
}

/** The branches of the published slide encoder: segments of int(2^(10 + 2.5 i)) tokens, ratio 2^i. */
export const PUBLISHED_BRANCHES: readonly Branch[] = [0, 1, 2, 3, 4].map((i) => ({
  segment: Math.floor(2 ** (10 + 2.5 * i)),
  ratio: 2 ** i,
}));

/** Why sizes do not go together; null where they do. */
export function configProblem({ width, heads, branches }: LongnetConfig): Omit<Failure, "kind"> | null {
  if (width % heads !== 0 || width % 4 !== 0) {
    return {
      expected: `a width of longnet that ${heads} heads and 4 divide`,
      received: String(width),
      remedy: "choose another width or number of heads",
    };
  }
  if (branches.length > 0) return null;
  return { expected: "at least one branch of longnet", received: "none", remedy: "give segment1 and ratio1" };
}

/** Numbers of a head. */
export function headWidth({ width, heads }: LongnetConfig): number {
  return width / heads;
}

/** Heads that share an offset under a ratio; where the ratio does not divide the heads the last groups are shorter or empty. */
export function groupSize(heads: number, ratio: number): number {
  return Math.ceil(heads / ratio);
}
