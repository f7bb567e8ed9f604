/**
 * The encoder: layers with normalisation before and inside each block (SubLN; Wang et al. 2022, Foundation transformers)
 *
 *   x = x + path(drop(O N2(dilated(N1 x))))        N: layer normalisation, epsilon 1e-5
 *   x = x + path(drop(W2 N4(gelu(W1 N3 x))))       gelu: the exact form
 *
 * Tokens, places and pooling are made around it (`tokens.ts`); the decoder of the pretraining is the same encoder under other names.
 */
import { add, gelu, layerNorm, linear, type Tensor } from "@nacre/graph";
import { inLayer, type WeightSpec } from "../aggregator/aggregator.ts";
import type { LongnetConfig } from "./config.ts";
import { branchesOf, dilatedAttention, type Mixed } from "./dilated-attention.ts";

/** What a layer asks of its surroundings. Outside the fit `drop` and `path` give x back. */
export interface EncoderTools {
  weight(name: string): Tensor;
  /** Dropout of [L, width]. */
  drop(name: string, x: Tensor): Tensor;
  /** Leaves the whole branch x out now and then (stochastic depth); `layer` from 0. */
  path(name: string, layer: number, x: Tensor): Tensor;
  /** Says that x enters a layer; gives it back. */
  block(x: Tensor): Tensor;
}

export interface Encoded {
  /** [L, width] each: what went in, and what left each layer. */
  readonly states: readonly Tensor[];
  /** The attention of the last layer. */
  readonly last: Mixed | null;
}

/** Weights of `config.layers` layers, named `layers.0.query.weight` and so on after the prefix. */
export function encoderWeights({ width, ffn, layers }: LongnetConfig, prefix = ""): WeightSpec[] {
  const gain = Math.sqrt(Math.log(2 * Math.max(1, layers)));
  return Array.from({ length: layers }, (_, i) => {
    const name = (part: string): string => `${prefix}layers.${i}.${part}`;
    return inLayer(i + 1, [
      ...normWeights(name("attention.norm"), width),
      ...mapWeights(name("query"), [width, width], Math.SQRT1_2),
      ...mapWeights(name("key"), [width, width], Math.SQRT1_2),
      ...mapWeights(name("value"), [width, width], gain * Math.SQRT1_2),
      ...normWeights(name("inner.norm"), width),
      ...mapWeights(name("out"), [width, width], gain),
      ...normWeights(name("forward.norm"), width),
      ...mapWeights(name("first"), [width, ffn], gain),
      ...normWeights(name("middle.norm"), ffn),
      ...mapWeights(name("second"), [ffn, width], gain),
    ]);
  }).flat();
}

/** Runs the layers on tokens x [L, width]. */
export function encode(x: Tensor, config: LongnetConfig, tools: EncoderTools, prefix = ""): Encoded {
  const branches = branchesOf(x, config);
  const states = [x];
  let last: Mixed | null = null;
  for (let i = 0; i < config.layers; i++) {
    const name = `${prefix}layers.${i}`;
    const before = tools.block(states[i] as Tensor);
    last = dilatedAttention(projected(before, name, tools), config, branches);
    const attended = mixedOut(last.out, name, tools);
    const middle = add(before, tools.path(`${name}.attention`, i, tools.drop(`${name}.attention`, attended)));
    const forward = feedForward(middle, name, tools);
    states.push(add(middle, tools.path(`${name}.forward`, i, tools.drop(`${name}.forward`, forward))));
  }
  return { states, last };
}

/** Queries, keys and values of a layer, row by row. */
export function projected(x: Tensor, name: string, tools: Pick<EncoderTools, "weight">) {
  const unit = normed(x, `${name}.attention.norm`, tools);
  const map = (part: string): Tensor => mapped(unit, `${name}.${part}`, tools);
  return { q: map("query"), k: map("key"), v: map("value") };
}

/** What the attention of a layer adds, row by row. */
export function mixedOut(mixed: Tensor, name: string, tools: Pick<EncoderTools, "weight">): Tensor {
  return mapped(normed(mixed, `${name}.inner.norm`, tools), `${name}.out`, tools);
}

/** What the feed-forward block of a layer adds, row by row. */
export function feedForward(x: Tensor, name: string, tools: Pick<EncoderTools, "weight">): Tensor {
  const inner = gelu(mapped(normed(x, `${name}.forward.norm`, tools), `${name}.first`, tools));
  return mapped(normed(inner, `${name}.middle.norm`, tools), `${name}.second`, tools);
}

export function normed(x: Tensor, name: string, { weight }: Pick<EncoderTools, "weight">, epsilon = 1e-5): Tensor {
  return layerNorm(x, weight(`${name}.weight`), weight(`${name}.bias`), epsilon);
}

export function normWeights(name: string, width: number): WeightSpec[] {
  return [
    { name: `${name}.weight`, shape: [width], initialisation: "ones" },
    { name: `${name}.bias`, shape: [width], initialisation: "zeros" },
  ];
}

/** A linear map whose first numbers are Glorot's times a gain. */
export function mapWeights(name: string, [from, to]: readonly [number, number], gain = 1): WeightSpec[] {
  return [
    { name: `${name}.weight`, shape: [from, to], initialisation: { normal: gain * Math.sqrt(2 / (from + to)) } },
    { name: `${name}.bias`, shape: [to], initialisation: "zeros" },
  ];
}

function mapped(x: Tensor, name: string, { weight }: Pick<EncoderTools, "weight">): Tensor {
  return linear(x, weight(`${name}.weight`), weight(`${name}.bias`));
}
