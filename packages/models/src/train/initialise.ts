/**
 * First weights, mostly Glorot and Bengio 2010 in normal form: deviation sqrt(2 / (fan in + fan out)). Each array draws from a stream
 * of its own, named by the array, so that adding one never changes the start of another.
 */
import { randomStream } from "@nacre/core";
import type { WeightSpec } from "../aggregator/aggregator.ts";

/** Trained numbers by name; row-major, in the shape of their `WeightSpec`. */
export type Weights = Readonly<Record<string, Float32Array<ArrayBuffer>>>;

/** Fresh weights for every spec; the same seed gives the same bits. */
export function initialise(specs: readonly WeightSpec[], seed: number): Weights {
  return Object.fromEntries(specs.map((spec) => [spec.name, draw(spec, seed)]));
}

/** How many numbers an array of weights holds. */
export function countOf(spec: WeightSpec): number {
  return spec.shape.reduce((product, size) => product * size, 1);
}

function draw(spec: WeightSpec, seed: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(countOf(spec));
  const { initialisation } = spec;
  if (initialisation === "zeros") return values;
  if (initialisation === "ones") return values.fill(1);
  if (typeof initialisation === "object" && "fill" in initialisation) return values.fill(initialisation.fill);
  const deviation = initialisation === "glorot" ? glorot(spec.shape) : initialisation.normal;
  const random = randomStream(seed, "initialise", spec.name);
  for (let i = 0; i < values.length; i++) values[i] = random.normal() * deviation;
  return values;
}

/** Fan in and fan out of a matrix [in, out]; of a kernel [out, in, ...size] each times its size. */
function glorot(shape: readonly number[]): number {
  const [rows = 1, columns = 1, ...kernel] = shape;
  const size = kernel.reduce((product, length) => product * length, 1);
  return Math.sqrt(2 / ((rows + columns) * size));
}
