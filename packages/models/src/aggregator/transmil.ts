/**
 * TransMIL (Shao 2021): the tiles, in the order given, fold into a square; two layers of Nyström attention let them see each other, a
 * convolution on the square between the two layers tells neighbours apart; a class token is the embedding. Implemented from the
 * papers' formulas. Departure: only the class token is carried through the second layer, which changes no number.
 */
import { add, linear, relu, type Tensor } from "@nacre/graph";
import { gridConvolution, gridWeights } from "../transformer/grid-convolution.ts";
import { type HeadSizes, widthOf } from "../transformer/heads.ts";
import { normalised, normWeights } from "../transformer/norm.ts";
import { type NystromAttended, nystromAttention, nystromWeights } from "../transformer/nystrom.ts";
import { squareOf } from "../transformer/square.ts";
import { asShares, firstRow, tokenDropout } from "../transformer/tokens.ts";
import { defineAggregator, inLayer, type WeightSpec } from "./aggregator.ts";
import { integerOption, numberOption } from "./option.ts";

export const transmil = defineAggregator({
  name: "transmil",
  title: "Nyström transformer on a square of tiles",
  paper: "Shao, Bian, Chen, Wang, Zhang, Ji and Zhang 2021, TransMIL, NeurIPS 34",
  options: {
    heads: integerOption(8, { min: 1, max: 64 }, "heads of attention; times headWidth they are the width of a token"),
    headWidth: integerOption(64, { min: 1, max: 256 }, "width of one head"),
    landmarks: integerOption(
      256,
      { min: 1, max: 4096 },
      "means of neighbouring tiles through which tiles see each other",
    ),
    iterations: integerOption(6, { min: 1, max: 20 }, "steps towards the pseudo-inverse"),
    dropout: numberOption(0.1, { min: 0, max: 0.9 }, "share of values dropped after attention while fitting"),
  },
  isOrdered: true,
  width: widthOf,
  weights(options, { d }) {
    const width = widthOf(options);
    return [
      { name: "trunk.weight", shape: [d, width], initialisation: "glorot", layer: 0 },
      { name: "trunk.bias", shape: [width], initialisation: "zeros", layer: 0 },
      { name: "token", shape: [1, width], initialisation: { normal: 1 }, layer: 0 },
      ...inLayer(1, layerWeights("layer1", options)),
      ...inLayer(2, gridWeights("grid", width)),
      ...inLayer(3, layerWeights("layer2", options)),
      ...normWeights("norm", width),
    ];
  },
  build(scope, options) {
    const tiles = relu(linear(scope.tiles, scope.weight("trunk.weight"), scope.weight("trunk.bias")));
    const square = squareOf(scope.tiles);
    const layer = (name: string, entering: Tensor, isFirstOnly: boolean): NystromAttended => {
      const x = scope.block(entering);
      const seen = normalised(scope, `${name}.norm`, x);
      const { mixed, firstRow: row } = nystromAttention(scope, `${name}.attention`, seen, options, { isFirstOnly });
      const dropped = tokenDropout(scope, `${name}.attention`, mixed, options.dropout, square.layout);
      return { mixed: add(isFirstOnly ? firstRow(x) : x, dropped), firstRow: row };
    };
    const first = layer("layer1", square.layout(scope.weight("token"), tiles), false);
    const last = layer("layer2", gridConvolution(scope, "grid", first.mixed, square.side), true);
    const embedding = normalised(scope, "norm", last.mixed);
    return { embedding, shares: asShares(square.fold(last.firstRow)) };
  },
});

function layerWeights(name: string, sizes: HeadSizes): WeightSpec[] {
  return [...normWeights(`${name}.norm`, widthOf(sizes)), ...nystromWeights(`${name}.attention`, sizes)];
}
