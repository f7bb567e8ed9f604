/**
 * A fitted model as one ONNX file, and back. The file answers by itself: `features` [n, d] in; out come
 * `probabilities`, `logits` and `bias` [k], `embedding` [h], `attention` [n] (sums to 1) and `contribution` [n, k]
 * (logits = sum over tiles + bias, exactly). The learned numbers lie in one constant; the metadata key `weights` says where.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import {
  constant,
  encodeModel,
  readModelMetadata,
  readModelWeights,
  reshape,
  slice,
  softmax,
  squeeze,
  type Tensor,
} from "@nacre/graph";
import { chooseAggregator } from "../aggregator/registry.ts";
import { attentionOf, classifyContribution } from "../head/classify.ts";
import type { Weights } from "../train/initialise.ts";
import { assemble, featuresOf, type ModelDesign, weightSpecs } from "../train/program.ts";
import { type ModelInfo, readModelInfo, writeModelInfo } from "./model-info.ts";
import { type Packed, type PackedSlot, packWeights, unpackWeights } from "./packed-weights.ts";

/** What a model answers, as tensors of the shapes above. */
export interface Answers {
  readonly probabilities: Tensor;
  readonly logits: Tensor;
  readonly bias: Tensor;
  readonly embedding: Tensor;
  readonly attention: Tensor;
  readonly contribution: Tensor;
}

export interface Member {
  readonly design: ModelDesign;
  readonly weights: Weights;
}

export function encodeFitted(design: ModelDesign, weights: Weights, info: ModelInfo): Uint8Array {
  const packed = packWeights(design.standardisation, weights, weightSpecs(design));
  return encodeModel({
    outputs: { ...answersOf(design, packed, featuresOf(design)) },
    name: "model",
    metadata: { ...writeModelInfo(info), weights: JSON.stringify(packed.layout) },
  });
}

/** The forward pass over packed weights. */
export function answersOf(design: ModelDesign, { values, layout }: Packed, features: Tensor): Answers {
  const all = constant(values);
  const weights = new Map(layout.map((slot) => [slot.name, cut(all, slot)]));
  const { scope, pooled, logits } = assemble(design, weights, features, null);
  return {
    probabilities: squeeze(softmax(logits, 1), [0]),
    logits: squeeze(logits, [0]),
    bias: scope.weight("head.bias"),
    embedding: squeeze(pooled.embedding, [0]),
    attention: squeeze(attentionOf(pooled), [1]),
    contribution: classifyContribution(scope, pooled),
  };
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
  const { aggregator, d, task } = info.value;
  const chosen = chooseAggregator({ ...aggregator.options, name: aggregator.name });
  if (!chosen.ok) return notOurs(`aggregator ${aggregator.name} with options this version does not know`);
  const packed = packedOf(onnx, read.value.metadata.weights);
  if (packed === null) return notOurs("no packed weights");
  try {
    const { standardisation, weights } = unpackWeights(packed);
    const design: ModelDesign = { ...chosen.value, d, k: task.classes.length, standardisation };
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
