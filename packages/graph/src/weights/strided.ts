/**
 * An array as a window on bytes that it may share with others: number i, j, ... lies at offset + i * strides[0] + j * strides[1] + ...
 * Transposed, sliced and expanded tensors are saved so, with the whole storage behind them.
 */
import type { WeightTensor } from "./archive.ts";
import { broken } from "./broken.ts";
import { type ElementType, elementSize, swapped, widen } from "./element.ts";

export interface Window {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Counted in numbers, as is the offset. */
  readonly strides: readonly number[];
  readonly offset: number;
  readonly isBigEndian?: boolean;
}

/** More axes than any framework allows. */
const MOST_AXES = 64;
/** Numbers that a tensor may have beyond those that lie in its storage: expanded tensors repeat them. */
const MOST_REPEATED = 2 ** 26;

/** Strides of an array that lies in order: rows first, or columns first (Fortran). */
export function packedStrides(shape: readonly number[], order: "rows" | "columns" = "rows"): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  const axes = shape.map((_, axis) => (order === "rows" ? shape.length - 1 - axis : axis));
  let step = 1;
  for (const axis of axes) {
    strides[axis] = step;
    step *= Math.max(shape[axis] as number, 1);
  }
  return strides;
}

/** How many numbers an array of this shape has. */
export function numbersIn(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** The window as a tensor, all of its bounds checked here, so that reading it cannot fail. @throws FailureError bad-weights */
export function windowOn(bytes: Uint8Array, window: Window, where: string): WeightTensor {
  const { dtype, shape, strides, offset } = window;
  const all = [...shape, ...strides, offset];
  if (
    shape.length > MOST_AXES ||
    shape.length !== strides.length ||
    !all.every((n) => Number.isSafeInteger(n) && n >= 0)
  ) {
    broken(`a shape and strides in ${where}`, `shape [${shape}], strides [${strides}], offset ${offset}`);
  }
  const count = numbersIn(shape);
  const last =
    count === 0 ? offset : offset + shape.reduce((sum, d, axis) => sum + (d - 1) * (strides[axis] as number), 1);
  const available = Math.floor(bytes.length / elementSize(dtype));
  if (last > available) broken(`${last} numbers of ${dtype} behind ${where}`, `${available}`);
  if (count > Math.max(available, MOST_REPEATED)) {
    broken(
      `at most ${Math.max(available, MOST_REPEATED)} numbers in ${where}`,
      `shape [${shape}] over ${available} numbers`,
    );
  }
  return { shape, dtype, values: () => (count === 0 ? new Float32Array(0) : valuesOf(bytes, window, count, last)) };
}

function valuesOf(bytes: Uint8Array, window: Window, count: number, last: number): Float32Array {
  const { dtype, shape, strides, offset, isBigEndian } = window;
  const size = elementSize(dtype);
  const span = bytes.subarray(offset * size, last * size);
  const flat = widen(isBigEndian === true ? swapped(span, dtype) : span, dtype);
  const packed = packedStrides(shape);
  const isPacked = shape.every((d, axis) => d === 1 || strides[axis] === packed[axis]);
  return isPacked ? flat : gathered(flat, shape, strides, count);
}

/** The inner axis runs in a plain loop; the outer ones count like the digits of a clock. */
function gathered(
  flat: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array {
  const out = new Float32Array(count);
  const inner = shape.at(-1) ?? 1;
  const step = strides.at(-1) ?? 1;
  const index = new Array<number>(shape.length).fill(0);
  let start = 0;
  for (let at = 0; at < count; at += inner) {
    for (let i = 0; i < inner; i++) out[at + i] = flat[start + i * step] as number;
    for (let axis = shape.length - 2; axis >= 0; axis--) {
      const stride = strides[axis] as number;
      start += stride;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      start -= stride * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}
