/**
 * Adam (Kingma and Ba 2015, algorithm 1) as nodes: weights and moments go in, new ones come out.
 * The two bias corrections are scalars that change with the step, so they are fed; `adamScalars` computes them.
 * Weight decay is the L2 term added to the gradient, as in the paper's baseline and in CLAM, not the decoupled kind.
 */
import { add, div, mul, sqrt, square, sub } from "../op/elementwise.ts";
import { asTensor, type Operand, type Tensor } from "../tensor.ts";

export interface AdamOptions {
  /** Scalar: lr / (1 - beta1^t). */
  readonly rate: Operand;
  /** Scalar: 1 / sqrt(1 - beta2^t). */
  readonly correction: Operand;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Share of the weight added to its gradient. Default 0. */
  readonly weightDecay?: number;
}

export interface AdamState {
  readonly parameter: Tensor;
  readonly m: Tensor;
  readonly v: Tensor;
}

/**
 * One step: parameter, gradient and the moments m and v, all of one shape. Moments start at zero.
 * The moments are kept undamped, m / (1 - beta1) and v / (1 - beta2) of the paper, and the rate is taken into the divisor:
 * ten passes over the weights instead of thirteen. Each old moment is read once, by a node that its new value waits for, so
 * a run may write new moments over the old ones.
 */
export function adam(parameter: Tensor, gradient: Tensor, m: Tensor, v: Tensor, options: AdamOptions): AdamState {
  const { rate, correction, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options;
  const g = weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
  const first = add(mul(m, beta1), g);
  const second = add(mul(v, beta2), square(g));
  const perRate = div(1 / (1 - beta1), asTensor(rate, parameter.dtype));
  const slope = mul(mul(perRate, correction), Math.sqrt(1 - beta2));
  const divisor = add(mul(sqrt(second), slope), mul(perRate, epsilon));
  return { parameter: sub(parameter, div(first, divisor)), m: first, v: second };
}

/** The scalars of step t = 1, 2, ... to be fed as `rate` and `correction`. */
export function adamScalars(
  step: number,
  lr: number,
  { beta1 = 0.9, beta2 = 0.999 }: { readonly beta1?: number; readonly beta2?: number } = {},
): { rate: number; correction: number } {
  if (!(Number.isInteger(step) && step >= 1)) throw new RangeError(`expected steps counted from 1, received ${step}`);
  if (!(lr > 0)) throw new RangeError(`expected a learning rate above 0, received ${lr}`);
  return { rate: lr / (1 - beta1 ** step), correction: 1 / Math.sqrt(1 - beta2 ** step) };
}

/**
 * Sets moments too small to matter to zero, in place. Without a gradient (a dead unit) a moment decays until it is subnormal
 * and then stays so, and arithmetic on subnormals is several times slower; once an epoch is often enough.
 */
export function settleMoments(moments: Float32Array, floor = 1e-30): void {
  for (let i = 0; i < moments.length; i++) {
    if (Math.abs(moments[i] as number) < floor) moments[i] = 0;
  }
}
