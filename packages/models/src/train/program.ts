/**
 * From the description of a model to the graphs that run: one to learn (loss, gradients and new weights), one to judge on the
 * tune part, one to keep. All three call the same builders, so what is trained is what is deployed.
 */
import { add, constant, crossEntropy, dropout, gradients, input, mul, parameter, sub, type Tensor } from "@nacre/graph";
import type { Pooled, Scope, WeightSpec } from "../aggregator/aggregator.ts";
import type { ChosenAggregator } from "../aggregator/registry.ts";
import { classifyLogits, classifyWeights } from "../head/classify.ts";
import { dropoutRate } from "./dropout-mask.ts";
import type { Standardisation } from "./standardise.ts";

/** Everything but the weights. */
export interface ModelDesign extends ChosenAggregator {
  /** Number of features of a tile. */
  readonly d: number;
  /** Number of classes. */
  readonly k: number;
  readonly standardisation: Standardisation;
}

/** A mask the learning graph wants at each step: uint8 [n, width], with this share of zeros. */
export interface MaskSpec {
  readonly name: string;
  readonly width: number;
  readonly rate: number;
}

/** What all graphs share. */
export interface Assembled {
  readonly scope: Scope;
  readonly pooled: Pooled;
  /** [1, k] */
  readonly logits: Tensor;
  readonly masks: readonly MaskSpec[];
}

/** The weights of a design, the aggregator's first, then the head's. */
export function weightSpecs({ aggregator, options, d, k }: ModelDesign): WeightSpec[] {
  return [...aggregator.weights(options, d, k), ...classifyWeights(aggregator.width(options, d), k)];
}

/** Weights as inputs, fed at each run. */
export function weightInputs(design: ModelDesign): Map<string, Tensor> {
  return new Map(weightSpecs(design).map(({ name, shape }) => [name, parameter(name, shape)]));
}

/** The forward pass. A label turns on what only the fit has: masks and further losses. */
export function assemble(
  design: ModelDesign,
  weights: ReadonlyMap<string, Tensor>,
  features: Tensor,
  label: Tensor | null,
): Assembled {
  const masks: MaskSpec[] = [];
  const scope: Scope = {
    tiles: standardised(features, design.standardisation),
    d: design.d,
    k: design.k,
    label,
    weight(name) {
      const weight = weights.get(name);
      if (weight !== undefined) return weight;
      throw new RangeError(`expected a declared weight (${[...weights.keys()].join(", ")}), received ${name}`);
    },
    dropout(name, x, wanted) {
      const rate = dropoutRate(wanted);
      if (label === null || rate === 0) return x;
      const [n = "n", width] = x.shape;
      if (typeof width !== "number")
        throw new RangeError(`expected [n, width] for dropout ${name}, received ${x.shape}`);
      const mask = { name: `mask.${name}`, width, rate };
      masks.push(mask);
      return dropout(x, input(mask.name, [n, width], "uint8"), 1 - rate);
    },
  };
  const pooled = design.aggregator.build(scope, design.options);
  return { scope, pooled, logits: classifyLogits(scope, pooled.embedding), masks };
}

/** The loss of a bag and what it needs: inputs `features` [n, d] and `label` (one-hot, [1, k]). */
export function lossOf(
  design: ModelDesign,
  weights: ReadonlyMap<string, Tensor>,
  classWeights: Float32Array,
): { loss: Tensor; masks: readonly MaskSpec[] } {
  const label = input("label", [1, design.k]);
  const { logits, pooled, masks } = assemble(design, weights, featuresOf(design), label);
  const bag = crossEntropy(logits, mul(label, constant(classWeights, [1, design.k])));
  if (pooled.auxiliary === undefined) return { loss: bag, masks };
  const { loss, share } = pooled.auxiliary;
  return { loss: add(mul(bag, 1 - share), mul(loss, share)), masks };
}

/** Gradients of the loss by the name of the weight. */
export function gradientsOf(loss: Tensor, weights: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const found = gradients(loss, [...weights.values()]);
  return new Map([...weights.keys()].map((name, i) => [name, found[i] as Tensor])); // answered in the order of the question
}

/** What judging asks for: weights and `features` in, `logits` [1, k] out. */
export function judgingOutputs(design: ModelDesign): Record<string, Tensor> {
  return { logits: assemble(design, weightInputs(design), featuresOf(design), null).logits };
}

export function featuresOf({ d }: ModelDesign): Tensor {
  return input("features", ["n", d]);
}

function standardised(features: Tensor, { mean, deviation }: Standardisation): Tensor {
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
