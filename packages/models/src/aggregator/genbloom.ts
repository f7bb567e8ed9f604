/**
 * The bag encoder of GenBloom: a vision transformer's blocks over the cells of a patient as a set, without positions, each branch
 * starting near zero (LayerScale). Sizes as published; written from the description, weights are not read.
 */
import { widthOf } from "../transformer/heads.ts";
import { alivePairs, encoderWeights, encodeSet } from "../transformer/set-encoder.ts";
import { defineAggregator } from "./aggregator.ts";
import { integerOption, numberOption } from "./option.ts";

export const genbloom = defineAggregator({
  name: "genbloom",
  title: "Set transformer of GenBloom",
  paper: "GenBloom 2026, arXiv 2605.29980 (MICCAI)",
  options: {
    heads: integerOption(12, { min: 1, max: 64 }, "heads of attention; times headWidth they are the width of a token"),
    headWidth: integerOption(64, { min: 1, max: 256 }, "width of one head"),
    layers: integerOption(6, { min: 1, max: 24 }, "transformer blocks"),
    ratio: integerOption(4, { min: 1, max: 8 }, "width inside the feed-forward part, in widths of a token"),
    dropout: numberOption(0, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
    dropPath: numberOption(
      0,
      { min: 0, max: 0.9 },
      "how often the last block is left out while fitting; less for earlier ones",
    ),
    layerScale: numberOption(1e-5, { min: 0, max: 1 }, "first value of the scale on each branch; 0 for none"),
  },
  pairs: (options, n) => alivePairs({ ...options, classToken: true }, n),
  width: widthOf,
  weights: (options, { d }) => encoderWeights(d, { ...options, classToken: true }),
  build: (scope, options) => encodeSet(scope, { ...options, classToken: true, epsilon: 1e-6 }),
});
