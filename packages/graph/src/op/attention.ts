/**
 * softmax(q kᵀ) v, whose gradient computes the shares again instead of keeping them (the backward pass of Dao et al. 2022,
 * FlashAttention, without its blocks): what is kept of a layer grows with the tokens and not with their square.
 */
import { stopGradient, type Tensor, withPullbacks } from "../tensor.ts";
import { add, exp, log, mul, sub } from "./elementwise.ts";
import { matmul } from "./linear.ts";
import { max } from "./reduce.ts";
import { transposeLast } from "./shape.ts";
import { softmax } from "./softmax.ts";
import { sum } from "./sum.ts";

export interface Attended {
  /** [..., n, e] */
  readonly out: Tensor;
  /** log of the sum of the exponentials of each query, [..., n, 1]. No gradient flows through it. */
  readonly logSum: Tensor;
}

/**
 * q [..., n, e], k [..., m, e], v [..., m, f] with equal leading axes; scale q beforehand. `bias` [..., 1, m] is added to the
 * logits of every query and has no gradient: -1e30 leaves a key out.
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | null = null): Attended {
  const [fq, fk, fv] = [q, k, v].map((x) => stopGradient(x)) as [Tensor, Tensor, Tensor];
  const product = matmul(fq, transposeLast(fk));
  const logits = bias === null ? product : add(product, bias);
  const shares = softmax(logits);
  const over = { axes: [-1], keep: true };
  // The largest share is 1 / sum(exp(x - max x)), so the sum needs no pass of its own.
  const logSum = stopGradient(sub(max(logits, over), log(max(shares, over))));
  const value = matmul(shares, fv);
  const again = (g: Tensor): Again => backward({ q: fq, k: fk, v: fv, bias, value, logSum }, g);
  const out = withPullbacks(value, [q, k, v], [(g) => again(g).toQ(), (g) => again(g).toK(), (g) => again(g).toV()]);
  return { out, logSum };
}

interface Again {
  toQ(): Tensor;
  toK(): Tensor;
  toV(): Tensor;
}

interface Forward {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly bias: Tensor | null;
  readonly value: Tensor;
  readonly logSum: Tensor;
}

/** Keys stand in rows and queries in columns, so that these are never taken for the nodes of the forward pass and merged with them. */
function backward({ q, k, v, bias, value, logSum }: Forward, g: Tensor): Again {
  // Zero times the gradient: nothing of this can be computed, and held in memory, before the gradient is there.
  const late = add(q, sum(mul(g, 0), { axes: [-1], keep: true }));
  const product = matmul(k, transposeLast(late));
  const logits = bias === null ? product : add(product, transposeLast(bias));
  const shares = exp(sub(logits, transposeLast(logSum)));
  const mean = transposeLast(sum(mul(g, value), { axes: [-1], keep: true }));
  const slopes = mul(shares, sub(matmul(v, transposeLast(g)), mean));
  return {
    toQ: () => matmul(transposeLast(slopes), k),
    toK: () => matmul(slopes, q),
    toV: () => matmul(shares, g),
  };
}
