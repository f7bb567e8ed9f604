/**
 * From the description of a model to the graphs that run: one to learn (loss, gradients and new weights), one to judge on the
 * tune part, one to keep. All of them call the same builders, so what is trained is what is deployed.
 */
import type { Task } from "@nacre/core";
import { constant, dropout, gradients, input, mul, parameter, sub, type Tensor } from "@nacre/graph";
import type { Scope, Scored, Sizes, WeightSpec } from "../aggregator/aggregator.ts";
import type { ChosenAggregator } from "../aggregator/registry.ts";
import type { Head } from "../head/head.ts";
import { linearScores, linearTerms, scoreWeights } from "../head/linear-scores.ts";
import { dropoutRate } from "./dropout-mask.ts";
import type { Standardisation } from "./standardise.ts";

/** Everything but the weights. */
export interface ModelDesign extends ChosenAggregator {
  readonly task: Task;
  readonly head: Head;
  /** Number of features of a tile. */
  readonly d: number;
  /** Numbers known of a bag beside its tiles; 0 for none. */
  readonly covariates: number;
  readonly standardisation: Standardisation;
}

/** A mask the learning graph wants at each step: uint8 [n or rows, width], with this share of zeros. */
export interface MaskSpec {
  readonly name: string;
  /** null: as many as tiles. */
  readonly rows: number | null;
  readonly width: number;
  readonly rate: number;
}

/** What a model is fed of a bag, as nodes. */
export interface BagInputs {
  /** [n, d] */
  readonly features: Tensor;
  /** [n, 2] */
  readonly places: Tensor | null;
  /** [1, c] */
  readonly covariates: Tensor | null;
}

/** What all graphs share. */
export interface Assembled {
  readonly scored: Scored;
  /** Standardised features, [n, d]. */
  readonly tiles: Tensor;
  readonly masks: readonly MaskSpec[];
  /** What enters each block, from the tiles up; empty where the aggregator has none. */
  readonly blocks: readonly Tensor[];
}

export function sizesOf({ d, head, covariates }: ModelDesign): Sizes {
  return { d, k: head.k, groups: head.groups, covariates };
}

/** The weights of a design, the aggregator's first, then those of the scores. */
export function weightSpecs(design: ModelDesign): WeightSpec[] {
  const { aggregator, options, d, covariates, head } = design;
  const h = aggregator.width(options, d);
  const own = aggregator.weights(options, sizesOf(design));
  return h === null ? [...own] : [...own, ...scoreWeights({ h, k: head.k, covariates, forms: head.forms })];
}

/** Weights as inputs, fed at each run. */
export function weightInputs(design: ModelDesign): Map<string, Tensor> {
  return new Map(weightSpecs(design).map(({ name, shape }) => [name, parameter(name, shape)]));
}

export function bagInputs({ d, aggregator, covariates }: ModelDesign): BagInputs {
  return {
    features: input("features", ["n", d]),
    places: aggregator.usesPlaces ? input("places", ["n", 2]) : null,
    covariates: covariates === 0 ? null : input("covariates", [1, covariates]),
  };
}

/** The forward pass. A target turns on what only the fit has: masks and further losses. */
export function assemble(
  design: ModelDesign,
  weights: ReadonlyMap<string, Tensor>,
  { features, places, covariates }: BagInputs,
  target: Tensor | null,
): Assembled {
  const masks: MaskSpec[] = [];
  const blocks: Tensor[] = [];
  const tiles = standardised(features, design.standardisation);
  const { k, groups } = design.head;
  const scope: Scope = {
    tiles,
    places,
    covariates,
    d: design.d,
    k,
    groups,
    label: target === null ? null : (design.head.classes?.(target) ?? null),
    isFit: target !== null,
    weight(name) {
      const weight = weights.get(name);
      if (weight !== undefined) return weight;
      throw new RangeError(`expected a declared weight (${[...weights.keys()].join(", ")}), received ${name}`);
    },
    dropout(name, x, wanted) {
      const rate = dropoutRate(wanted);
      if (target === null || rate === 0) return x;
      const [rows = "n", width] = x.shape;
      if (x.shape.length !== 2 || typeof width !== "number") {
        throw new RangeError(`expected [rows, width] for dropout ${name}, received ${x.shape}`);
      }
      const mask = { name: `mask.${name}`, rows: typeof rows === "number" ? rows : null, width, rate };
      masks.push(mask);
      return dropout(x, input(mask.name, [rows, width], "uint8"), 1 - rate);
    },
    block(x) {
      if (!blocks.includes(x)) blocks.push(x);
      return x;
    },
  };
  const built = design.aggregator.build(scope, design.options);
  if ("scores" in built) return { scored: built, tiles, masks, blocks };
  const { scores, rest } = linearScores(scope, built, design.head.forms);
  const terms = linearTerms(scope, built, design.head.forms);
  const { instances, offset, ...kept } = built;
  return { scored: { ...kept, scores, terms, rest: terms === null ? null : rest }, tiles, masks, blocks };
}

/** Gradients of the loss by the name of the weight. */
export function gradientsOf(loss: Tensor, weights: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const found = gradients(loss, [...weights.values()]);
  return new Map([...weights.keys()].map((name, i) => [name, found[i] as Tensor])); // answered in the order of the question
}

/** What judging asks for: weights and a bag in, `scores` [1, k] out. */
export function judgingOutputs(design: ModelDesign): Record<string, Tensor> {
  return { scores: assemble(design, weightInputs(design), bagInputs(design), null).scored.scores };
}

/** Features [n, d] centred and scaled by fixed numbers. */
export function standardised(features: Tensor, { mean, deviation }: Standardisation): Tensor {
  const isShifted = mean.some((value) => value !== 0);
  const isScaled = deviation.some((value) => value !== 1);
  const centred = isShifted ? sub(features, constant(mean, [1, mean.length])) : features;
  return isScaled
    ? mul(
        centred,
        constant(
          deviation.map((value) => 1 / value),
          [1, mean.length],
        ),
      )
    : centred;
}
