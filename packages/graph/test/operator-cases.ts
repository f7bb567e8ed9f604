/**
 * One small computation for every operator, under the names of tools/oracles/torch_ops.py. Written for any float type, so
 * that the same case is compared with PyTorch in float32 and with finite differences in float64.
 */
import {
  abs,
  add,
  batchNorm,
  binaryCrossEntropy,
  cast,
  channelStatistics,
  clip,
  concat,
  constant,
  conv,
  cos,
  crossEntropy,
  cumSum,
  div,
  dropout,
  erf,
  exp,
  expand,
  expm1,
  gather,
  gatherElements,
  gelu,
  gemm,
  greater,
  l2Normalise,
  layerNorm,
  linear,
  log,
  log1p,
  logCumSumExp,
  logSigmoid,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  maxPool,
  mean,
  meanPool,
  meanSquaredError,
  mergeAxes,
  min,
  minimum,
  mul,
  neg,
  pad,
  pow,
  reciprocal,
  reflect,
  relu,
  repeat,
  reshape,
  reverse,
  rmsNorm,
  type Shape,
  scatterAdd,
  sigmoid,
  silu,
  sin,
  slice,
  softmax,
  softplus,
  split,
  splitAxis,
  sqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  tanh,
  topK,
  transpose,
  where,
} from "../src/index.ts";

export interface OperatorCase {
  readonly build: (...x: Tensor[]) => Tensor;
  /** The runtime computes one of the operators in float32 alone. */
  readonly floatOnly?: true;
  /** Where the slope jumps, a difference of two values says nothing. */
  readonly hasKink?: true;
}

const unary = (build: (x: Tensor) => Tensor): OperatorCase => ({ build: (x) => build(x as Tensor) });

/** Fixed numbers of the type of `like`. */
const fixed = (like: Tensor, values: readonly number[], shape: Shape): Tensor => constant(values, shape, like.dtype);

const index = (...places: number[]): Tensor => constant(places, [places.length], "int64");

const places = constant([0, 2, 2, 1, 0, 3], [2, 3], "int64");

/** A mask of three rows, of which the second leaves out everything. */
const seen = (width: number): Tensor => {
  const rows = [1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1].filter((_, i) => i % 4 < width);
  return constant(Uint8Array.from(rows), [3, width], "bool");
};

type Inputs = [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
const many = (build: (...x: Inputs) => Tensor): OperatorCase => ({ build: (...x) => build(...(x as Inputs)) });

export const operatorCases: Readonly<Record<string, OperatorCase>> = {
  add: many((a, b) => add(a, b)),
  sub: many((a, b) => sub(a, b)),
  mul: many((a, b) => mul(a, b)),
  div: many((a, b) => div(a, b)),
  neg: unary(neg),
  exp: unary(exp),
  log: unary(log),
  sqrt: unary(sqrt),
  square: unary(square),
  abs: unary(abs),
  minimum: many((a, b) => minimum(a, b)),
  maximum: many((a, b) => maximum(a, b)),
  where: many((a, b) => where(greater(a, b), square(a), b)),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  relu: unary(relu),
  softplus: { ...unary(softplus), floatOnly: true },
  gelu: { ...unary(gelu), floatOnly: true },
  silu: { ...unary(silu), floatOnly: true },
  softmax: unary((a) => softmax(a, 0)),
  logSoftmax: unary(logSoftmax),
  logSumExp: unary(logSumExp),
  gemm: many((a, b, c) => gemm(a, b, { c })),
  gemmTransposedLeft: many((a, b) => gemm(a, b, { transA: true })),
  gemmTransposedRight: many((a, b, c) => gemm(a, b, { transB: true, c })),
  gemmTransposedBoth: many((a, b) => gemm(a, b, { transA: true, transB: true })),
  gemmShared: many((a, b, c) => add(mul(gemm(a, b), gemm(a, c)), gemm(a, b))),
  linear: many((x, w, b) => linear(x, w, b)),
  matmul: many((a, b) => matmul(a, b)),
  transpose: unary((a) => square(transpose(a, [2, 0, 1]))),
  reshape: unary((a) => square(reshape(a, [6, 2]))),
  concat: many((a, b) => square(concat([a, b, a], 1))),
  slice: unary((a) => square(slice(a, { axis: 1, start: 1, end: 3 }))),
  sliceFromEnd: unary((a) => square(slice(a, { axis: 0, start: -2 }))),
  gather: unary((a) => square(gather(a, index(2, 0, 2)))),
  gatherColumn: unary((a) => square(gather(a, constant([1], [], "int64"), 1))),
  topK: unary((a) => square(topK(a, 2, { axis: 1 }).values)),
  smallestK: unary((a) => square(topK(a, 2, { axis: 0, smallest: true }).values)),
  expand: unary((a) => square(expand(a, [2, 3, 4]))),
  sum: unary((a) => sum(a, { axes: [0, 2] })),
  mean: unary((a) => mean(a, { axes: [0], keep: true })),
  max: unary((a) => max(a, { axes: [0] })),
  maxOfTies: { ...unary((a) => max(a, { axes: [1] })), hasKink: true },
  min: unary((a) => min(a, { axes: [1] })),
  layerNorm: { ...many((x, gain, bias) => layerNorm(x, gain, bias)), floatOnly: true },
  crossEntropy: unary((a) => crossEntropy(a, fixed(a, [0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0], [3, 4]))),
  crossEntropyWeighted: unary((a) => crossEntropy(a, fixed(a, [0, 0.25, 2, 0], [2, 2]))),
  meanSquaredError: many((a, b) => meanSquaredError(a, b)),
  dropout: unary((a) => dropout(a, constant([1, 0, 1, 1, 0, 1, 1, 0], [2, 4], "uint8"), 0.75)),
  reciprocal: unary(reciprocal),
  pow: unary((a) => pow(a, 2.5)),
  powOfTensor: many((a, b) => pow(a, b)),
  sin: unary(sin),
  cos: unary(cos),
  erf: { ...unary(erf), floatOnly: true },
  logSigmoid: { ...unary(logSigmoid), floatOnly: true },
  log1p: unary(log1p),
  expm1: unary(expm1),
  clip: unary((a) => clip(a, -0.5, 0.75)),
  softmaxMasked: unary((a) => softmax(a, 1, { mask: seen(4) })),
  logSumExpMasked: unary((a) => gather(logSumExp(a, 1, { mask: seen(3) }), index(0, 2))),
  logSumExpOfAxes: unary((a) => logSumExp(a, [0, 2])),
  matmulShared: many((a, b) => matmul(a, b)),
  matmulStretched: many((a, b) => matmul(a, b)),
  linearOfVector: many((x, w, b) => linear(x, w, b)),
  stack: many((a, b) => square(stack([a, b, a], 1))),
  split: unary((a) => {
    const [left, right] = split(a, [2, 3], 1) as [Tensor, Tensor];
    return add(sum(exp(left)), sum(square(right)));
  }),
  repeat: unary((a) => square(repeat(a, 3, 1))),
  reverse: unary((a) => pow(reverse(a, 1), 3)),
  reflect: unary((a) => square(reflect(a, { axis: 1, before: 2, after: 3 }))),
  pad: unary((a) => square(pad(a, { axis: 1, before: 1, after: 2, value: 0.5 }))),
  cumSum: unary((a) => square(cumSum(a))),
  cumSumReversed: unary((a) => square(cumSum(a, { axis: 0, reverse: true, exclusive: true }))),
  logCumSumExp: unary((a) => logCumSumExp(a)),
  logCumSumExpReversed: unary((a) => logCumSumExp(a, { reverse: true })),
  gatherElements: unary((a) => square(gatherElements(a, places))),
  scatterAdd: unary((a) => square(scatterAdd(a, places, fixed(a, new Array(8).fill(0), [2, 4]), 1))),
  mergeAxes: unary((a) => square(mergeAxes(a, 1, 2))),
  splitAxis: unary((a) => square(splitAxis(a, 1, [3, 2]))),
  rmsNorm: many((x, gain) => rmsNorm(x, gain)),
  l2Normalise: unary((a) => l2Normalise(a)),
  batchNorm: many((x, mean, variance, gain, bias) => batchNorm(x, { mean, variance }, { gain, bias })),
  batchNormOfFit: many((x, gain, bias) => batchNorm(x, channelStatistics(x), { gain, bias })),
  conv1d: { ...many((x, w, bias) => conv(x, w, { bias, padding: 1 })), floatOnly: true },
  conv1dDilated: { ...many((x, w) => conv(x, w, { dilation: 2 })), floatOnly: true },
  conv1dDepthwise: { ...many((x, w) => conv(x, w, { padding: 2, groups: 3 })), floatOnly: true },
  conv2d: { ...many((x, w, bias) => conv(x, w, { bias, padding: 1 })), floatOnly: true },
  conv2dStrided: {
    ...many((x, w) => conv(x, w, { stride: [2, 3], padding: [1, 2], dilation: [1, 2] })),
    floatOnly: true,
  },
  conv2dGrouped: { ...many((x, w) => conv(x, w, { stride: 2, padding: 1, groups: 2 })), floatOnly: true },
  conv2dDepthwise: { ...many((x, w) => conv(x, w, { padding: 2, groups: 3 })), floatOnly: true },
  conv2dBand: { ...many((x, w) => conv(x, w, { padding: [2, 0], groups: 3 })), floatOnly: true },
  maxPool: unary((x) => maxPool(x, { window: 3, stride: 2, padding: 1 })),
  meanPool: { ...unary((x) => meanPool(x, { window: 2 })), floatOnly: true },
  binaryCrossEntropy: {
    ...unary((a) => binaryCrossEntropy(a, fixed(a, [0, 1, 0.3, 1, 1, 0, 1, 0], [2, 4]))),
    floatOnly: true,
  },
  attentionBag: many((x, trunk, trunkBias, content, gate, score, head) => {
    const h = relu(gemm(x, trunk, { c: trunkBias }));
    const gated = mul(tanh(gemm(h, content)), sigmoid(gemm(h, gate)));
    const attention = softmax(gemm(score, gated, { transB: true }), 1);
    return crossEntropy(gemm(gemm(attention, h), head), fixed(x, [0, 1], [1, 2]));
  }),
  encoderBlock: {
    ...many((x, wq, wk, wv, gain, bias) => {
      const unit = layerNorm(x, gain, bias);
      const heads = (w: Tensor): Tensor => transpose(reshape(linear(unit, w), [5, 2, 3]), [1, 0, 2]);
      const match = matmul(heads(wq), transpose(heads(wk), [0, 2, 1]));
      const mixed = matmul(softmax(mul(match, 1 / Math.sqrt(3))), heads(wv));
      return add(x, reshape(transpose(mixed, [1, 0, 2]), [5, 6]));
    }),
    floatOnly: true,
  },
};

/** Sum of a tensor times fixed weights: a loss that every output has a part in. */
export function weighted(output: Tensor, weights: readonly number[]): Tensor {
  return sum(mul(output, cast(constant(weights, output.shape, "float64"), output.dtype)));
}
