/** Runs of places along one axis: joined, cut out, padded. Each is the gradient of another, so they share a file. */
import { axisOf, dimAt, sumOfDims } from "../shape.ts";
import { constant, type Dim, integers, operator, shapeText, type Tensor } from "../tensor.ts";
import { add, sub } from "./elementwise.ts";
import { sizeOf } from "./shape.ts";
import { expandLike } from "./sum.ts";

/** Tensors one after the other along an axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0];
  if (first === undefined) throw new RangeError("expected at least one tensor to join, received none");
  if (parts.length === 1) return first;
  const at = axisOf(axis, first.shape.length);
  const shape = first.shape.map((d, i) => (i === at ? sumOfDims(parts.map((p) => dimAt(p.shape, at))) : d));
  for (const part of parts) {
    if (part.shape.length !== shape.length || part.shape.some((d, i) => i !== at && d !== shape[i])) {
      throw new RangeError(
        `expected shapes equal but for axis ${at}, received ${parts.map((p) => shapeText(p.shape)).join(" and ")}`,
      );
    }
  }
  const pullbacks = parts.map((part, i) => (g: Tensor) => {
    const before = parts.slice(0, i).map((p) => sizeOf(p, at));
    const start = before.reduce((a, b) => add(a, b), integers([0]));
    return slice(g, { axis: at, start, end: add(start, sizeOf(part, at)), dim: dimAt(part.shape, at) });
  });
  return operator("Concat", parts, { shape, dtype: first.dtype }, { attributes: { axis: at }, pullbacks });
}

export interface SliceOptions {
  readonly axis: number;
  /** First place, or int64 [1]; counted from the end where negative. Default 0. */
  readonly start?: number | Tensor;
  /** Place after the last, or int64 [1]; counted from the end where negative. Default: the end. */
  readonly end?: number | Tensor;
  /** Name or length of the axis afterwards, needed where it does not follow from numbers. */
  readonly dim?: Dim;
}

/** A run of places along one axis. */
export function slice(x: Tensor, { axis, start = 0, end = LAST, dim }: SliceOptions): Tensor {
  const at = axisOf(axis, x.shape.length);
  const size = dimAt(x.shape, at);
  const length = dim ?? sliceLength(size, start, end);
  const shape = x.shape.map((d, i) => (i === at ? length : d));
  const from = typeof start === "number" ? integers([start]) : start;
  const to = typeof end === "number" ? integers([end]) : end;
  return operator(
    "Slice",
    [x, from, to, integers([at])],
    { shape, dtype: x.dtype },
    {
      pullbacks: [
        (g, y) => {
          const isFromEnd = typeof start === "number" && start < 0;
          const before = isFromEnd ? add(sizeOf(x, at), start) : from;
          const after = sub(sub(sizeOf(x, at), before), sizeOf(y, at));
          return pad(g, { axis: at, before, after, dim: size });
        },
        null,
        null,
        null,
      ],
    },
  );
}

export interface PadOptions {
  readonly axis: number;
  /** How many values are put before the first and after the last: numbers, or int64 [1]. Default 0. */
  readonly before?: number | Tensor;
  readonly after?: number | Tensor;
  /** What is put there. Default 0. */
  readonly value?: number;
  /** Name or length of the axis afterwards, needed where it does not follow from numbers. */
  readonly dim?: Dim;
}

/** One axis made longer by a constant value. */
export function pad(x: Tensor, { axis, before = 0, after = 0, value = 0, dim }: PadOptions): Tensor {
  if (before === 0 && after === 0) return x;
  const at = axisOf(axis, x.shape.length);
  const length = dim ?? paddedLength(dimAt(x.shape, at), before, after);
  const [first, last] = [before, after].map((n) => (typeof n === "number" ? integers([n]) : n)) as [Tensor, Tensor];
  const along = (amount: Tensor): Tensor[] => x.shape.map((_, i) => (i === at ? amount : integers([0])));
  const pads = concat([...along(first), ...along(last)], 0);
  const shape = x.shape.map((d, i) => (i === at ? length : d));
  const filling = value === 0 ? [] : [constant([value], [], x.dtype)];
  const pullback = (g: Tensor): Tensor =>
    slice(g, { axis: at, start: first, end: add(first, sizeOf(x, at)), dim: dimAt(x.shape, at) });
  return operator(
    "Pad",
    [x, pads, ...filling],
    { shape, dtype: x.dtype },
    { pullbacks: [pullback, null, null].slice(0, 2 + filling.length) },
  );
}

/** Zeros in the shape and element type of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return expandLike(constant([0], [], x.dtype), x);
}

const LAST = 2 ** 53;

function sliceLength(size: Dim, start: number | Tensor, end: number | Tensor): Dim {
  if (typeof size !== "number" || typeof start !== "number" || typeof end !== "number") {
    if (start === 0 && end === LAST) return size;
    throw new RangeError(
      "expected `dim`, the length of the axis after the slice, where it does not follow from numbers",
    );
  }
  const place = (p: number): number => Math.min(size, Math.max(0, p < 0 ? p + size : p));
  return Math.max(0, place(end) - place(start));
}

function paddedLength(size: Dim, before: number | Tensor, after: number | Tensor): Dim {
  if (typeof before === "number" && typeof after === "number") return sumOfDims([size, before + after]);
  throw new RangeError("expected `dim`, the length of the axis after padding, where it does not follow from numbers");
}
