/**
 * The steps of the encoder as separate small graphs, for bags of any size: what is done row by row runs on blocks of rows, attention on
 * blocks of queries. Weights are fed, so one graph serves every layer. What no block needs is never in memory.
 */
import { add, attention, encodeModel, input, linear, mul, parameter, type Tensor } from "@nacre/graph";
import { headWidth, type LongnetConfig } from "./config.ts";
import { encoderWeights, feedForward, mapWeights, mixedOut, normed, normWeights, projected } from "./encoder.ts";
import { positionCodes } from "./position.ts";

/** Weights are asked for under the names they have in layer 0. */
export const FIRST_LAYER = "layers.0";

export interface SlideGraphs {
  /** `features` [rows, d] (standardised), `places` [rows, 2] -> `tokens` [rows, width]; weights of `embed` */
  readonly embed: Uint8Array;
  /** `x` [rows, width] -> `q` (scaled), `k`, `v` [rows, width]; weights of the layer */
  readonly project: Uint8Array;
  /** `q` [heads, queries, e], `k` and `v` [heads, keys, e] -> `out` [heads, queries, e], `logSum` [heads, queries, 1] */
  readonly attend: Uint8Array;
  /** `x`, `mixed` [rows, width] -> `next` [rows, width]; weights of the layer */
  readonly finish: Uint8Array;
  /** `x` [rows, width] -> `normed`; weights of `last.norm` */
  readonly last: Uint8Array;
  /** `x` [1, width] -> `normed`; weights of `outer.norm` */
  readonly outer: Uint8Array;
}

export function slideGraphs(config: LongnetConfig, d: number): SlideGraphs {
  const { width } = config;
  const shapes = new Map(
    [
      ...mapWeights("embed", [d, width]),
      ...encoderWeights({ ...config, layers: 1 }),
      ...normWeights("last.norm", width),
      ...normWeights("outer.norm", width),
    ].map(({ name, shape }) => [name, shape]),
  );
  const made = new Map<string, Tensor>();
  const tools = {
    weight(name: string): Tensor {
      const weight = made.get(name) ?? parameter(name, shapes.get(name) ?? []);
      made.set(name, weight);
      return weight;
    },
  };
  const x = input("x", ["rows", width]);
  const q = projected(x, FIRST_LAYER, tools);
  const features = input("features", ["rows", d]);
  const codes = positionCodes(input("places", ["rows", 2]), config);
  const middle = add(x, mixedOut(input("mixed", ["rows", width]), FIRST_LAYER, tools));
  const encoded = (outputs: Record<string, Tensor>): Uint8Array => encodeModel({ outputs });
  return {
    embed: encoded({
      tokens: add(linear(features, tools.weight("embed.weight"), tools.weight("embed.bias")), codes),
    }),
    project: encoded({ q: mul(q.q, 1 / Math.sqrt(headWidth(config))), k: q.k, v: q.v }),
    attend: attending(headWidth(config)),
    finish: encoded({ next: add(middle, feedForward(middle, FIRST_LAYER, tools)) }),
    last: encoded({ normed: normed(x, "last.norm", tools) }),
    outer: encoded({ normed: normed(x, "outer.norm", tools, 1e-6) }),
  };
}

function attending(e: number): Uint8Array {
  const keys = ["heads", "keys", e];
  const { out, logSum } = attention(input("q", ["heads", "queries", e]), input("k", keys), input("v", keys));
  return encodeModel({ outputs: { out, logSum } });
}
