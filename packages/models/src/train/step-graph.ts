/**
 * The graphs of one step, as ONNX. One bag a step: a single graph from a bag to new weights. Several bags a step: one graph
 * adds the gradients of a bag to running sums, a second makes new weights of the sums. Where the loss compares bags with each
 * other (Cox), the scores of all bags are asked for first, and the slopes of that loss are fed in place of a loss of one bag.
 */
import {
  add,
  encodeModel,
  gradientSums,
  input,
  mul,
  parameter,
  type StateSpec,
  sum,
  type Tensor,
  type Trained,
  updateWeights,
} from "@nacre/graph";
import { chooseOptimiser, type OptimiserOptions, trainedWeights } from "./optimiser-choice.ts";
import {
  assemble,
  bagInputs,
  gradientsOf,
  type MaskSpec,
  type ModelDesign,
  weightInputs,
  weightSpecs,
} from "./program.ts";

export interface StepOptions extends OptimiserOptions {
  /** Length that all gradients together are shortened to; null (the default) for none. */
  readonly clipNorm?: number | null;
}

export interface Encoded {
  readonly onnx: Uint8Array;
  readonly masks: readonly MaskSpec[];
}

/** Suffix of the running sum of a weight's gradients. */
export const SUM = ".sum";

/** Bag, `target`, weights and what is kept of them in; `loss`, and each of those with `.next` out. */
export function wholeStep(design: ModelDesign, options: StepOptions): Encoded {
  const { outputs, masks } = stepOutputs(design, options);
  return { onnx: encodeModel({ outputs, name: "learn" }), masks };
}

/** What a step of one bag gives, as nodes. */
export function stepOutputs(design: ModelDesign, options: StepOptions) {
  const weights = weightInputs(design);
  const { loss, masks } = lossOf(design, weights);
  const slopes = gradientsOf(loss, weights);
  const { outputs } = moved(design, weights, (name) => slopes.get(name) as Tensor, options);
  return { outputs: { loss, ...outputs }, masks };
}

/** Bag, `target`, weights and sums in; each sum with `.next` out, and `loss` where a bag has one of its own. */
export function addingStep(design: ModelDesign): Encoded {
  const weights = weightInputs(design);
  const { loss, own, masks } = lossOf(design, weights);
  const slopes = gradientsOf(loss, weights);
  const { outputs } = gradientSums(trainedBy(design, weights, (name) => slopes.get(name) as Tensor));
  return { onnx: encodeModel({ outputs: own === null ? outputs : { loss: own, ...outputs }, name: "add" }), masks };
}

/** Weights, what is kept of them, sums and `share` (one over the number of bags) in; the first two with `.next` out. */
export function movingStep(design: ModelDesign, options: StepOptions): Uint8Array {
  const share = input("share", []);
  const shapes = new Map(weightSpecs(design).map(({ name, shape }) => [name, shape]));
  const slopeOf = (name: string): Tensor => mul(parameter(name + SUM, shapes.get(name) ?? []), share);
  const { outputs } = moved(design, weightInputs(design), slopeOf, options);
  return encodeModel({ outputs, name: "move" });
}

/** What the optimiser keeps beside the weights. */
export function keptState(design: ModelDesign, options: StepOptions): readonly StateSpec[] {
  const weights = weightInputs(design);
  return moved(design, weights, (name) => weights.get(name) as Tensor, options).state;
}

/** Bag, `target` and weights in; `scores` out, with the masks of the fit. */
export function scoringStep(design: ModelDesign): Encoded {
  const { scored, masks } = assemble(design, weightInputs(design), bagInputs(design), targetOf(design));
  return { onnx: encodeModel({ outputs: { scores: scored.scores }, name: "score" }), masks };
}

export interface BagLoss {
  /** What is differentiated, [] or [1]: `task` and `further` together. */
  readonly loss: Tensor;
  /** The part of it that is a loss of this bag alone; null where bags are only compared. */
  readonly own: Tensor | null;
  /** Of the task: what the bag has alone, and what it has among others. */
  readonly task: Tensor;
  /** The part of `task` that is a loss of this bag alone. */
  readonly ownTask: Tensor | null;
  /** Of the aggregator's own loss. */
  readonly further: Tensor | null;
  /** How many tiles of each end of the attention `further` looks at, if no others. */
  readonly ends: number | null;
  /** [1, k] */
  readonly scores: Tensor;
  readonly masks: readonly MaskSpec[];
  /** What enters each block. */
  readonly blocks: readonly Tensor[];
}

/** The loss of a bag. `slopes` [1, k], an input where bags are coupled, times the scores has the gradient of the coupled loss. */
export function lossOf(design: ModelDesign, weights: ReadonlyMap<string, Tensor>): BagLoss {
  const { head } = design;
  const target = targetOf(design);
  const { scored, masks, blocks } = assemble(design, weights, bagInputs(design), target);
  const { scores, auxiliary } = scored;
  const share = 1 - (auxiliary?.share ?? 0);
  const ownTask = head.loss === null ? null : mul(head.loss(scores, target), share);
  const coupled = head.slopes === undefined ? null : mul(sum(mul(scores, input("slopes", [1, head.k]))), share);
  const further = auxiliary === undefined ? null : mul(auxiliary.loss, auxiliary.share);
  const task = total([ownTask, coupled]);
  const loss = total([task, further]);
  if (loss === null || task === null) {
    throw new RangeError("expected a head with a loss of a bag or of bags together, received neither");
  }
  const own = total([ownTask, further]);
  return { loss, own, task, ownTask, further, ends: auxiliary?.ends ?? null, scores, masks, blocks };
}

export function targetOf({ head }: ModelDesign): Tensor {
  return input("target", [1, head.t]);
}

function total(parts: readonly (Tensor | null)[]): Tensor | null {
  const found = parts.filter((part) => part !== null);
  return found.length === 0 ? null : found.reduce((a, b) => add(a, b));
}

function trainedBy(
  design: ModelDesign,
  weights: ReadonlyMap<string, Tensor>,
  slopeOf: (name: string) => Tensor,
  options: OptimiserOptions = { weightDecay: 0 },
): Trained[] {
  return trainedWeights(weightSpecs(design), weights, slopeOf, options);
}

function moved(
  design: ModelDesign,
  weights: ReadonlyMap<string, Tensor>,
  slopeOf: (name: string) => Tensor,
  options: StepOptions,
) {
  const { clipNorm = null } = options;
  const trained = trainedBy(design, weights, slopeOf, options);
  return updateWeights(chooseOptimiser(options), trained, clipNorm === null ? {} : { clipNorm });
}
