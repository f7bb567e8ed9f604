/**
 * Two streams that share the tiles (Li, Li and Eliceiri 2021, equations 2 to 7). The first scores each tile and takes the highest score
 * of each class; the tile that has it is the critical one. The second attends to tiles by their likeness to the critical one:
 *
 *   s_ic = x_i . w_c + b_c       m_c = argmax over tiles of s_ic
 *   a_ic = softmax over tiles of q(x_i) . q(x_m_c) / sqrt(width of q)       B_c = sum over tiles of a_ic v(x_i)
 *   bag score c = sum over classes j of B_j . W_cj + w0_c                   score c = (max over tiles of s_ic + bag score c) / 2
 *
 * q is two layers (ReLU, then tanh) or one without; v is the tile itself or a layer with ReLU. While fitting, bag score and highest
 * tile score have a loss each, with half of the total.
 */
import {
  add,
  argMax,
  cast,
  crossEntropy,
  div,
  equal,
  gather,
  gemm,
  linear,
  max,
  mul,
  relu,
  reshape,
  softmax,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
} from "@nacre/graph";
import { defineAggregator, type Scope, type Scored, type Sizes, type WeightSpec } from "./aggregator.ts";
import { covariateWeights, withCovariates } from "./covariate-scores.ts";
import { flagOption, integerOption, numberOption, type OptionValues } from "./option.ts";

const OPTIONS = {
  query: integerOption(128, { min: 1, max: 4096 }, "width of the queries by which tiles are likened"),
  nonlinear: flagOption(true, "queries of two layers instead of one linear map"),
  values: flagOption(false, "attend over a layer with ReLU instead of the tiles themselves"),
  dropout: numberOption(0, { min: 0, max: 0.9 }, "share of tile values dropped before that layer while fitting"),
  average: flagOption(true, "score by the mean of both streams instead of the attending one alone"),
};

type Options = OptionValues<typeof OPTIONS>;

export const dsmil = defineAggregator({
  name: "dsmil",
  title: "Dual stream: critical tile and likeness to it",
  paper: "Li, Li and Eliceiri 2021, Dual-stream multiple instance learning network, CVPR",
  options: OPTIONS,
  width: () => null,
  weights: dsmilWeights,
  build(scope, options) {
    const { instance, bag } = dsmilStreams(scope, options);
    const highest = max(instance.scores, { axes: [0], keep: true });
    const found = { embedding: bag.embedding, shares: bag.shares };
    if (scope.label !== null) {
      const auxiliary = { loss: crossEntropy(withCovariates(scope, highest), scope.label), share: 0.5 };
      return { ...found, scores: withCovariates(scope, bag.scores), terms: null, rest: null, auxiliary };
    }
    const own = bagTerms(scope, bag);
    if (!options.average) return scoredBy(scope, bag.scores, own, found);
    const wins = cast(equal(instance.scores, highest), "float32");
    const alone = mul(
      div(wins, sum(wins, { axes: [0], keep: true })),
      sub(instance.scores, scope.weight("instance.bias")),
    );
    return scoredBy(scope, mul(add(highest, bag.scores), 0.5), mul(add(alone, own), 0.5), found);
  },
});

function dsmilWeights({ query, nonlinear, values }: Options, { d, k, covariates }: Sizes): WeightSpec[] {
  const layer = (name: string, from: number, to: number): WeightSpec[] => [
    { name: `${name}.weight`, shape: [from, to], initialisation: "glorot" },
    { name: `${name}.bias`, shape: [to], initialisation: "zeros" },
  ];
  return [
    ...layer("instance", d, k),
    ...layer("query.first", d, query),
    ...(nonlinear ? layer("query.second", query, query) : []),
    ...(values ? layer("value", d, d) : []),
    { name: "bag.weight", shape: [k, k, d], initialisation: "glorot" },
    { name: "bag.bias", shape: [k], initialisation: "zeros" },
    ...covariateWeights({ covariates, k }),
  ];
}

/** Both streams before they are joined. */
export interface DsmilStreams {
  /** Scores of each tile, [n, k]. */
  readonly instance: { readonly scores: Tensor };
  readonly bag: BagStream;
}

interface BagStream {
  /** [1, k] */
  readonly scores: Tensor;
  /** Likeness of each tile to the critical tile of each class, [n, k], before and after the softmax. */
  readonly likeness: Tensor;
  readonly shares: Tensor;
  /** [n, d] */
  readonly values: Tensor;
  /** [k, d] */
  readonly embedding: Tensor;
}

export function dsmilStreams(scope: Scope, options: Options): DsmilStreams {
  const { tiles, d, k } = scope;
  const scores = layer(scope, tiles, "instance");
  const critical = gather(tiles, argMax(stopGradient(scores), 0));
  const query = (x: Tensor): Tensor => {
    const first = layer(scope, x, "query.first");
    return options.nonlinear ? tanh(layer(scope, relu(first), "query.second")) : first;
  };
  const likeness = div(gemm(query(tiles), query(critical), { transB: true }), Math.sqrt(options.query));
  const shares = softmax(likeness, 0);
  const values = options.values ? relu(layer(scope, scope.dropout("value", tiles, options.dropout), "value")) : tiles;
  const embedding = gemm(shares, values, { transA: true });
  const kernel = reshape(scope.weight("bag.weight"), [k, k * d]);
  const joined = gemm(reshape(embedding, [1, k * d]), kernel, { transB: true });
  return {
    instance: { scores },
    bag: { scores: add(joined, scope.weight("bag.bias")), likeness, shares, values, embedding },
  };
}

/** What each tile adds to the bag score of each class, [n, k]: its share in B_j times its value against W_cj, over classes j. */
function bagTerms(scope: Scope, { values, shares }: BagStream): Tensor {
  const { d, k } = scope;
  const kernel = reshape(scope.weight("bag.weight"), [k * k, d]);
  const against = reshape(gemm(values, kernel, { transB: true }), ["n", k, k]);
  return sum(mul(against, reshape(shares, ["n", 1, k])), { axes: [2] });
}

function scoredBy(scope: Scope, own: Tensor, terms: Tensor, found: Pick<Scored, "embedding" | "shares">): Scored {
  const scores = withCovariates(scope, own);
  return { ...found, scores, terms, rest: sub(scores, sum(terms, { axes: [0], keep: true })) };
}

function layer(scope: Scope, x: Tensor, name: string): Tensor {
  return linear(x, scope.weight(`${name}.weight`), scope.weight(`${name}.bias`));
}
