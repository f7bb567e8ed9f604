/**
 * Attention-based pooling (Ilse, Tomczak and Welling 2018), gated form by default. Sizes and dropout as in Lu 2021, so that the
 * two attention models differ in the instance loss alone.
 */
import { gemm } from "@nacre/graph";
import { attend, attentionWeights, trunk } from "../attention/gated-attention.ts";
import { defineAggregator } from "./aggregator.ts";
import { flagOption, integerOption, numberOption } from "./option.ts";

export const abmil = defineAggregator({
  name: "abmil",
  title: "Gated attention",
  paper: "Ilse, Tomczak and Welling 2018, Attention-based deep multiple instance learning, ICML",
  options: {
    hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding"),
    attention: integerOption(256, { min: 1, max: 4096 }, "width inside the attention gate"),
    gated: flagOption(true, "multiply the tanh half by a sigmoid half"),
    dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
  },
  width: ({ hidden }) => hidden,
  weights: (options, { d }) => attentionWeights(d, options),
  build(scope, options) {
    const instances = trunk(scope, options.dropout);
    const shares = attend(scope, instances, options, options.dropout);
    return { instances, shares, embedding: gemm(shares, instances, { transA: true }) };
  },
});
