/** Layers that set the scale of their input. */
import { axisOf, dimAt } from "../shape.ts";
import { operators, stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { cast, greater, maximum } from "./compare.ts";
import { add, div, mul, sqrt, square, sub } from "./elementwise.ts";
import { mean } from "./reduce.ts";
import { reshape } from "./shape.ts";
import { sum, sumToShape } from "./sum.ts";

/**
 * Each row of the last axis (length d) brought to mean 0 and variance 1, then times `gain` plus `bias`, both [d]
 * (Ba et al. 2016, equation 4).
 */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon = 1e-5): Tensor {
  const d = dimAt(x.shape, -1);
  if (gain.shape.length !== 1 || gain.shape[0] !== d || bias.shape.length !== 1 || bias.shape[0] !== d) {
    throw new RangeError(`expected gain and bias of length ${d}, received ${gain.shape} and ${bias.shape}`);
  }
  // The runtime gives mean and inverse deviation in float32 whatever the type of x.
  const perRow = { shape: [...x.shape.slice(0, -1), 1], dtype: "float32" } as const;
  const outputs = operators("LayerNormalization", [x, gain, bias], [x, perRow, perRow], {
    attributes: { axis: -1, epsilon: { float: epsilon } },
    pullbacks: [
      (g) => {
        const unit = standardised();
        const scaled = mul(g, gain);
        const along = mul(unit, mean(mul(scaled, unit), { axes: [-1], keep: true }));
        return mul(inverseDeviation, sub(sub(scaled, mean(scaled, { axes: [-1], keep: true })), along));
      },
      (g) => sumToShape(mul(g, standardised()), gain),
      (g) => sumToShape(g, bias),
    ],
  });
  const [y, ...perRowNumbers] = outputs as [Tensor, Tensor, Tensor];
  const [centre, inverseDeviation] = perRowNumbers.map((t) => cast(t, x.dtype)) as [Tensor, Tensor];
  const standardised = (): Tensor => mul(sub(x, centre), inverseDeviation);
  return y;
}

/** x / sqrt(mean(x²) + epsilon) along the last axis (length d), times `gain`, [d] (Zhang and Sennrich 2019, equation 4). */
export function rmsNorm(x: Tensor, gain: Tensor, epsilon = 1e-6): Tensor {
  const size = sqrt(add(mean(square(x), { axes: [-1], keep: true }), epsilon));
  return mul(div(x, size), gain);
}

/** x divided by its length along an axis, or by `epsilon` where that is larger: zeros stay zeros, also in the gradient. */
export function l2Normalise(x: Tensor, axis = -1, epsilon = 1e-12): Tensor {
  const over = { axes: [axisOf(axis, x.shape.length)], keep: true };
  const fixed = stopGradient(x);
  const size = sqrt(sum(square(fixed), over));
  const divisor = maximum(size, epsilon);
  const y = div(fixed, divisor);
  const pullback = (g: Tensor): Tensor => {
    const along = mul(sum(mul(g, y), over), cast(greater(size, epsilon), x.dtype));
    return div(sub(g, mul(y, along)), divisor);
  };
  return withPullbacks(y, [x], [pullback]);
}

/** Mean and variance (divided by the count) of each channel, axis 1: [b, c, ...] -> [c] each. */
export interface ChannelStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Statistics of a batch, for batch normalisation during a fit. */
export function channelStatistics(x: Tensor): ChannelStatistics {
  const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const centre = mean(x, { axes });
  return { mean: centre, variance: mean(square(sub(x, perChannel(centre, x))), { axes }) };
}

/**
 * Each channel (axis 1) shifted and scaled by given statistics, then times `gain` plus `bias`, all [c] (Ioffe and Szegedy
 * 2015): the running statistics of a fitted model, or `channelStatistics(x)` during a fit.
 */
export function batchNorm(
  x: Tensor,
  statistics: ChannelStatistics,
  { gain, bias, epsilon = 1e-5 }: { readonly gain: Tensor; readonly bias: Tensor; readonly epsilon?: number },
): Tensor {
  const scale = div(gain, sqrt(add(statistics.variance, epsilon)));
  const centred = sub(x, perChannel(statistics.mean, x));
  return add(mul(centred, perChannel(scale, x)), perChannel(bias, x));
}

/** Numbers [c] that stretch beside [b, c, ...]. */
function perChannel(t: Tensor, x: Tensor): Tensor {
  const c = dimAt(t.shape, 0);
  return x.shape.length === 2 ? t : reshape(t, [c, ...x.shape.slice(2).map(() => 1)]);
}
