/**
 * Attention with a branch for each task (Lu 2021, Nature): a trunk of two layers, and for every question a distribution of attention and an
 * embedding of its own. One question has one branch. Covariates (sex, in the paper) stand beside the embedding of every task, as they do
 * in every linear head here. Implemented from the paper's formulas; departures: docs/methods/toad.md.
 */
import { gemm, linear, relu, type Tensor } from "@nacre/graph";
import { attend, attentionWeights, trunk } from "../attention/gated-attention.ts";
import { defineAggregator, type Scope } from "./aggregator.ts";
import { integerOption, numberOption } from "./option.ts";

export const toad = defineAggregator({
  name: "toad",
  title: "Gated attention, a branch for each task",
  paper: "Lu, Chen, Williamson, Zhao, Shady, Lipkova and Mahmood 2021, Nature 594, 106-110",
  options: {
    hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding of a task"),
    attention: integerOption(384, { min: 1, max: 4096 }, "width inside the attention gate"),
    dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
  },
  width: ({ hidden }) => hidden,
  weights: ({ hidden, attention }, { d, groups }) => [
    ...attentionWeights(d, { hidden, attention, gated: true, branches: groups.length }),
    { name: "trunk.second.weight", shape: [hidden, hidden], initialisation: "glorot" },
    { name: "trunk.second.bias", shape: [hidden], initialisation: "zeros" },
  ],
  build(scope, { dropout }) {
    const instances = deepTrunk(scope, dropout);
    const shares = attend(scope, instances, { gated: true }, dropout);
    return { instances, shares, embedding: gemm(shares, instances, { transA: true }) };
  },
});

/** Instances after two layers: [n, d] -> [n, hidden]. */
export function deepTrunk(scope: Scope, rate: number): Tensor {
  const first = trunk(scope, rate);
  const second = relu(linear(first, scope.weight("trunk.second.weight"), scope.weight("trunk.second.bias")));
  return scope.dropout("trunk.second", second, rate);
}
