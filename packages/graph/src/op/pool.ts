/** The largest value or the mean of each window over one or two axes of space: [b, c, ...space] -> [b, c, ...space]. */
import { dimAt } from "../shape.ts";
import { constant, operators, type Shape, type Tensor } from "../tensor.ts";
import { conv, outputLength, type PerAxis, perAxis } from "./convolution.ts";
import { scatterAdd } from "./gather.ts";
import { mergeAxes, reshapeLike } from "./shape.ts";

export interface PoolOptions {
  /** Sides of the window. */
  readonly window: PerAxis;
  /** Default: the window's sides, so that windows do not overlap. */
  readonly stride?: PerAxis;
  /** Default 0. */
  readonly padding?: PerAxis;
}

/** Largest value of each window; the first of equal ones has the gradient. */
export function maxPool(x: Tensor, { window, stride = window, padding = 0 }: PoolOptions): Tensor {
  const axes = x.shape.length - 2;
  const [kernel, strides, pads] = [window, stride, padding].map((v) => perAxis(v, axes)) as [
    number[],
    number[],
    number[],
  ];
  const sides = { kernel, stride: strides, padding: pads, dilation: kernel.map(() => 1) };
  const shape: Shape = x.shape.map((d, i) => (i < 2 ? d : outputLength(d, sides, i - 2)));
  const results = [
    { shape, dtype: x.dtype },
    { shape, dtype: "int64" },
  ] as const;
  const flat = (t: Tensor): Tensor => mergeAxes(t, 0, t.shape.length);
  const [y, places] = operators("MaxPool", [x], results, {
    attributes: { kernel_shape: kernel, strides, pads: [...pads, ...pads] },
    pullbacks: [(g) => reshapeLike(scatterAdd(flat(g), flat(places), flat(x)), x)],
  }) as [Tensor, Tensor];
  return y;
}

/** Mean of each window, zeros of the padding counted. float32 only. */
export function meanPool(x: Tensor, { window, stride = window, padding = 0 }: PoolOptions): Tensor {
  const axes = x.shape.length - 2;
  const c = Number(dimAt(x.shape, 1));
  const sides = perAxis(window, axes);
  const size = sides.reduce((a, b) => a * b, 1);
  const kernels = constant(new Array<number>(c * size).fill(1 / size), [c, 1, ...sides], x.dtype);
  return conv(x, kernels, { stride, padding, groups: c });
}
