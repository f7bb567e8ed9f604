/**
 * The running fit: weights and the moments of Adam go into the learning graph and come out moved by one step. Nothing is kept
 * inside the runtime and nothing is built per step: two sets of arrays take turns as what is fed and what is filled.
 */
import type { Bag, Random } from "@nacre/core";
import {
  adam,
  adamScalars,
  encodeModel,
  input,
  type OpenSession,
  parameter,
  settleMoments,
  type Tensor,
  type TensorData,
} from "@nacre/graph";
import { fillMask } from "./dropout-mask.ts";
import { initialise, type Weights } from "./initialise.ts";
import { gradientsOf, lossOf, type MaskSpec, type ModelDesign, weightInputs, weightSpecs } from "./program.ts";

export interface LearnerOptions {
  readonly classWeights: Float32Array;
  readonly weightDecay: number;
  readonly threads: number;
  readonly seed: number;
}

/** What a step looks at; all of a bag but the places. */
export type Tiles = Pick<Bag, "features" | "n" | "d">;

export interface Learner {
  /** One step of Adam on one bag; answers the loss before the step. `random` makes the dropout masks. */
  step(tiles: Tiles, label: number, lr: number, random: Random): Promise<number>;
  /** Clears moments of dead units, which decay to subnormal numbers and then slow every step several times. Once an epoch is enough. */
  settle(): void;
  /** The weights as they are now, as feeds. The next step but one writes over them: copy what is to be kept. */
  current(): Readonly<Record<string, TensorData>>;
  close(): Promise<void>;
}

const FIRST = ".m";
const SECOND = ".v";
const NEXT = ".next";

/** The learning graph as ONNX: `loss`, and each weight and moment under its name with `.next`. */
export function learningModel(
  design: ModelDesign,
  { classWeights, weightDecay }: Pick<LearnerOptions, "classWeights" | "weightDecay">,
): { readonly onnx: Uint8Array; readonly masks: readonly MaskSpec[] } {
  const weights = weightInputs(design);
  const { loss, masks } = lossOf(design, weights, classWeights);
  const slopes = gradientsOf(loss, weights);
  const rate = input("rate", []);
  const correction = input("correction", []);
  const outputs: Record<string, Tensor> = { loss };
  for (const { name, shape } of weightSpecs(design)) {
    const [weight, slope] = [weights.get(name) as Tensor, slopes.get(name) as Tensor]; // both maps hold every spec
    const moved = adam(weight, slope, parameter(name + FIRST, shape), parameter(name + SECOND, shape), {
      rate,
      correction,
      weightDecay,
    });
    outputs[name + NEXT] = moved.parameter;
    outputs[name + FIRST + NEXT] = moved.m;
    outputs[name + SECOND + NEXT] = moved.v;
  }
  return { onnx: encodeModel({ outputs, name: "learn" }), masks };
}

/** Opens the learning graph with fresh weights. */
export async function openLearner(design: ModelDesign, options: LearnerOptions, open: OpenSession): Promise<Learner> {
  const { onnx, masks } = learningModel(design, options);
  const session = await open(onnx, { threads: options.threads });
  let state = firstState(design, options.seed);
  let spare = emptyLike(state);
  let steps = 0;
  const label = { data: new Float32Array(design.k), dims: [1, design.k] };
  const scalar = (): { data: Float32Array<ArrayBuffer>; dims: number[] } => ({ data: new Float32Array(1), dims: [] });
  const [rate, correction, loss] = [scalar(), scalar(), scalar()];
  const makeMasks = maskMaker(masks);
  return {
    async step({ features, n, d }, index, lr, random) {
      steps += 1;
      label.data.fill(0);
      label.data[index] = 1;
      const scalars = adamScalars(steps, lr);
      rate.data[0] = scalars.rate;
      correction.data[0] = scalars.correction;
      const feeds = {
        ...state,
        ...makeMasks(n, random),
        features: { data: features, dims: [n, d] },
        label,
        rate,
        correction,
      };
      const into: Record<string, TensorData> = { loss };
      for (const [name, value] of Object.entries(spare)) into[name + NEXT] = value;
      await session.run(feeds, into);
      [state, spare] = [spare, state];
      return loss.data[0] as number;
    },
    settle() {
      for (const { name } of weightSpecs(design)) {
        for (const moment of [FIRST, SECOND]) settleMoments(state[name + moment]?.data as Float32Array);
      }
    },
    current: () => Object.fromEntries(weightSpecs(design).map(({ name }) => [name, state[name] as TensorData])),
    close: () => session.close(),
  };
}

/** Copies of trained numbers that no later step touches. */
export function copyWeights(feeds: Readonly<Record<string, TensorData>>): Weights {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)]),
  );
}

function firstState(design: ModelDesign, seed: number): Record<string, TensorData> {
  const specs = weightSpecs(design);
  const weights = initialise(specs, seed);
  const state: Record<string, TensorData> = {};
  for (const { name, shape } of specs) {
    const data = weights[name] as Float32Array<ArrayBuffer>; // initialise() answers for every spec
    state[name] = { data, dims: shape };
    state[name + FIRST] = { data: new Float32Array(data.length), dims: shape };
    state[name + SECOND] = { data: new Float32Array(data.length), dims: shape };
  }
  return state;
}

function emptyLike(state: Readonly<Record<string, TensorData>>): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(state).map(([name, { data, dims }]) => [name, { data: new Float32Array(data.length), dims }]),
  );
}

/** Fresh masks at each call, in buffers that only grow. */
function maskMaker(specs: readonly MaskSpec[]): (n: number, random: Random) => Record<string, TensorData> {
  const buffers = new Map<string, Uint8Array>();
  return (n, random) => {
    const feeds: Record<string, TensorData> = {};
    for (const { name, width, rate } of specs) {
      const count = n * width;
      let buffer = buffers.get(name);
      if (buffer === undefined || buffer.length < count) {
        buffer = new Uint8Array(Math.ceil(count / 4) * 4);
        buffers.set(name, buffer);
      }
      fillMask(buffer, count, rate, random);
      feeds[name] = { data: buffer.subarray(0, count), dims: [n, width] };
    }
    return feeds;
  };
}
