/**
 * One linear map from the embedding to k scores, for every head, which makes the contributions of tiles exact:
 *
 *   score c = sum over j of M[branch(c), j] W[j, c] + (z S)[c] + b[c]       M [branches, h], z covariates [1, c]
 *
 * One branch serves every score; k branches serve one score each (Lu 2021, CLAM with several branches); as many branches as tasks
 * serve the scores of their task (Lu 2021, TOAD). Concatenating covariates to an embedding is the same map. A head may ask for
 * scores without slopes or without an offset (`ScoreForm`): those columns are not learned and stay 0.
 */
import { add, constant, gemm, linear, mean, mul, reshape, sum, type Tensor } from "@nacre/graph";
import type { Pooled, Scope, WeightSpec } from "../aggregator/aggregator.ts";
import type { ScoreForm } from "./head.ts";

export interface ScoreSizes {
  readonly h: number;
  readonly k: number;
  readonly covariates: number;
  /** [k]; absent where every score has slopes and an offset. */
  readonly forms?: readonly ScoreForm[] | undefined;
}

type Forms = ScoreSizes["forms"];

export function scoreWeights({ h, k, covariates, forms }: ScoreSizes): WeightSpec[] {
  const sloped = placesOf(forms, "offset", k).length;
  const shifted = placesOf(forms, "slope", k).length;
  return [
    { name: "head.weight", shape: [h, sloped], initialisation: "glorot" },
    ...(shifted === 0 ? [] : ([{ name: "head.bias", shape: [shifted], initialisation: "zeros" }] as const)),
    ...(covariates === 0
      ? []
      : ([{ name: "head.covariate", shape: [covariates, sloped], initialisation: "glorot" }] as const)),
  ];
}

/** Scores of a bag [1, k], and what of them no tile brought [1, k]. */
export function linearScores(
  scope: Scope,
  { embedding, offset }: Pooled,
  forms?: Forms,
): { scores: Tensor; rest: Tensor } {
  const weight = slopes(scope, "head.weight", forms);
  const bias = offsets(scope, forms);
  const own = branchMask(scope, embedding.shape[0] as number);
  const scores = own === null ? linear(embedding, weight, bias) : add(selected(gemm(embedding, weight), own), bias);
  const fixed = reshape(bias, [1, scope.k]);
  const shifted = offset === undefined ? fixed : add(linear(offset, weight), fixed);
  if (scope.covariates === null) return { scores, rest: shifted };
  const beside = linear(scope.covariates, slopes(scope, "head.covariate", forms));
  return { scores: add(scores, beside), rest: add(shifted, beside) };
}

/** What each tile adds to each score, [n, k]; null where tiles were mixed before they were pooled. */
export function linearTerms(scope: Scope, { shares, instances, embedding }: Pooled, forms?: Forms): Tensor | null {
  if (instances === undefined) return null;
  const weight = slopes(scope, "head.weight", forms);
  const own = branchMask(scope, embedding.shape[0] as number);
  if (own !== null) return mul(gemm(shares, own), linear(instances, weight));
  const isOneShare = shares.shape[1] === 1;
  return isOneShare ? mul(shares, linear(instances, weight)) : linear(mul(shares, instances), weight);
}

/** Attention of each tile, [n, 1], summing to 1: its mean share over branches, or over the width of the embedding. */
export function attentionOf(shares: Tensor): Tensor {
  return shares.shape[1] === 1 ? shares : mean(shares, { axes: [1], keep: true });
}

/** Scores that are not of one form. */
function placesOf(forms: Forms, without: ScoreForm, k: number): number[] {
  return Array.from({ length: k }, (_, c) => c).filter((c) => forms?.[c] !== without);
}

/** A matrix of slopes [in, k], with columns of 0 for scores without. */
function slopes(scope: Scope, name: string, forms: Forms): Tensor {
  const weight = scope.weight(name);
  const places = placesOf(forms, "offset", scope.k);
  return places.length === scope.k ? weight : gemm(weight, spread(places, scope.k));
}

/** Offsets [k], 0 for scores without. */
function offsets(scope: Scope, forms: Forms): Tensor {
  const places = placesOf(forms, "slope", scope.k);
  if (places.length === 0) return constant(new Float32Array(scope.k), [scope.k]);
  const bias = scope.weight("head.bias");
  if (places.length === scope.k) return bias;
  return reshape(gemm(reshape(bias, [1, places.length]), spread(places, scope.k)), [scope.k]);
}

/** Takes column i to column places[i] of k. */
function spread(places: readonly number[], k: number): Tensor {
  const map = new Float32Array(places.length * k);
  for (const [i, place] of places.entries()) map[i * k + place] = 1;
  return constant(map, [places.length, k]);
}

/** 1 where a branch (row) serves a score (column); null where one branch serves all. @throws RangeError for another number of branches */
function branchMask({ k, groups }: Scope, branches: number): Tensor | null {
  if (branches === 1) return null;
  const owner =
    branches === k
      ? Array.from({ length: k }, (_, c) => c)
      : groups.flatMap((size, g) => new Array<number>(size).fill(g));
  if (branches !== k && branches !== groups.length) {
    throw new RangeError(`expected 1, ${k} or ${groups.length} branches, received ${branches}`);
  }
  const mask = new Float32Array(branches * k);
  for (const [c, branch] of owner.entries()) mask[branch * k + c] = 1;
  return constant(mask, [branches, k]);
}

function selected(all: Tensor, mask: Tensor): Tensor {
  return sum(mul(all, mask), { axes: [0], keep: true });
}
