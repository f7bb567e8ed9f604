/**
 * One block of a transformer with the norm before each branch (Xiong 2020, figure 1b):
 *
 *   x <- x + scale * attention(norm(x))
 *   x <- x + scale * feed-forward(norm(x))
 */
import type { Tensor } from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { feedForward, feedForwardWeights } from "./feed-forward.ts";
import { type HeadSizes, widthOf } from "./heads.ts";
import { normalised, normWeights } from "./norm.ts";
import { addBranch, type ResidualOptions, residualWeights } from "./residual.ts";
import { type Attended, attentionWeights, selfAttention } from "./self-attention.ts";
import { firstRow, type Layout, tokenDropout } from "./tokens.ts";

export interface BlockOptions extends HeadSizes, ResidualOptions {
  /** Width inside the feed-forward part, as a multiple of the width of a token. */
  readonly ratio: number;
  readonly dropout: number;
  /** Added to the variance in every norm. */
  readonly epsilon: number;
}

export interface Passed {
  /** [t, w], or [1, w] where only the first token was asked for. */
  readonly x: Tensor;
  readonly follow: Attended["follow"];
}

export function blockWeights(
  name: string,
  options: Omit<BlockOptions, "dropout" | "dropPath" | "epsilon">,
): WeightSpec[] {
  const width = widthOf(options);
  return [
    ...normWeights(`${name}.norm1`, width),
    ...attentionWeights(`${name}.attention`, options),
    ...residualWeights(`${name}.attention`, width, options.layerScale),
    ...normWeights(`${name}.norm2`, width),
    ...feedForwardWeights(`${name}.mlp`, width, width * options.ratio),
    ...residualWeights(`${name}.mlp`, width, options.layerScale),
  ];
}

/** x [t, w] through the block. With `isFirstOnly` only the first token comes out, which costs less: the others only look on. */
export function block(
  scope: Scope,
  name: string,
  x: Tensor,
  options: BlockOptions,
  { layout, isFirstOnly }: { readonly layout: Layout; readonly isFirstOnly: boolean },
): Passed {
  const { dropout, epsilon } = options;
  const seen = normalised(scope, `${name}.norm1`, x, epsilon);
  const [own, asking] = isFirstOnly ? [firstRow(x), firstRow(seen)] : [x, seen];
  const { mixed, follow } = selfAttention(scope, `${name}.attention`, seen, asking, options);
  const dropped = tokenDropout(scope, `${name}.attention`, mixed, dropout, layout);
  const looked = addBranch(scope, `${name}.attention`, own, dropped, options);
  const thought = feedForward(
    scope,
    `${name}.mlp`,
    normalised(scope, `${name}.norm2`, looked, epsilon),
    dropout,
    layout,
  );
  return { x: addBranch(scope, `${name}.mlp`, looked, thought, options), follow };
}
