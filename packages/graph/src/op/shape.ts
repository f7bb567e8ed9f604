/** The same numbers in another arrangement, and sizes as numbers of the graph. */
import { axisOf, knownSize, productOfDims, sameShape } from "../shape.ts";
import { type Dim, integers, operator, type Shape, shapeText, type Tensor } from "../tensor.ts";

/** Lengths of the axes at run time, int64 [rank]. */
export function shapeOf(x: Tensor): Tensor {
  return operator("Shape", [x], { shape: [x.shape.length], dtype: "int64" });
}

/** Length of one axis, int64 [1]; a constant where it is known. */
export function sizeOf(x: Tensor, axis: number): Tensor {
  const at = axisOf(axis, x.shape.length);
  const known = x.shape[at];
  if (typeof known === "number") return integers([known]);
  return operator("Shape", [x], { shape: [1], dtype: "int64" }, { attributes: { start: at, end: at + 1 } });
}

/**
 * The same numbers, row-major, under another shape. A named axis keeps the length it has in `x` at the same place; at most
 * one other axis may be named, and takes what is left.
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const from = knownSize(x.shape);
  const to = knownSize(shape);
  if (from !== null && to !== null && from !== to) {
    throw new RangeError(`expected a shape of ${from} numbers for ${shapeText(x.shape)}, received ${shapeText(shape)}`);
  }
  const sizes = shape.map((d, i) => (typeof d === "number" ? d : d === x.shape[i] ? 0 : -1));
  if (sizes.filter((d) => d === -1).length > 1) {
    throw new RangeError(
      `expected at most one axis to infer, received ${shapeText(shape)} for ${shapeText(x.shape)}; use reshapeLike`,
    );
  }
  return reshaped(x, integers(sizes), shape);
}

/** The same numbers under the shape that `like` has at run time. */
export function reshapeLike(x: Tensor, like: Tensor): Tensor {
  if (sameShape(x.shape, like.shape)) return x;
  return knownSize(like.shape) === null ? reshaped(x, shapeOf(like), like.shape) : reshape(x, like.shape);
}

/** Neighbouring axes, `count` of them from `from` on, as one: [.., a, b, ..] -> [.., a b, ..]. */
export function mergeAxes(x: Tensor, from: number, count: number): Tensor {
  const at = axisOf(from, x.shape.length);
  const taken = x.shape.slice(at, at + count);
  const [before, after] = [x.shape.slice(0, at), x.shape.slice(at + count)];
  const shape = [...before, productOfDims(taken), ...after];
  if (knownSize(shape) !== null) return reshape(x, shape.map(Number));
  const rest = after.map((_, i) => sizeOf(x, at + count + i));
  const sizes = [...before.map((_, i) => sizeOf(x, i)), integers([-1]), ...rest];
  return reshaped(x, joined(sizes), shape);
}

/** One axis as several, whose lengths are numbers, or int64 [1] with a name: [.., a b, ..] -> [.., a, b, ..]. */
export function splitAxis(
  x: Tensor,
  axis: number,
  parts: readonly (number | { readonly size: Tensor; readonly dim: Dim })[],
): Tensor {
  const at = axisOf(axis, x.shape.length);
  const dims = parts.map((part) => (typeof part === "number" ? part : part.dim));
  const shape = [...x.shape.slice(0, at), ...dims, ...x.shape.slice(at + 1)];
  const lengths = parts.map((part) => (typeof part === "number" ? integers([part]) : part.size));
  const around = x.shape.map((_, i) => sizeOf(x, i));
  return reshaped(x, joined([...around.slice(0, at), ...lengths, ...around.slice(at + 1)]), shape);
}

function joined(sizes: readonly Tensor[]): Tensor {
  return operator("Concat", sizes, { shape: [sizes.length], dtype: "int64" }, { attributes: { axis: 0 } });
}

function reshaped(x: Tensor, sizes: Tensor, shape: Shape): Tensor {
  const pullbacks = [(g: Tensor) => reshapeLike(g, x), null];
  return operator("Reshape", [x, sizes], { shape, dtype: x.dtype }, { pullbacks });
}

/** Axes of length 1 put in at `axes`, counted in the result. */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.shape.length + axes.length;
  const at = axes.map((a) => axisOf(a, rank)).sort((a, b) => a - b);
  const shape: Dim[] = [...x.shape];
  for (const a of at) shape.splice(a, 0, 1);
  return operator(
    "Unsqueeze",
    [x, integers(at)],
    { shape, dtype: x.dtype },
    {
      pullbacks: [(g) => squeeze(g, at), null],
    },
  );
}

/** Axes of length 1 taken out. */
export function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  const at = axes.map((a) => axisOf(a, x.shape.length)).sort((a, b) => a - b);
  if (at.some((a) => x.shape[a] !== 1)) {
    throw new RangeError(`expected axes of length 1 at ${axes.join(", ")}, received ${shapeText(x.shape)}`);
  }
  const shape = x.shape.filter((_, i) => !at.includes(i));
  return operator(
    "Squeeze",
    [x, integers(at)],
    { shape, dtype: x.dtype },
    {
      pullbacks: [(g) => unsqueeze(g, at), null],
    },
  );
}

/** Axes in another order: axis i of the result is axis `order[i]` of `x`. Reversed where no order is given. */
export function transpose(x: Tensor, order: readonly number[] = x.shape.map((_, i) => x.shape.length - 1 - i)): Tensor {
  const isOrder = order.length === x.shape.length && new Set(order).size === order.length;
  if (!isOrder) {
    throw new RangeError(`expected each axis of ${shapeText(x.shape)} once, received ${shapeText(order)}`);
  }
  const perm = order.map((a) => axisOf(a, x.shape.length));
  const back = perm.map((_, i) => perm.indexOf(i));
  const shape = perm.map((a) => x.shape[a] as Dim);
  return operator(
    "Transpose",
    [x],
    { shape, dtype: x.dtype },
    {
      attributes: { perm },
      pullbacks: [(g) => transpose(g, back)],
    },
  );
}

/** The last two axes exchanged. */
export function transposeLast(x: Tensor): Tensor {
  const order = x.shape.map((_, i) => i);
  const last = order.length - 1;
  return transpose(x, [...order.slice(0, -2), last, last - 1]);
}
