/** Parts of a tensor: slices, chosen rows, the largest values; and the joining of parts. */
import { axisOf, dimAt, sumOfDims } from "../shape.ts";
import { constant, type Dim, integers, operator, operators, type Shape, shapeText, type Tensor } from "../tensor.ts";
import { add, sub } from "./elementwise.ts";
import { sizeOf, unsqueeze } from "./shape.ts";
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
          return padZeros(g, at, before, after, x.shape);
        },
        null,
        null,
        null,
      ],
    },
  );
}

/** Rows (or columns, ...) at `indices`, int64, scalar or [k], along an axis; a scalar takes the axis out. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const at = axisOf(axis, x.shape.length);
  if (indices.shape.length > 1) {
    throw new RangeError(`expected indices of one axis or none, received shape ${shapeText(indices.shape)}`);
  }
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  return operator(
    "Gather",
    [x, indices],
    { shape, dtype: x.dtype },
    {
      attributes: { axis: at },
      pullbacks: [
        (g) => {
          const isScalar = indices.shape.length === 0;
          const rows = isScalar ? unsqueeze(g, [at]) : g;
          const list = isScalar ? unsqueeze(indices, [0]) : indices;
          const others = rows.shape.map((_, i) => i).filter((i) => i !== at);
          return scatterAdd(rows, expandLike(unsqueeze(list, others), rows), at, x);
        },
        null,
      ],
    },
  );
}

export interface TopK {
  readonly values: Tensor;
  /** int64, the places of the values along the axis. */
  readonly indices: Tensor;
}

export interface TopKOptions {
  readonly axis?: number;
  /** Smallest values instead of largest. */
  readonly smallest?: boolean;
  /** Name of the axis afterwards, where k is a tensor. */
  readonly dim?: Dim;
}

/** The k largest values along an axis, sorted; of equal values the first ones. k is a number or int64 [1]. */
export function topK(
  x: Tensor,
  k: number | Tensor,
  { axis = -1, smallest = false, dim = "k" }: TopKOptions = {},
): TopK {
  const at = axisOf(axis, x.shape.length);
  const length = typeof k === "number" ? k : dim;
  const shape = x.shape.map((d, i) => (i === at ? length : d));
  const places = typeof k === "number" ? integers([k]) : k;
  const results = [
    { shape, dtype: x.dtype },
    { shape, dtype: "int64" },
  ] as const;
  const [values, indices] = operators("TopK", [x, places], results, {
    attributes: { axis: at, largest: smallest ? 0 : 1, sorted: 1 },
    pullbacks: [(g) => scatterAdd(g, indices, at, x), null],
  }) as [Tensor, Tensor];
  return { values, indices };
}

/** Zeros in the shape of `like`, to which `parts` are added at `places` (of the shape of `parts`) along an axis. */
function scatterAdd(parts: Tensor, places: Tensor, axis: number, like: Tensor): Tensor {
  return operator("ScatterElements", [zerosLike(like), places, parts], like, {
    attributes: { axis, reduction: "add" },
  });
}

/** Zeros in the shape and element type of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return expandLike(constant([0], [], x.dtype), x);
}

function padZeros(g: Tensor, axis: number, before: Tensor, after: Tensor, shape: Shape): Tensor {
  const zero = integers([0]);
  const along = (amount: Tensor): Tensor[] => shape.map((_, i) => (i === axis ? amount : zero));
  const pads = concat([...along(before), ...along(after)], 0);
  return operator("Pad", [g, pads], { shape, dtype: g.dtype });
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
