/**
 * A plain transformer over the tiles as a set: full attention, no positions, a class token or the mean of the tokens. The yardstick
 * for everything that mixes tiles before it pools them.
 */
import { widthOf } from "../transformer/heads.ts";
import { alivePairs, encoderWeights, encodeSet } from "../transformer/set-encoder.ts";
import { defineAggregator } from "./aggregator.ts";
import { flagOption, integerOption, numberOption } from "./option.ts";

export const setTransformer = defineAggregator({
  name: "set-transformer",
  title: "Transformer over a set of tiles",
  paper:
    "Vaswani et al. 2017, Attention is all you need, NeurIPS 30; over sets: Lee et al. 2019, Set transformer, ICML",
  options: {
    heads: integerOption(8, { min: 1, max: 64 }, "heads of attention; times headWidth they are the width of a token"),
    headWidth: integerOption(64, { min: 1, max: 256 }, "width of one head"),
    layers: integerOption(2, { min: 1, max: 24 }, "transformer blocks"),
    ratio: integerOption(4, { min: 1, max: 8 }, "width inside the feed-forward part, in widths of a token"),
    classToken: flagOption(true, "read a class token; otherwise the mean of the tokens"),
    dropout: numberOption(0.1, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
    dropPath: numberOption(
      0,
      { min: 0, max: 0.9 },
      "how often the last block is left out while fitting; less for earlier ones",
    ),
    layerScale: numberOption(0, { min: 0, max: 1 }, "first value of the scale on each branch; 0 for none"),
  },
  pairs: alivePairs,
  width: widthOf,
  weights: (options, { d }) => encoderWeights(d, options),
  build: (scope, options) => encodeSet(scope, { ...options, epsilon: 1e-5 }),
});
