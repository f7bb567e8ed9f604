/** Bends between linear maps. */
import { operator, stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { cast, greater } from "./compare.ts";
import { add, div, exp, mul, neg, square, sub } from "./elementwise.ts";

export function tanh(x: Tensor): Tensor {
  return operator("Tanh", [x], x, { pullbacks: [(g, y) => mul(g, sub(1, mul(y, y)))] });
}

/** 1 / (1 + exp(-x)) */
export function sigmoid(x: Tensor): Tensor {
  return operator("Sigmoid", [x], x, { pullbacks: [(g, y) => mul(g, sub(y, mul(y, y)))] });
}

/** max(x, 0), with gradient 0 at 0. */
export function relu(x: Tensor): Tensor {
  return operator("Relu", [x], x, { pullbacks: [(g, y) => mul(g, isPositive(y))] });
}

/**
 * 1 where y > 0 and 0 where y = 0, for y >= 0. In float32 it is one pass: min(1, 3e38 y) is exact for every y that is not
 * subnormal. Greater and Cast take two, of which the second runs on one thread.
 */
function isPositive(y: Tensor): Tensor {
  if (y.dtype !== "float32") return cast(greater(y, 0), y.dtype);
  return operator("HardSigmoid", [y], y, { attributes: { alpha: { float: 3e38 }, beta: { float: 0 } } });
}

/** log(1 + exp(x)), without overflow. */
export function softplus(x: Tensor): Tensor {
  return operator("Softplus", [x], x, { pullbacks: [(g) => mul(g, sigmoid(x))] });
}

/** log(sigmoid(x)), without overflow. */
export function logSigmoid(x: Tensor): Tensor {
  return neg(softplus(neg(x)));
}

/** The error function, 2 / sqrt(pi) times the integral of exp(-t²) from 0 to x. float32 only. */
export function erf(x: Tensor): Tensor {
  return operator("Erf", [x], x, { pullbacks: [(g) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))] });
}

/** x times the normal distribution function of x (exact form; Hendrycks and Gimpel 2016). float32 only. */
export function gelu(x: Tensor): Tensor {
  const fixed = stopGradient(x);
  const twiceShare = add(erf(div(fixed, Math.SQRT2)), 1);
  const y = mul(mul(fixed, twiceShare), 0.5);
  const slope = (): Tensor => {
    const density = mul(exp(mul(square(fixed), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return add(mul(twiceShare, 0.5), mul(fixed, density));
  };
  return withPullbacks(y, [x], [(g) => mul(g, slope())]);
}

/** x sigmoid(x) (also called swish). */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}
