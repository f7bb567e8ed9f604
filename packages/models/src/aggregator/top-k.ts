/**
 * The mean of the highest tile scores, score by score: each reads the tiles that speak loudest for it and no others. All of the tiles
 * (`share` 1) is the mean of tile scores, a single one (`count` 1) their maximum. Which tiles are highest carries no gradient.
 */
import {
  add,
  cast,
  constant,
  div,
  expandLike,
  gemm,
  linear,
  maximum,
  minimum,
  mul,
  scatterAdd,
  sizeOf,
  stopGradient,
  type Tensor,
  topK,
} from "@nacre/graph";
import { trunk, trunkWeights } from "../attention/gated-attention.ts";
import { defineAggregator } from "./aggregator.ts";
import { integerOption, numberOption } from "./option.ts";

export const topKAggregator = defineAggregator({
  name: "top-k",
  title: "Mean of the highest tile scores",
  paper: "Li and Vasconcelos 2015, Multiple instance learning for soft bags via top instances, CVPR",
  options: {
    hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding"),
    dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
    count: integerOption(8, { min: 1, max: 65536 }, "tiles that a score is the mean of, at least"),
    share: numberOption(
      0,
      { min: 0, max: 1 },
      "share of the bag's tiles that a score is the mean of, if more than count",
    ),
  },
  width: ({ hidden }) => hidden,
  weights: ({ hidden }, { d }) => trunkWeights(d, hidden),
  build(scope, { dropout, count, share }) {
    const instances = trunk(scope, dropout);
    const ranks = stopGradient(linear(instances, scope.weight("head.weight")));
    const size = tilesTaken(sizeOf(ranks, 0), count, share);
    const { values, indices } = topK(ranks, size, { axis: 0 });
    const each = expandLike(div(1, cast(size, "float32")), values);
    const shares = scatterAdd(each, indices, ranks, 0);
    return { instances, shares, embedding: gemm(shares, instances, { transA: true }) };
  },
});

/** How many tiles of n, int64 [1]: the larger of a count and a share rounded up, but no more than there are. */
function tilesTaken(n: Tensor, count: number, share: number): Tensor {
  if (share === 0) return minimum(n, constant([count], [1], "int64"));
  const rounded = cast(add(mul(cast(n, "float32"), share), 1 - ROUNDING), "int64");
  return minimum(n, maximum(rounded, constant([count], [1], "int64")));
}

/** A share of n that is a whole number but for rounding of float32 is not rounded up to the next. */
const ROUNDING = 1e-3;
