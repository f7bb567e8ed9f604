/**
 * log(1 + x) and exp(x) - 1 near zero, where the plain forms lose every digit. ONNX has no operator for either; both are put
 * right by the rounding error of the plain form itself (Kahan; see Higham 2002, section 1.14.1).
 */
import { stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { equal, less, where } from "./compare.ts";
import { abs, add, div, exp, log, mul, sub } from "./elementwise.ts";

/** log(1 + x), x > -1, exact to rounding for small x. */
export function log1p(x: Tensor): Tensor {
  const fixed = stopGradient(x);
  const u = add(fixed, 1);
  const y = where(equal(u, 1), fixed, mul(log(u), div(fixed, sub(u, 1))));
  return withPullbacks(y, [x], [(g) => div(g, u)]);
}

/** exp(x) - 1, exact to rounding for small x. */
export function expm1(x: Tensor): Tensor {
  const fixed = stopGradient(x);
  const u = exp(fixed);
  const plain = sub(u, 1);
  const near = where(equal(u, 1), fixed, mul(plain, div(fixed, log(u))));
  const y = where(less(abs(fixed), 0.5), near, plain);
  return withPullbacks(y, [x], [(g) => mul(g, u)]);
}
