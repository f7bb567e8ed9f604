/**
 * A classifier of tiles, and a rule from tiles to bag, as the multiple instance assumption states it. As published beside CLAM
 * (Lu 2021) the bag is what its most telling tile is: of two classes the tile with the highest probability of the second, of more
 * the tile that is surest of any class. With `noisyOr` every tile may bring a class by itself:
 *
 *   1 - P_c = product over tiles of (1 - sigmoid(s_ic))        score c = log P_c - log(1 - P_c)
 *
 * of two classes the second only, the score of the first being 0. Which tile is taken carries no gradient.
 */
import {
  add,
  cast,
  constant,
  div,
  equal,
  expm1,
  gemm,
  linear,
  log,
  logSoftmax,
  max,
  maximum,
  mul,
  neg,
  slice,
  softplus,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { trunk, trunkWeights } from "../attention/gated-attention.ts";
import { defineAggregator, type Pooled, type Scope, type Scored } from "./aggregator.ts";
import { CLAM_PAPER } from "./clam.ts";
import { covariateWeights, withCovariates } from "./covariate-scores.ts";
import { flagOption, integerOption, numberOption } from "./option.ts";

export const perTile = defineAggregator({
  name: "per-tile",
  title: "Classifier of tiles, the bag as its most telling tile",
  paper: CLAM_PAPER,
  options: {
    hidden: integerOption(512, { min: 1, max: 4096 }, "width of an instance and of the embedding"),
    dropout: numberOption(0.25, { min: 0, max: 0.9 }, "share of values dropped while fitting"),
    noisyOr: flagOption(false, "every tile may bring a class by itself, instead of one tile that speaks for the bag"),
  },
  kinds: ["classify"],
  width: ({ hidden, noisyOr }) => (noisyOr ? null : hidden),
  weights: ({ hidden, noisyOr }, { d, k, covariates }) => [
    ...trunkWeights(d, hidden),
    ...(noisyOr
      ? ([
          { name: "tile.weight", shape: [hidden, k], initialisation: "glorot" },
          { name: "tile.bias", shape: [k], initialisation: { fill: RARE } },
          ...covariateWeights({ covariates, k }),
        ] as const)
      : []),
  ],
  build(scope, { dropout, noisyOr }) {
    const instances = trunk(scope, dropout);
    return noisyOr ? anyTile(scope, instances) : mostTelling(scope, instances);
  },
});

/** First log odds of a class in a tile: at odds of one a bag of a hundred tiles would be certain before anything is learned. */
const RARE = -4;

/** Keeps the logarithm of a sum finite where no tile brings anything: the smallest normal number of float32. */
const TINY = 1.2e-38;

/** The tile with the largest margin; copies of it share. */
function mostTelling(scope: Scope, instances: Tensor): Pooled {
  const scores = stopGradient(linear(instances, scope.weight("head.weight"), scope.weight("head.bias")));
  const telling = scope.k === 2 ? sub(column(scores, 1), column(scores, 0)) : surest(scores);
  const wins = cast(equal(telling, max(telling, { axes: [0], keep: true })), "float32");
  const shares = div(wins, sum(wins, { axes: [0], keep: true }));
  return { instances, shares, embedding: gemm(shares, instances, { transA: true }) };
}

/** Log probability of the likeliest class of each tile, [n, 1]. */
function surest(scores: Tensor): Tensor {
  return max(logSoftmax(scores), { axes: [1], keep: true });
}

function anyTile(scope: Scope, instances: Tensor): Scored {
  const { k } = scope;
  const speaking = k === 2 ? constant([0, 1], [1, 2]) : constant(new Float32Array(k).fill(1), [1, k]);
  const scores = linear(instances, scope.weight("tile.weight"), scope.weight("tile.bias"));
  const brought = mul(softplus(scores), speaking);
  const total = sum(brought, { axes: [0], keep: true });
  const filled = maximum(add(total, sub(1, speaking)), TINY);
  const logits = mul(add(filled, log(neg(expm1(neg(filled))))), speaking);
  const weights = sum(brought, { axes: [1], keep: true });
  const shares = div(weights, sum(weights, { axes: [0], keep: true }));
  const embedding = gemm(shares, instances, { transA: true });
  return { scores: withCovariates(scope, logits), embedding, shares, terms: null, rest: null };
}

function column(scores: Tensor, c: number): Tensor {
  return slice(scores, { axis: 1, start: c, end: c + 1 });
}
