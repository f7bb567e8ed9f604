/** Runs tensors on the native runtime with plain lists of numbers, for tests. */
import { encodeModel, type Shape, type Tensor, type TensorData } from "../src/index.ts";
import { openSession } from "../src/node.ts";

export interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type Floats = "float32" | "float64";

export function dataOf({ shape, values }: Numbers, dtype: Floats = "float32"): TensorData {
  return { data: dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values), dims: shape };
}

/** Outputs of one run, as lists. */
export async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Readonly<Record<string, TensorData>> = {},
  threads = 1,
): Promise<Record<string, number[]>> {
  const session = await openSession(encodeModel({ outputs }), { threads });
  try {
    const results = await session.run(feeds);
    return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]));
  } finally {
    await session.close();
  }
}

/** Largest difference, relative to the largest number expected. */
export function worst(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const size = Math.max(1e-12, ...expected.map(Math.abs));
  return Math.max(...actual.map((v, i) => Math.abs(v - (expected[i] as number)))) / size;
}

/** Number of values in a shape without names. */
export function sizeOfShape(shape: Shape): number {
  return shape.reduce<number>((n, d) => n * Number(d), 1);
}
