export { gradients } from "./gradient.ts";
export { encodeModel, type ModelSpec } from "./model/encode.ts";
export {
  type ModelMetadata,
  type ModelValue,
  type ModelWeight,
  readModelMetadata,
  readModelWeights,
} from "./model/read.ts";
export { erf, gelu, logSigmoid, relu, sigmoid, silu, softplus, tanh } from "./op/activation.ts";
export { reflect, repeat, reverse, split, stack } from "./op/arrange.ts";
export { type Attended, attention } from "./op/attention.ts";
export { and, cast, clip, equal, greater, isNotANumber, less, maximum, minimum, not, or, where } from "./op/compare.ts";
export { type ConvOptions, conv, type PerAxis } from "./op/convolution.ts";
export { type CumulativeOptions, cumSum, logCumSumExp } from "./op/cumulative.ts";
export { dropout } from "./op/dropout.ts";
export { abs, add, cos, div, exp, log, mul, neg, pow, reciprocal, sin, sqrt, square, sub } from "./op/elementwise.ts";
export {
  argMax,
  gather,
  gatherElements,
  oneHot,
  scatterAdd,
  type TopK,
  type TopKOptions,
  topK,
} from "./op/gather.ts";
export { type GemmOptions, gemm, linear, matmul } from "./op/linear.ts";
export { expm1, log1p } from "./op/log1p.ts";
export { binaryCrossEntropy, crossEntropy, meanSquaredError } from "./op/loss.ts";
export {
  batchNorm,
  type ChannelStatistics,
  channelStatistics,
  l2Normalise,
  layerNorm,
  rmsNorm,
} from "./op/normalise.ts";
export { maxPool, meanPool, type PoolOptions } from "./op/pool.ts";
export { countOf, max, mean, min } from "./op/reduce.ts";
export { permuteRows, takeRows, type Way } from "./op/row.ts";
export { concat, type PadOptions, pad, type SliceOptions, slice, zerosLike } from "./op/select.ts";
export {
  mergeAxes,
  reshape,
  reshapeLike,
  shapeOf,
  sizeOf,
  splitAxis,
  squeeze,
  transpose,
  transposeLast,
  unsqueeze,
} from "./op/shape.ts";
export { type AnswerShares, answerShares, classShares, type Shares } from "./op/shares.ts";
export { logSoftmax, logSumExp, type MaskOptions, softmax } from "./op/softmax.ts";
export { expand, expandLike, type ReduceOptions, sum } from "./op/sum.ts";
export { type AdamOptions, type AdamState, adam, adamScalars, settleMoments } from "./optimiser/adam.ts";
export {
  type AdamSettings,
  adamOptimiser,
  type DescentSettings,
  descentOptimiser,
  type Moved,
  type Moving,
  type Optimiser,
  type Slot,
  withAverage,
} from "./optimiser/optimiser.ts";
export {
  clipByNorm,
  gradientSums,
  type StateSpec,
  type Trained,
  type Update,
  type UpdateOptions,
  updateWeights,
} from "./optimiser/update.ts";
export type { Device, OpenSession, Provider, Session, SessionOptions, TensorData } from "./session.ts";
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
export { ONLY_TENSOR, type WeightArchive, type WeightFormat, type WeightTensor } from "./weights/archive.ts";
export type { ElementType } from "./weights/element.ts";
export { widenFloat16 } from "./weights/float16.ts";
export { type MatchOptions, matchWeights, type WeightSpec } from "./weights/match-weights.ts";
export { readWeights } from "./weights/read-weights.ts";
export { type WritableTensor, writeSafetensors } from "./weights/safetensors.ts";
export { type StateDict, type UnwrapOptions, unwrapStateDict } from "./weights/state-dict.ts";
