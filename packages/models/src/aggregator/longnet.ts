/**
 * The slide encoder of Prov-GigaPath (Xu et al. 2024): tiles become tokens that know their places, a class token goes before them, and
 * layers of dilated attention (Ding et al. 2023, LongNet) let all of them see each other at a cost that grows with their number.
 *
 *   embedding = N(mean over tiles of state)   or   N(state of the class token)          N: layer normalisation, epsilon 1e-6
 *
 * `state` is what leaves layer `layer`, or the encoder past its own last normalisation. With the mean the embedding is a sum over the
 * tiles' tokens, which gives each its exact part; a token has seen the other tiles. Equations: docs/methods/longnet.md.
 */
import {
  add,
  concat,
  constant,
  countOf,
  div,
  expandLike,
  linear,
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
import { classAttention } from "../longnet/class-attention.ts";
import { checkConfig, type LongnetConfig, PUBLISHED_BRANCHES } from "../longnet/config.ts";
import {
  type Encoded,
  type EncoderTools,
  encode,
  encoderWeights,
  mapWeights,
  normed,
  normWeights,
} from "../longnet/encoder.ts";
import { canonicalOrder, positionCodes } from "../longnet/position.ts";
import { defineAggregator, type Pooled, type Scope, type WeightSpec } from "./aggregator.ts";
import { flagOption, integerOption, numberOption, type OptionValues } from "./option.ts";

const OUTER_EPSILON = 1e-6;

const segment = (i: number) =>
  integerOption(
    PUBLISHED_BRANCHES[i]?.segment ?? 0,
    { min: 0, max: 2 ** 31 },
    `tokens of a segment of branch ${i + 1}; 0 for no such branch`,
  );
const ratio = (i: number) =>
  integerOption(
    PUBLISHED_BRANCHES[i]?.ratio ?? 1,
    { min: 1, max: 1024 },
    `of which branch ${i + 1} keeps one in so many`,
  );

const OPTIONS = {
  width: integerOption(768, { min: 4, max: 4096 }, "numbers of a token and of the embedding"),
  layers: integerOption(12, { min: 1, max: 64 }, "layers of the encoder"),
  heads: integerOption(16, { min: 1, max: 64 }, "heads of the attention; they divide the width"),
  ffn: integerOption(3072, { min: 1, max: 16384 }, "numbers inside the feed-forward block"),
  layer: integerOption(
    11,
    { min: 1, max: 64 },
    "layer whose output is pooled, at most `layers`; later ones are left out",
  ),
  lastNorm: flagOption(false, "pool what leaves the encoder past all layers and its last normalisation instead"),
  classToken: flagOption(false, "take the class token for the embedding instead of the mean over the tiles"),
  segment1: segment(0),
  segment2: segment(1),
  segment3: segment(2),
  segment4: segment(3),
  segment5: segment(4),
  ratio1: ratio(0),
  ratio2: ratio(1),
  ratio3: ratio(2),
  ratio4: ratio(3),
  ratio5: ratio(4),
  maskPadding: flagOption(false, "keep zeros that fill up a segment out of the softmax"),
  sorted: flagOption(true, "encode tiles by column and row, whatever the order they come in"),
  grid: integerOption(1000, { min: 1, max: 4000 }, "columns and rows of tiles a slide has at most"),
  dropout: numberOption(
    0.25,
    { min: 0, max: 0.9 },
    "share of numbers dropped before and after each block while fitting",
  ),
  dropPath: numberOption(
    0.1,
    { min: 0, max: 0.9 },
    "chance that the last layer is left out while fitting; less for earlier ones",
  ),
};

export type LongnetOptions = OptionValues<typeof OPTIONS>;

export const longnet = defineAggregator({
  name: "longnet",
  title: "Slide encoder with dilated attention",
  paper:
    "Xu et al. 2024, A whole-slide foundation model for digital pathology from real-world data, Nature 630; Ding et al. 2023, LongNet",
  options: OPTIONS,
  usesPlaces: true,
  width: ({ width }) => width,
  weights: (options, { d }) => longnetWeights(options, d),
  build: (scope, options) => pooled(longnetStates(scope, options), scope, options),
});

/** The sizes that options stand for. Layers that nothing reads are left out. @throws RangeError where they do not go together */
export function configOf(options: LongnetOptions): LongnetConfig {
  const { width, heads, ffn, layers, layer, lastNorm, grid, maskPadding } = options;
  const branches = ([1, 2, 3, 4, 5] as const)
    .map((i) => ({ segment: options[`segment${i}`], ratio: options[`ratio${i}`] }))
    .filter((branch) => branch.segment > 0);
  const used = lastNorm ? layers : Math.min(layer, layers);
  return checkConfig({ width, heads, ffn, layers: used, branches, grid, masksPadding: maskPadding });
}

/** The weights of the encoder; `lastNorm` asks for all of the published ones. */
export function longnetWeights(options: LongnetOptions, d: number): WeightSpec[] {
  const config = configOf(options);
  return [
    ...mapWeights("embed", [d, config.width]),
    { name: "class", shape: [1, config.width], initialisation: { normal: 0.02 } },
    ...encoderWeights(config),
    ...(options.lastNorm ? normWeights("last.norm", config.width) : []),
    ...normWeights("outer.norm", config.width),
  ];
}

export interface LongnetStates extends Encoded {
  readonly config: LongnetConfig;
  /** From the tiles as given to the tiles as encoded; null where that is the same. */
  readonly order: Way | null;
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

function pooled({ states, last, config, order }: LongnetStates, scope: Scope, options: LongnetOptions): Pooled {
  const top = states[states.length - 1] as Tensor;
  const state = options.lastNorm ? normed(top, "last.norm", scope) : top;
  const inOrder = (x: Tensor): Tensor =>
    order === null ? x : permuteRows(x, { there: order.back, back: order.there });
  if (options.classToken) {
    const embedding = outerNorm(slice(state, { axis: 0, start: 0, end: 1, dim: 1 }), scope);
    return { embedding, shares: inOrder(last === null ? even(scope.tiles) : classAttention(last, config, "n")) };
  }
  const tokens = slice(state, { axis: 0, start: 1, dim: "n" });
  const centre = mean(tokens, { axes: [0], keep: true });
  return {
    embedding: outerNorm(centre, scope),
    shares: even(scope.tiles),
    instances: inOrder(normedBy(centre, tokens, scope)),
    offset: reshape(scope.weight("outer.norm.bias"), [1, config.width]),
  };
}

/** The outer normalisation of a pooled vector [1, width]. */
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

function placesOf({ places }: Scope): Tensor {
  if (places !== null) return places;
  throw new RangeError("expected places for longnet, received none; feed column and row of each tile");
}

function toolsOf(scope: Scope, { layers }: LongnetConfig, { dropout, dropPath }: LongnetOptions): EncoderTools {
  return {
    weight: (name) => scope.weight(name),
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
