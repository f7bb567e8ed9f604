/** Arrays of numbers as JSON has them, lists in lists, and as flat numbers with a shape. */
import { raise } from "@nacre/core";
import type { WeightArchive, WeightTensor } from "@nacre/graph";

/** A number, or lists of such of one length each. */
export type Nested = number | readonly Nested[];

export interface Numbers {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float64Array<ArrayBuffer>;
}

/** @throws FailureError bad-value for anything but finite numbers in lists of equal length */
export function numbersOf(value: unknown, name: string): Numbers {
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner); inner = inner[0]) shape.push(inner.length);
  const values = new Float64Array(shape.reduce((product, size) => product * size, 1));
  let place = 0;
  const fill = (part: unknown, depth: number): void => {
    const size = shape[depth];
    if (size === undefined && typeof part === "number" && Number.isFinite(part)) {
      values[place++] = part;
    } else if (size !== undefined && Array.isArray(part) && part.length === size) {
      for (const inner of part) fill(inner, depth + 1);
    } else {
      raise("bad-value", {
        expected: `finite numbers in lists of equal length under ${name} (here ${size === undefined ? "a number" : `a list of ${size}`})`,
        received: Array.isArray(part) ? `a list of ${part.length}` : (JSON.stringify(part) ?? "nothing"),
        remedy: "write every array as lists of numbers, row by row",
      });
    }
  };
  fill(value, 0);
  return { shape, values };
}

/** Flat numbers as lists in lists. */
export function nestedOf({
  shape,
  values,
}: {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}): Nested {
  const cut = (depth: number, start: number, size: number): Nested => {
    const length = shape[depth];
    if (length === undefined) return values[start] as number;
    const step = size / length;
    return Array.from({ length }, (_, i) => cut(depth + 1, start + i * step, step));
  };
  return cut(0, 0, values.length);
}

/** Named arrays as a file of weights would give them. @throws FailureError bad-value */
export function archiveOf(weights: Readonly<Record<string, unknown>>): WeightArchive {
  const tensors = new Map<string, WeightTensor>();
  for (const [key, value] of Object.entries(weights)) {
    const { shape, values } = numbersOf(value, key);
    tensors.set(key, { shape, dtype: "float64", values: () => Float32Array.from(values) });
  }
  return { format: "npz", tensors, groups: [], metadata: {} };
}
