/** Sums over axes and their opposite, stretching; each is the other's gradient, so they share a file. */
import { axesOf, broadcastShape, knownSize, reducedShape, sameShape } from "../shape.ts";
import { type Dim, integers, operator, type Shape, shapeText, type Tensor } from "../tensor.ts";
import { mergeAxes, shapeOf, sizeOf, splitAxis, squeeze, transpose, unsqueeze } from "./shape.ts";

export interface ReduceOptions {
  /** Axes to reduce over; all of them by default. */
  readonly axes?: readonly number[];
  /** Whether reduced axes stay with length 1. */
  readonly keep?: boolean;
}

/**
 * Sum over axes. The runtime adds in an order that depends on the number of threads where the axes lie neither first nor last
 * (short outer axes are shared out among threads in the middle of a sum); such axes are brought to the front first.
 */
export function sum(x: Tensor, { axes, keep = false }: ReduceOptions = {}): Tensor {
  const over = axesOf(axes ?? x.shape.map((_, i) => i), x.shape.length);
  if (over.length === 0) return x;
  if (isSteady(over, x.shape)) return reduced(x, over, keep);
  const last = over.filter((a) => x.shape.every((_, i) => i < a || over.includes(i)));
  if (last.length > 0) {
    const total = sum(reduced(x, last, true), { axes: over.filter((a) => !last.includes(a)), keep: true });
    return keep ? total : squeeze(total, over);
  }
  const total = sumOfMiddle(x, over);
  return keep ? unsqueeze(total, over) : total;
}

/** Middle axes, moved to the front of a matrix: the runtime would undo a mere transposition. */
function sumOfMiddle(x: Tensor, over: readonly number[]): Tensor {
  const others = x.shape.map((_, i) => i).filter((i) => !over.includes(i));
  const moved = transpose(x, [...over, ...others]);
  const total = reduced(mergeAxes(mergeAxes(moved, over.length, others.length), 0, over.length), [0], false);
  const sizes = others.map((i) => {
    const dim = x.shape[i] as Dim;
    return typeof dim === "number" ? dim : { size: sizeOf(x, i), dim };
  });
  return splitAxis(total, 0, sizes);
}

/** Whether axes, but for those of length 1, are the first or the last ones. */
function isSteady(over: readonly number[], shape: Shape): boolean {
  const places = shape.map((size, i) => ({ size, isOver: over.includes(i) })).filter(({ size }) => size !== 1);
  const changes = places.filter(({ isOver }, i) => i > 0 && isOver !== places[i - 1]?.isOver);
  return changes.length <= 1;
}

function reduced(x: Tensor, over: readonly number[], keep: boolean): Tensor {
  const result = { shape: reducedShape(x.shape, over, keep), dtype: x.dtype };
  return operator("ReduceSum", [x, integers(over)], result, {
    attributes: { keepdims: keep ? 1 : 0 },
    pullbacks: [(g) => expandLike(keep ? g : unsqueeze(g, over), x), null],
  });
}

/** `x` stretched to the shape that `like` has at run time. */
export function expandLike(x: Tensor, like: Tensor): Tensor {
  if (sameShape(x.shape, like.shape)) return x;
  return expanded(x, knownSize(like.shape) === null ? shapeOf(like) : integers(like.shape.map(Number)), like.shape);
}

/** `x` stretched to a known shape. */
export function expand(x: Tensor, shape: readonly number[]): Tensor {
  if (!sameShape(broadcastShape(x.shape, shape), shape)) {
    throw new RangeError(`expected a shape that ${shapeText(x.shape)} stretches to, received ${shapeText(shape)}`);
  }
  return sameShape(x.shape, shape) ? x : expanded(x, integers(shape), shape);
}

function expanded(x: Tensor, sizes: Tensor, shape: Shape): Tensor {
  return operator(
    "Expand",
    [x, sizes],
    { shape, dtype: x.dtype },
    {
      pullbacks: [(g) => sumToShape(g, x), null],
    },
  );
}

/** The gradient `g` of a stretched tensor, summed back to the shape of `x` before it was stretched. */
export function sumToShape(g: Tensor, x: Tensor): Tensor {
  const extra = g.shape.length - x.shape.length;
  const stretched = x.shape.flatMap((d, i) => (d === 1 && g.shape[i + extra] !== 1 ? [i + extra] : []));
  const kept = stretched.length > 0 ? sum(g, { axes: stretched, keep: true }) : g;
  return extra > 0 ? sum(kept, { axes: Array.from({ length: extra }, (_, i) => i) }) : kept;
}
