/**
 * A fitted model as one ONNX file, and back. The file answers by itself: `features` [n, d] in (with `places` [n, 2] and
 * `covariates` [1, c] where the model asks for them); out come the answers of its task (`probabilities` [k] for classes), and
 *
 *   logits        [k], the scores the answers are made of
 *   embedding     [b h], one part a branch
 *   attention     [n], at least 0, sums to 1
 *   contribution  [n, k], what each tile adds to each score: exact where the aggregator pools tiles, so that logits = sum over
 *                 tiles + bias; elsewhere the gradient times the distance from the mean train tile, and `bias` is what is left
 *   bias          [k]
 *
 * The metadata key `contribution` is `exact`, `exact-mixed` (exact for tokens that have seen other tiles) or `gradient-input`.
 * Some give more, under names that begin with `further.`: all whose contributions are gradients `baseline` [d], the mean train tile.
 * The learned numbers lie in one constant; the metadata key `weights` says where.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import {
  concat,
  constant,
  encodeModel,
  gradients,
  mul,
  readModelMetadata,
  readModelWeights,
  reshape,
  slice,
  squeeze,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { chooseAggregator } from "../aggregator/registry.ts";
import { PLAIN_LOSS } from "../head/head.ts";
import { attentionOf } from "../head/linear-scores.ts";
import { headOf } from "../head/registry.ts";
import type { Weights } from "../train/initialise.ts";
import {
  type Assembled,
  assemble,
  type BagInputs,
  bagInputs,
  type ModelDesign,
  weightSpecs,
} from "../train/program.ts";
import { type ModelInfo, readModelInfo, writeModelInfo } from "./model-info.ts";
import { type Packed, type PackedSlot, packWeights, unpackWeights } from "./packed-weights.ts";

/** Beginning of the names of outputs that only some aggregators give, such as a feature of the slide. */
export const FURTHER = "further.";

/** What a model answers, as tensors of the shapes above. */
export interface Answers {
  /** Answers of the task, by name. */
  readonly task: Readonly<Record<string, Tensor>>;
  readonly logits: Tensor;
  readonly bias: Tensor;
  readonly embedding: Tensor;
  readonly attention: Tensor;
  readonly contribution: Tensor;
  /** What the aggregator gives beside, by the name of the output: with `further.` before its own. */
  readonly further: Readonly<Record<string, Tensor>>;
  readonly isExact: boolean;
}

export interface Member {
  readonly design: ModelDesign;
  readonly weights: Weights;
}

export function encodeFitted(design: ModelDesign, weights: Weights, info: ModelInfo): Uint8Array {
  const packed = packWeights(design.standardisation, weights, weightSpecs(design));
  const { task, further, isExact, ...answers } = answersOf(design, packed, bagInputs(design));
  const contribution = contributionKind([{ isExact, mixesTiles: design.aggregator.mixesTiles === true }]);
  return encodeModel({
    outputs: { ...task, ...answers, ...further },
    name: "model",
    metadata: { ...writeModelInfo(info), contribution, weights: JSON.stringify(packed.layout) },
  });
}

/** How contributions of a model of these members are to be read. */
export type ContributionKind = "exact" | "exact-mixed" | "gradient-input";

export function contributionKind(
  members: readonly { readonly isExact: boolean; readonly mixesTiles: boolean }[],
): ContributionKind {
  if (!members.every(({ isExact }) => isExact)) return "gradient-input";
  return members.some(({ mixesTiles }) => mixesTiles) ? "exact-mixed" : "exact";
}

/** The forward pass over packed weights. @param baseline the tile that contributes nothing where contributions are gradients, [d] */
export function answersOf(
  design: ModelDesign,
  { values, layout }: Packed,
  inputs: BagInputs,
  baseline: Float32Array = design.standardisation.mean,
): Answers {
  const all = constant(values);
  const weights = new Map(layout.map((slot) => [slot.name, cut(all, slot)]));
  const assembled = assemble(design, weights, inputs, null);
  const { scores, embedding, shares, terms, rest } = assembled.scored;
  const contribution = terms ?? gradientTerms(assembled, design, baseline);
  const left = rest ?? sub(scores, sum(contribution, { axes: [0], keep: true }));
  const further = {
    ...assembled.scored.further,
    ...(terms === null ? { baseline: constant(baseline, [design.d]) } : {}),
  };
  const size = embedding.shape.reduce<number>((product, length) => product * (length as number), 1);
  return {
    task: design.head.answers(scores),
    logits: squeeze(scores, [0]),
    bias: squeeze(left, [0]),
    embedding: reshape(embedding, [size]),
    attention: squeeze(attentionOf(shares), [1]),
    contribution,
    further: Object.fromEntries(Object.entries(further).map(([name, value]) => [FURTHER + name, value])),
    isExact: terms !== null,
  };
}

/** Gradient of each score by each tile times its distance from the baseline, [n, k]: exact to the first order around that. */
function gradientTerms({ scored, tiles }: Assembled, design: ModelDesign, baseline: Float32Array): Tensor {
  const { mean, deviation } = design.standardisation;
  const shift = mean.map((value, j) => ((baseline[j] as number) - value) / (deviation[j] as number));
  const distance = shift.some((value) => value !== 0) ? sub(tiles, constant(shift, [1, design.d])) : tiles;
  const columns = Array.from({ length: design.head.k }, (_, c) => {
    const score = slice(scored.scores, { axis: 1, start: c, end: c + 1 });
    const [slope] = gradients(sum(score), [tiles]) as [Tensor];
    return sum(mul(slope, distance), { axes: [1], keep: true });
  });
  return concat(columns, 1);
}

function cut(all: Tensor, { shape, start }: PackedSlot): Tensor {
  const end = start + shape.reduce((product, size) => product * size, 1);
  return reshape(slice(all, { axis: 0, start, end }), shape);
}

/** What the metadata of one of our files says. Fails with `bad-model`. */
export function describeModel(onnx: Uint8Array): Outcome<ModelInfo> {
  const read = readModelMetadata(onnx);
  return read.ok ? readModelInfo(read.value.metadata) : read;
}

/** Design and weights of a single model's file. Fails with `bad-model`, also for an average of several. */
export function decodeFitted(onnx: Uint8Array): Outcome<Member & { readonly info: ModelInfo }> {
  const read = readModelMetadata(onnx);
  if (!read.ok) return read;
  const info = readModelInfo(read.value.metadata);
  if (!info.ok) return info;
  const { aggregator, d, covariates, task, facts } = info.value;
  const chosen = chooseAggregator({ ...aggregator.options, name: aggregator.name });
  if (!chosen.ok) return notOurs(`aggregator ${aggregator.name} with options this version does not know`);
  const packed = packedOf(onnx, read.value.metadata.weights);
  if (packed === null) return notOurs("no packed weights");
  try {
    const { standardisation, weights } = unpackWeights(packed);
    const head = headOf(task, facts, PLAIN_LOSS);
    const design: ModelDesign = { ...chosen.value, task, head, d, covariates, standardisation };
    return ok({ design, weights, info: info.value });
  } catch (error) {
    if (error instanceof RangeError) return notOurs(error.message);
    throw error;
  }
}

function packedOf(onnx: Uint8Array, text: string | undefined): Packed | null {
  const constants = readModelWeights(onnx);
  if (text === undefined || !constants.ok) return null;
  const layout = JSON.parse(text) as PackedSlot[]; // written by encodeFitted; unpackWeights checks the places
  const total = layout.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  for (const { shape, values } of constants.value.values()) {
    if (shape.length === 1 && shape[0] === total && values instanceof Float32Array) {
      return { values: Float32Array.from(values), layout };
    }
  }
  return null;
}

function notOurs(received: string) {
  return fail("bad-model", {
    expected: "a model of one fold, written by this version of nacre",
    received,
    remedy: "use model/fold-0.onnx and its siblings of a finished run, or fit again",
  });
}
