/**
 * Convolution over one or two axes of space (cross-correlation, as every framework means it). Its gradients are convolutions
 * again: that of the input with the kernels turned round, that of the kernels with the gradient as kernel, where the batch and
 * the channels change places, and stride and dilation too, since each weight meets the input in steps of the stride.
 */
import { sameShape } from "../shape.ts";
import { type Attributes, assumeShape, type Dim, operator, type Shape, shapeText, type Tensor } from "../tensor.ts";
import { reverse } from "./arrange.ts";
import { bandGradient } from "./band.ts";
import { slice } from "./select.ts";
import { mergeAxes, reshape, sizeOf, splitAxis, transpose } from "./shape.ts";
import { sum } from "./sum.ts";

/** A length for each axis of space, or one for all. */
export type PerAxis = number | readonly number[];

export interface ConvOptions {
  /** Added to each output channel, [o]. */
  readonly bias?: Tensor;
  readonly stride?: PerAxis;
  /** Zeros put at both ends. Default 0. */
  readonly padding?: PerAxis;
  readonly dilation?: PerAxis;
  /** Channels are cut into so many groups, each with kernels of its own. As many as channels: depthwise. */
  readonly groups?: number;
}

/** How the kernel is laid over space: one number for each axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

/** x [b, c, ...space], kernels [o, c / groups, ...window] -> [b, o, ...space]; one or two axes of space. float32 only. */
export function conv(x: Tensor, kernels: Tensor, options: ConvOptions = {}): Tensor {
  const window = windowOf(x, kernels, options);
  const { bias } = options;
  const [b, o] = [x.shape[0], kernels.shape[0]] as [Dim, Dim]; // windowOf checks the ranks
  const space = x.shape.slice(2).map((d, i) => outputLength(d, window, i));
  const shape = [b, o, ...space];
  const beside = shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  return operator(
    "Conv",
    bias === undefined ? [x, kernels] : [x, kernels, bias],
    { shape, dtype: x.dtype },
    {
      attributes: { ...attributesOf(window), pads: [...window.padding, ...window.padding] },
      pullbacks: [
        (g) => inputGradient(g, x, kernels, window),
        (g) => kernelGradient(g, x, kernels, window),
        (g) => sum(g, { axes: beside }),
      ],
    },
  );
}

/**
 * What each input value gave to the output. Without strides it is the convolution with the kernels turned round, which the
 * runtime computes on all threads and several times faster than the transposed one.
 */
function inputGradient(g: Tensor, x: Tensor, kernels: Tensor, window: Window): Tensor {
  const { stride, padding, dilation, kernel, groups } = window;
  const rest = kernel.map((k, i) => (dilation[i] as number) * (k - 1) - (padding[i] as number));
  const isPlain = stride.every((s) => s === 1) && rest.every((r) => r >= 0);
  if (!isPlain) return transposedConv(g, x, kernels, window);
  const spread = conv(g, turnedRound(kernels, groups), { padding: rest, dilation, groups });
  return assumeShape(spread, x.shape);
}

/** Kernels with inputs and outputs exchanged inside each group, and every window mirrored. */
function turnedRound(kernels: Tensor, groups: number): Tensor {
  const [o, c, ...window] = kernels.shape.map(Number) as [number, number, ...number[]];
  const space = window.map((_, i) => i + 2);
  const mirrored = space.reduce((t, axis) => reverse(t, axis), kernels);
  const inGroups = reshape(mirrored, [groups, o / groups, c, ...window]);
  return reshape(transpose(inGroups, [0, 2, 1, ...space.map((a) => a + 1)]), [groups * c, o / groups, ...window]);
}

/**
 * With strides, inputs behind the last full one were never seen: the transposed product is made too long on purpose and cut
 * to the input's length, which may be known at run time only.
 */
function transposedConv(g: Tensor, x: Tensor, kernels: Tensor, window: Window): Tensor {
  const { stride, padding } = window;
  const spread = operator(
    "ConvTranspose",
    [g, kernels],
    { shape: x.shape, dtype: x.dtype },
    {
      attributes: {
        ...attributesOf(window),
        pads: [...padding, ...padding.map(() => 0)],
        output_padding: stride.map((s) => s - 1),
      },
    },
  );
  return cutSpace(spread, (i) => sizeOf(x, i), x.shape);
}

/** What each weight met, summed over the batch: the input is the image, the gradient the kernel. */
function kernelGradient(g: Tensor, x: Tensor, kernels: Tensor, window: Window): Tensor {
  const { groups, kernel, stride, dilation, padding } = window;
  const [o, c] = kernels.shape as [number, number]; // windowOf checks that they are numbers
  if (isBand(x, o, window)) return bandGradient(g, x, kernel[0] as number, padding[0] as number);
  const swap = x.shape.map((_, i) => (i < 2 ? 1 - i : i));
  const product = operator(
    "Conv",
    [batchAsChannels(x, groups, swap), transpose(g, swap)],
    { shape: [c, o, ...kernel], dtype: x.dtype },
    {
      attributes: { strides: dilation, dilations: stride, pads: [...padding, ...padding], group: groups },
    },
  );
  const isExact = stride.every((s) => s === 1);
  const cut = isExact ? product : cutSpace(product, (i) => kernel[i - 2] as number, product.shape);
  return transpose(cut, swap);
}

/** Whether each channel has one kernel, of width 1, over rows wide enough to be worth products of matrices. */
function isBand(x: Tensor, o: number, { groups, kernel, stride, dilation, padding }: Window): boolean {
  const isDepthwise = groups === o && x.shape[1] === o;
  const isStepwise = [...stride, ...dilation].every((v) => v === 1);
  return isDepthwise && isStepwise && kernel[1] === 1 && padding[1] === 0 && Number(x.shape[3]) >= 8;
}

/** [b, groups * c, ...] -> [c, groups * b, ...] */
function batchAsChannels(x: Tensor, groups: number, swap: readonly number[]): Tensor {
  if (groups === 1) return transpose(x, swap);
  const inside = splitAxis(x, 1, [groups, Number(x.shape[1]) / groups]);
  const turned = transpose(inside, [2, 1, 0, ...inside.shape.map((_, i) => i).slice(3)]);
  return mergeAxes(turned, 1, 2);
}

function cutSpace(x: Tensor, lengthOf: (axis: number) => number | Tensor, shape: Shape): Tensor {
  return shape
    .slice(2)
    .reduce<Tensor>((t, dim, i) => slice(t, { axis: i + 2, start: 0, end: lengthOf(i + 2), dim }), x);
}

function attributesOf({ stride, dilation, groups }: Window): Attributes {
  return { strides: stride, dilations: dilation, group: groups };
}

/** Number of places a window fits, or a name where the input's length is one; the same name where the length stays. */
export function outputLength(d: Dim, { kernel, stride, padding, dilation }: Omit<Window, "groups">, axis: number): Dim {
  const at = (list: readonly number[]): number => list[axis] as number;
  const change = 2 * at(padding) - at(dilation) * (at(kernel) - 1);
  if (typeof d === "number") return Math.floor((d + change - 1) / at(stride)) + 1;
  if (at(stride) === 1) return change === 0 ? d : `${d}${change < 0 ? "" : "+"}${change}`;
  return `(${d}+${change - 1})/${at(stride)}+1`;
}

function windowOf(x: Tensor, kernels: Tensor, options: ConvOptions): Window {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, bias } = options;
  const [o, c, ...kernel] = kernels.shape;
  const isKnown = kernels.shape.every((d) => typeof d === "number");
  const isSpace = kernel.length === 1 || kernel.length === 2;
  if (!isKnown || !isSpace || x.shape.length !== kernels.shape.length || x.shape[1] !== Number(c) * groups) {
    throw new RangeError(
      `expected x [b, c, ...space] and kernels [o, c / ${groups}, ...window] with one or two axes of space, received ${shapeText(x.shape)} and ${shapeText(kernels.shape)}`,
    );
  }
  if (Number(o) % groups !== 0 || (bias !== undefined && !sameShape(bias.shape, [o as Dim]))) {
    throw new RangeError(
      `expected ${o} outputs that ${groups} groups divide and a bias of that length, received ${bias === undefined ? "none" : shapeText(bias.shape)}`,
    );
  }
  const [strides, paddings, dilations] = [stride, padding, dilation].map((v) => perAxis(v, kernel.length));
  return {
    kernel: kernel.map(Number),
    stride: strides as number[],
    padding: paddings as number[],
    dilation: dilations as number[],
    groups,
  };
}

/** One whole number for each of `axes` axes of space. */
export function perAxis(value: PerAxis, axes: number): number[] {
  const list = typeof value === "number" ? new Array<number>(axes).fill(value) : [...value];
  if (list.length === axes && list.every((v) => Number.isInteger(v) && v >= 0)) return list;
  throw new RangeError(`expected ${axes} whole numbers, one for each axis of space, received ${list.join(", ")}`);
}
