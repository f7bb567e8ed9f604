/**
 * The slide encoder of Prov-GigaPath (Xu et al. 2024): tiles become tokens that know their places, a class token goes before them, and
 * layers of dilated attention (Ding et al. 2023, LongNet) let all of them see each other at a cost that grows with their number.
 *
 *   embedding = N(mean over tiles of state)   or   N(state of the class token)          N: layer normalisation, epsilon 1e-6
 *
 * `state` is what leaves layer `layer`, or the encoder past its own last normalisation. With the mean the embedding is a sum over the
 * tiles' tokens, which gives each its exact part; a token has seen the other tiles. Equations: docs/methods/longnet.md.
 */
import { add, concat, constant, linear, mul, permuteRows, slice, type Tensor } from "@nacre/graph";
import type { LongnetConfig } from "../longnet/config.ts";
import { type EncoderTools, encode, encoderWeights, mapWeights, normWeights } from "../longnet/encoder.ts";
import { checkLongnet, configOf, LONGNET_OPTIONS, type LongnetOptions } from "../longnet/options.ts";
import { type LongnetStates, pooledState } from "../longnet/pooling.ts";
import { canonicalOrder, positionCodes } from "../longnet/position.ts";
import { aliveLogits } from "../longnet/segment.ts";
import { defineAggregator, inLayer, type Scope, type WeightSpec } from "./aggregator.ts";

export const longnet = defineAggregator({
  name: "longnet",
  title: "Slide encoder with dilated attention",
  paper:
    "Xu et al. 2024, A whole-slide foundation model for digital pathology from real-world data, Nature 630; Ding et al. 2023, LongNet",
  options: LONGNET_OPTIONS,
  check: checkLongnet,
  usesPlaces: true,
  mixesTiles: true,
  grid: ({ grid }) => grid,
  pairs: (options, n) => aliveLogits(configOf(options), n + 1),
  width: ({ width }) => width,
  weights: (options, { d }) => longnetWeights(options, d),
  build: (scope, options) => pooledState(longnetStates(scope, options), scope, options),
});

/** The weights of the encoder; `lastNorm` asks for all of the published ones. */
export function longnetWeights(options: LongnetOptions, d: number): WeightSpec[] {
  const config = configOf(options);
  return [
    ...inLayer(0, mapWeights("embed", [d, config.width])),
    { name: "class", shape: [1, config.width], initialisation: { normal: 0.02 }, layer: 0 },
    ...encoderWeights(config),
    ...(options.lastNorm ? normWeights("last.norm", config.width) : []),
    ...normWeights("outer.norm", config.width),
  ];
}

/** Tokens of a bag, the class token first, before and after each layer. */
export function longnetStates(scope: Scope, options: LongnetOptions): LongnetStates {
  const config = configOf(options);
  const given = placesOf(scope);
  const order = options.sorted ? canonicalOrder(given, config.grid) : null;
  const [tiles, places] =
    order === null ? [scope.tiles, given] : [scope.tiles, given].map((x) => permuteRows(x, order));
  const tools = toolsOf(scope, config, options);
  const embedded = linear(tiles as Tensor, scope.weight("embed.weight"), scope.weight("embed.bias"));
  const tokens = add(embedded, positionCodes(places as Tensor, config));
  return { ...encode(tools.drop("tokens", concat([scope.weight("class"), tokens], 0)), config, tools), config, order };
}

function placesOf({ places }: Scope): Tensor {
  if (places !== null) return places;
  throw new RangeError("expected places for longnet, received none; feed column and row of each tile");
}

function toolsOf(scope: Scope, { layers }: LongnetConfig, { dropout, dropPath }: LongnetOptions): EncoderTools {
  return {
    weight: (name) => scope.weight(name),
    block: (x) => scope.block(x),
    drop(name, x) {
      if (!scope.isFit || dropout === 0) return x;
      const first = scope.dropout(`${name}.class`, slice(x, { axis: 0, start: 0, end: 1, dim: 1 }), dropout);
      const rest = scope.dropout(name, slice(x, { axis: 0, start: 1, dim: "n" }), dropout);
      return concat([first, rest], 0);
    },
    path(name, layer, x) {
      const rate = layers === 1 ? dropPath : (dropPath * layer) / (layers - 1);
      return !scope.isFit || rate === 0 ? x : mul(x, scope.dropout(`path.${name}`, constant([1], [1, 1]), rate));
    },
  };
}
