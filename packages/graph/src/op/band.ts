/**
 * The kernel gradient of a depthwise convolution whose window is long in one axis and 1 in the other (the residual of
 * Nyström attention: 33 x 1 over tokens by head features). As a convolution it is a table of every shifted copy of the input,
 * built and read on one thread; as products of short segments with their surroundings it is a few small matrices:
 *
 *   P[s, u] = sum over segments and features of g[segment, s] x[segment, u],   gradient[i] = sum over s of P[s, s + i]
 *
 * The diagonals of P are columns once its rows are read one value longer than they are.
 */
import { integers, type Tensor } from "../tensor.ts";
import { add, div, mul, sub } from "./elementwise.ts";
import { matmul } from "./linear.ts";
import { concat, pad, slice } from "./select.ts";
import { reshape, sizeOf, splitAxis, transposeLast } from "./shape.ts";
import { sum } from "./sum.ts";

/** Shortest segment: long enough for fast products, short enough that few of them lie outside the band. */
const SEGMENT = 64;

/** Gradient [c, 1, k, 1] from x [b, c, n, e] and the gradient g [b, c, m, e] of its output, with `padding` zeros before x. */
export function bandGradient(g: Tensor, x: Tensor, k: number, padding: number): Tensor {
  const length = Math.max(SEGMENT, k - 1);
  const segments = div(add(sizeOf(g, 2), length - 1), integers([length]));
  const inputs = inSegments(x, { before: padding, segments: add(segments, 1), length, dim: "segments+1" });
  const slopes = inSegments(g, { before: 0, segments, length, dim: "segments" });
  const next = slice(inputs, { axis: 2, start: 1, dim: "segments" });
  const around = concat([slice(inputs, { axis: 2, start: 0, end: segments, dim: "segments" }), next], 3);
  const products = sum(matmul(slopes, transposeLast(around)), { axes: [0, 2] });
  const c = Number(x.shape[1]);
  const flat = pad(reshape(products, [c, 2 * length * length]), { axis: 1, after: length });
  const diagonals = slice(reshape(flat, [c, length, 2 * length + 1]), { axis: 2, start: 0, end: k });
  return reshape(sum(diagonals, { axes: [1] }), [c, 1, k, 1]);
}

interface Cut {
  readonly before: number;
  /** int64 [1], called `dim`. */
  readonly segments: Tensor;
  readonly length: number;
  readonly dim: string;
}

/** [b, c, n, e] with zeros at both ends -> [b, c, segments, length, e] */
function inSegments(x: Tensor, { before, segments, length, dim }: Cut): Tensor {
  const after = sub(mul(segments, length), add(sizeOf(x, 2), before));
  const whole = pad(x, { axis: 2, before, after, dim: `${dim}*${length}` });
  return splitAxis(whole, 2, [{ size: segments, dim }, length]);
}
