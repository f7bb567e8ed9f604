/**
 * One small computation for every operator, under the names of tools/oracles/torch_ops.py. Written for any float type, so
 * that the same case is compared with PyTorch in float32 and with finite differences in float64.
 */
import {
  abs,
  add,
  cast,
  concat,
  constant,
  crossEntropy,
  div,
  dropout,
  exp,
  expand,
  gather,
  gelu,
  gemm,
  greater,
  layerNorm,
  linear,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  meanSquaredError,
  min,
  minimum,
  mul,
  neg,
  relu,
  reshape,
  type Shape,
  sigmoid,
  silu,
  slice,
  softmax,
  softplus,
  sqrt,
  square,
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
