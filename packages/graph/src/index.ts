export { gradients } from "./gradient.ts";
export { encodeModel, type ModelSpec } from "./model/encode.ts";
export {
  type ModelMetadata,
  type ModelValue,
  type ModelWeight,
  readModelMetadata,
  readModelWeights,
} from "./model/read.ts";
export { gelu, relu, sigmoid, silu, softplus, tanh } from "./op/activation.ts";
export { cast, equal, greater, less, maximum, minimum, not, where } from "./op/compare.ts";
export { dropout } from "./op/dropout.ts";
export { abs, add, div, exp, log, mul, neg, sqrt, square, sub } from "./op/elementwise.ts";
export { type GemmOptions, gemm, linear, matmul } from "./op/linear.ts";
export { crossEntropy, meanSquaredError } from "./op/loss.ts";
export { layerNorm } from "./op/normalise.ts";
export { countOf, max, mean, min } from "./op/reduce.ts";
export { concat, gather, type SliceOptions, slice, type TopK, type TopKOptions, topK, zerosLike } from "./op/select.ts";
export { reshape, reshapeLike, shapeOf, sizeOf, squeeze, transpose, transposeLast, unsqueeze } from "./op/shape.ts";
export { logSoftmax, logSumExp, softmax } from "./op/softmax.ts";
export { expand, expandLike, type ReduceOptions, sum } from "./op/sum.ts";
export { type AdamOptions, type AdamState, adam, adamScalars, settleMoments } from "./optimiser/adam.ts";
export type { OpenSession, Session, SessionOptions, TensorData } from "./session.ts";
export {
  assumeShape,
  constant,
  type Dim,
  type DType,
  input,
  type Operand,
  parameter,
  type Shape,
  stopGradient,
  type Tensor,
  type TensorValues,
} from "./tensor.ts";
