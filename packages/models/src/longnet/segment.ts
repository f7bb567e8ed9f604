/**
 * The kept tokens of a branch as lists, one for each segment and head group: what `kept-tokens.ts` says inside a graph, for code
 * that walks over them.
 */
import type { AlivePairs } from "../aggregator/aggregator.ts";
import { type Branch, groupSize, type LongnetConfig } from "./config.ts";

/** Tokens that some heads see together: the first, every `step`-th, `count` of them, and zeros up to `slots`. */
export interface Segment {
  readonly firstHead: number;
  readonly heads: number;
  readonly first: number;
  readonly step: number;
  readonly count: number;
  readonly slots: number;
}

/** Every segment and head group of a branch over L tokens that holds a token. */
export function* segmentsOf(tokens: number, heads: number, { segment, ratio }: Branch): Generator<Segment> {
  const length = Math.min(segment, tokens);
  const slots = Math.ceil(length / ratio);
  const size = groupSize(heads, ratio);
  for (let start = 0; start < tokens; start += length) {
    const end = Math.min(start + length, tokens);
    for (let group = 0; group * size < heads; group++) {
      const count = Math.ceil((end - start - group) / ratio);
      if (count <= 0) break;
      const firstHead = group * size;
      yield {
        firstHead,
        heads: Math.min(size, heads - firstHead),
        first: start + group,
        step: ratio,
        count,
        slots,
      };
    }
  }
}

/** Numbers of the largest table of logits over some tokens, three times: shares, their slopes, and what these are made of. No table is kept. */
export function aliveLogits({ heads, branches }: LongnetConfig, tokens: number): AlivePairs {
  const tables = branches.map(({ segment, ratio }) => {
    const length = Math.min(segment, tokens);
    return Math.ceil(tokens / length) * heads * Math.ceil(length / ratio) ** 2;
  });
  const most = 3 * Math.max(...tables);
  return { whole: most, block: most };
}
