/** Means and extremes over axes. */
import { axesOf, knownSize, reducedShape } from "../shape.ts";
import { type Dim, operator, type Tensor } from "../tensor.ts";
import { cast, equal } from "./compare.ts";
import { div, mul, neg } from "./elementwise.ts";
import { reshape, sizeOf, unsqueeze } from "./shape.ts";
import { expandLike, type ReduceOptions, sum } from "./sum.ts";

/** Mean over axes (all of them by default). */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const over = axesOf(options.axes ?? x.shape.map((_, i) => i), x.shape.length);
  const known = knownSize(over.map((a) => x.shape[a] as Dim));
  const total = sum(x, options);
  return known === null ? div(total, countOf(x, over)) : mul(total, 1 / known);
}

/** Largest value over axes (all of them by default); values that tie share the gradient equally. */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { keep = false } = options;
  const over = axesOf(options.axes ?? x.shape.map((_, i) => i), x.shape.length);
  const result = { shape: reducedShape(x.shape, over, keep), dtype: x.dtype };
  return operator("ReduceMax", [x], result, {
    attributes: { axes: over, keepdims: keep ? 1 : 0 },
    pullbacks: [
      (g, y) => {
        const kept = (t: Tensor): Tensor => (keep ? t : unsqueeze(t, over));
        const isWinner = cast(equal(x, expandLike(kept(y), x)), x.dtype);
        return mul(isWinner, div(kept(g), sum(isWinner, { axes: over, keep: true })));
      },
    ],
  });
}

/** Smallest value over axes (all of them by default); values that tie share the gradient equally. */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  return neg(max(neg(x), options));
}

/** How many values a reduction over `axes` takes together at run time, as a scalar of the type of `x`. */
export function countOf(x: Tensor, axes: readonly number[]): Tensor {
  const sizes = axes.map((a) => cast(sizeOf(x, a), x.dtype));
  return reshape(
    sizes.reduce((a, b) => mul(a, b)),
    [],
  );
}
