/**
 * The pseudo-inverse of matrices of shares, by iteration (Razavi 2014, as used by Xiong 2021, equation 11), differentiable because it
 * is made of products alone:
 *
 *   z <- z (13 I - x z (15 I - x z (7 I - x z))) / 4          from z = x' / (largest row sum x largest column sum)
 *
 * The largest sums are taken over all matrices of the stack, as published, so that heads share one start. Rows of shares sum to 1, so
 * only the columns are added up. Multiplied out, the identity is not needed.
 */
import { div, matmul, max, mul, sub, sum, type Tensor, transposeLast } from "@nacre/graph";

/** x [h, m, m], each row of shares summing to 1 -> [h, m, m] */
export function pseudoInverse(x: Tensor, iterations: number): Tensor {
  const most = max(sum(x, { axes: [-2], keep: true }), { keep: true });
  let z = div(transposeLast(x), most);
  for (let i = 0; i < iterations; i++) {
    const a = matmul(x, z);
    const b = sub(mul(a, 7), matmul(a, a));
    const c = sub(mul(a, 15), matmul(a, b));
    z = mul(sub(mul(z, 13), matmul(z, c)), 0.25);
  }
  return z;
}
