/** Loss, scores and gradients of one bag, however it is worked through. */
import { randomStream } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import { openSession } from "@nacre/graph/node";
import { openGradient } from "../../src/train/bag-gradient.ts";
import type { Weights } from "../../src/train/initialise.ts";
import { type ModelDesign, weightSpecs } from "../../src/train/program.ts";
import { firstState, takeTurns } from "../../src/train/state.ts";
import { noiseBag } from "../planted-bags.ts";

export interface Run {
  readonly loss: number;
  readonly scores: Float32Array;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

export interface RunOptions {
  readonly n: number;
  /** Default `WHOLE`. */
  readonly chunk?: number;
  readonly keptBytes?: number;
  readonly wholeTiles?: number;
  readonly threads?: number;
  /** Noise where they are not given. */
  readonly features?: Float32Array;
  /** Fresh where they are not given. */
  readonly weights?: Weights;
}

/** More tiles than any bag here has. */
export const WHOLE = 1_000_000;

/** Loss, scores and gradients of one bag of noise on a field eleven tiles wide. */
export async function gradientsOf(
  design: ModelDesign,
  { n, threads = 1, chunk = WHOLE, ...given }: RunOptions,
): Promise<Run> {
  const specs = weightSpecs(design);
  const weights = firstState(specs, [], 3, given.weights);
  const zeros = specs.map(({ name, shape }): [string, TensorData] => [
    `${name}.sum`,
    { data: new Float32Array(shape.reduce((a, b) => a * b, 1)), dims: shape },
  ]);
  const sums = takeTurns(Object.fromEntries(zeros));
  const features = given.features ?? noiseBag(n, design.d, randomStream(2, n)).features;
  const target = new Float32Array(design.head.t);
  design.head.encode(1, target);
  const feeds = {
    features: { data: features, dims: [n, design.d] },
    target: { data: target, dims: [1, target.length] },
    ...(design.aggregator.usesPlaces ? { places: { data: fieldOf(n), dims: [n, 2] } } : {}),
    ...(design.covariates === 0
      ? {}
      : { covariates: { data: new Float32Array(design.covariates).fill(0.5), dims: [1, design.covariates] } }),
  };
  const { keptBytes, wholeTiles } = given;
  const options = {
    ...(keptBytes === undefined ? {} : { keptBytes }),
    ...(wholeTiles === undefined ? {} : { wholeTiles }),
  };
  const gradient = openGradient(design, { chunk, ...options }, (onnx) => openSession(onnx, { threads }));
  const scores = await gradient.scores(feeds, randomStream(5), weights);
  const loss = await gradient.add(feeds, randomStream(5), weights, sums);
  const found = specs.map(({ name }) => [name, sums.now[`${name}.sum`]?.data as Float32Array]);
  return { loss, scores, gradients: Object.fromEntries(found) };
}

/** Columns and rows, row by row. */
function fieldOf(n: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: 2 * n }, (_, at) =>
    at % 2 === 0 ? Math.floor(at / 2) % 11 : Math.floor(at / 22),
  );
}

/** Largest difference between two runs in loss, scores and gradients, the latter relative to the largest gradient there is. */
export function distance(a: Run, b: Run): number {
  const largest = (values: Float32Array): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const apart = (p: Float32Array, q: Float32Array): number => largest(p.map((v, i) => v - (q[i] as number)));
  const names = Object.keys(a.gradients);
  const slopes = ({ gradients }: Run): Float32Array[] => names.map((name) => gradients[name] as Float32Array);
  const [own, other] = [slopes(a), slopes(b)];
  const most = Math.max(...other.map(largest));
  const each = own.map((values, i) => apart(values, other[i] as Float32Array) / most);
  return Math.max(Math.abs(a.loss - b.loss), apart(a.scores, b.scores), ...each);
}
