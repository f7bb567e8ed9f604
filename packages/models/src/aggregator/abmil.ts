/**
 * Attention-based pooling (Ilse, Tomczak and Welling 2018), gated form by default. Sizes and dropout as in Lu 2021, so that the
 * two attention models differ in the instance loss alone. `layers: 3, hidden: 64` is the trunk of 256, 128 and 64 units that the
 * paper puts under classic bags.
 */
import { gemm, linear, relu, type Tensor } from "@nacre/graph";
import { attend, attentionWeights, trunk } from "../attention/gated-attention.ts";
import { defineAggregator, type Scope, type WeightSpec } from "./aggregator.ts";
import { flagOption, integerOption, numberOption } from "./option.ts";

export const abmil = defineAggregator({
  name: "abmil",
  title: "Gated attention",
  paper: "Ilse, Tomczak and Welling 2018, Attention-based deep multiple instance learning, ICML",
  options: {
    hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding"),
    layers: integerOption(1, { min: 1, max: 4 }, "layers of the trunk, each twice as wide as the next"),
    attention: integerOption(256, { min: 1, max: 4096 }, "width inside the attention gate"),
    gated: flagOption(true, "multiply the tanh half by a sigmoid half"),
    dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
    gateDropout: flagOption(true, "drop values in both halves of the gate, too"),
  },
  width: ({ hidden }) => hidden,
  weights(options, { d }) {
    const widths = lowerWidths(options);
    return [...lowerWeights(d, widths), ...attentionWeights(widths.at(-1) ?? d, options)];
  },
  build(scope, options) {
    const tiles = lowerLayers(scope, lowerWidths(options), options.dropout);
    const instances = trunk({ ...scope, tiles }, options.dropout);
    const shares = attend(scope, instances, options, options.gateDropout ? options.dropout : 0);
    return { instances, shares, embedding: gemm(shares, instances, { transA: true }) };
  },
});

/** Widths of the layers under the last one. */
function lowerWidths({ hidden, layers }: { readonly hidden: number; readonly layers: number }): number[] {
  return Array.from({ length: layers - 1 }, (_, i) => hidden * 2 ** (layers - 1 - i));
}

function lowerWeights(d: number, widths: readonly number[]): WeightSpec[] {
  return widths.flatMap((width, i): WeightSpec[] => [
    { name: `trunk.${i}.weight`, shape: [widths[i - 1] ?? d, width], initialisation: "glorot" },
    { name: `trunk.${i}.bias`, shape: [width], initialisation: "zeros" },
  ]);
}

function lowerLayers(scope: Scope, widths: readonly number[], rate: number): Tensor {
  return widths.reduce((x, _, i) => {
    const name = `trunk.${i}`;
    return scope.dropout(name, relu(linear(x, scope.weight(`${name}.weight`), scope.weight(`${name}.bias`))), rate);
  }, scope.tiles);
}
