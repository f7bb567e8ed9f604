/**
 * A small convolutional encoder of tiles: a convolution that takes squares of four pixels, then stages that halve the sides and double the
 * channels, each a convolution of three with batch normalisation (Ioffe and Szegedy 2015) and, after it, one with a way round it (He et
 * al. 2016); the mean over space and one linear map. Nothing in it is new; it is small enough to be trained on a processor.
 *
 *   [b, 3, s, s] -> w channels, s/4 -> 2w, s/8 -> 4w, s/16 -> 8w, s/32 -> mean [b, 8w] -> features [b, dim]
 */
import {
  add,
  batchNorm,
  type ChannelStatistics,
  channelStatistics,
  constant,
  conv,
  input,
  linear,
  mean,
  relu,
  type Tensor,
} from "@nacre/graph";
import type { WeightSpec } from "../aggregator/aggregator.ts";
import type { Weights } from "../train/initialise.ts";

export interface StudentShape {
  /** Side of a tile in pixels, a multiple of 32. */
  readonly size: number;
  /** Length of a feature. */
  readonly dim: number;
  /** Channels after the first convolution. */
  readonly width: number;
  /** Whether each stage has its second convolution. */
  readonly isDeep: boolean;
}

interface Layer {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly side: number;
  readonly stride: number;
  readonly padding: number;
  /** Whether the input is added to the output. */
  readonly isRound: boolean;
}

const STAGES = 3;
const EPSILON = 1e-5;

/** The convolutions, first to last. */
export function studentLayers({ width, isDeep }: StudentShape): Layer[] {
  const stem = { name: "stem", from: 3, to: width, side: 4, stride: 4, padding: 0, isRound: false };
  const stages = Array.from({ length: STAGES }, (_, i): Layer[] => {
    const [from, to] = [width * 2 ** i, width * 2 ** (i + 1)];
    const down = { name: `stage${i + 1}.down`, from, to, side: 3, stride: 2, padding: 1, isRound: false };
    const round = { name: `stage${i + 1}.round`, from: to, to, side: 3, stride: 1, padding: 1, isRound: true };
    return isDeep ? [down, round] : [down];
  });
  return [stem, ...stages.flat()];
}

export function studentWeights(shape: StudentShape): WeightSpec[] {
  const last = shape.width * 2 ** STAGES;
  return [
    ...studentLayers(shape).flatMap(({ name, from, to, side }): WeightSpec[] => [
      {
        name: `${name}.kernel`,
        shape: [to, from, side, side],
        initialisation: { normal: Math.sqrt(2 / (from * side * side)) },
      },
      { name: `${name}.gain`, shape: [to], initialisation: "ones" },
      { name: `${name}.shift`, shape: [to], initialisation: "zeros" },
    ]),
    { name: "features.weight", shape: [last, shape.dim], initialisation: "glorot" },
    { name: "features.bias", shape: [shape.dim], initialisation: "zeros" },
  ];
}

export interface Passed {
  /** [b, dim] */
  readonly features: Tensor;
  /** Of each convolution's output in this batch, by the name of the layer. */
  readonly statistics: ReadonlyMap<string, ChannelStatistics>;
}

/** The student while it learns, normalised by each batch: pixels [b, 3, s, s]. */
export function passBatch(shape: StudentShape, pixels: Tensor, weight: (name: string) => Tensor): Passed {
  const statistics = new Map<string, ChannelStatistics>();
  const x = studentLayers(shape).reduce((rows, { name, stride, padding, isRound }) => {
    const raw = conv(rows, weight(`${name}.kernel`), { stride, padding });
    const own = channelStatistics(raw);
    statistics.set(name, own);
    const gains = { gain: weight(`${name}.gain`), bias: weight(`${name}.shift`), epsilon: EPSILON };
    const normed = batchNorm(raw, own, gains);
    return relu(isRound ? add(normed, rows) : normed);
  }, pixels);
  return { features: asFeatures(x, weight("features.weight"), weight("features.bias")), statistics };
}

/** Mean and variance of each channel of each layer, by the name of the layer. */
export type Running = ReadonlyMap<string, { readonly mean: Float32Array; readonly variance: Float32Array }>;

/** The student as it is used: its normalisation by fixed statistics is part of the kernels. Input `pixels` [n, 3, s, s] -> [n, dim] */
export function fixedStudent(shape: StudentShape, weights: Weights, running: Running): Tensor {
  const { size } = shape;
  const specs = new Map(studentWeights(shape).map((spec) => [spec.name, spec.shape]));
  const of = (name: string): Float32Array => weights[name] as Float32Array; // the map holds every spec
  const x = studentLayers(shape).reduce(
    (rows: Tensor, { name, from, side, stride, padding, isRound }) => {
      const { mean: centre, variance } = running.get(name) as { mean: Float32Array; variance: Float32Array };
      const scale = of(`${name}.gain`).map((gain, c) => gain / Math.sqrt((variance[c] as number) + EPSILON));
      const each = from * side * side;
      const kernel = of(`${name}.kernel`).map((value, i) => value * (scale[Math.floor(i / each)] as number));
      const bias = of(`${name}.shift`).map((shift, c) => shift - (centre[c] as number) * (scale[c] as number));
      const raw = conv(rows, constant(kernel, specs.get(`${name}.kernel`) ?? []), {
        stride,
        padding,
        bias: constant(bias),
      });
      return relu(isRound ? add(raw, rows) : raw);
    },
    input("pixels", ["n", 3, size, size]),
  );
  const [weight, bias] = ["features.weight", "features.bias"] as const;
  return asFeatures(x, constant(of(weight), specs.get(weight) ?? []), constant(of(bias)));
}

function asFeatures(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return linear(mean(x, { axes: [2, 3] }), weight, bias);
}
