/**
 * Losses that bring embeddings together which belong together: rows are compared by their cosine, so length says nothing.
 * Symbols: b rows, d features; the temperature divides cosines and may be a weight that is learned.
 */
import {
  add,
  and,
  cast,
  cumSum,
  div,
  equal,
  gemm,
  greater,
  l2Normalise,
  logSumExp,
  maximum,
  mean,
  mul,
  neg,
  not,
  type Operand,
  sub,
  sum,
  type Tensor,
  unsqueeze,
  zerosLike,
} from "@nacre/graph";

/** Mean over rows of 1 - cosine(a, b), both [b, d]. */
export function cosineLoss(a: Tensor, b: Tensor): Tensor {
  return mean(sub(1, sum(mul(l2Normalise(a), l2Normalise(b)), { axes: [1] })));
}

/**
 * Symmetric InfoNCE (van den Oord et al. 2018; both directions as in Radford et al. 2021): row i of one side belongs to
 * row i of the other and to no other. Scalar. @param a [b, d] @param b [b, d]
 */
export function infoNce(a: Tensor, b: Tensor, temperature: Operand): Tensor {
  const [left, right] = [l2Normalise(a), l2Normalise(b)];
  const cosines = div(gemm(left, right, { transB: true }), temperature);
  const own = div(sum(mul(left, right), { axes: [1] }), temperature);
  const both = mul(add(logSumExp(cosines, 1), logSumExp(cosines, 0)), 0.5);
  return mean(sub(both, own));
}

export interface ContrastOptions {
  readonly temperature: Operand;
  /** Whether anchors and candidates are the same rows, so that none is compared with itself. Default false. */
  readonly isWithin?: boolean;
  /** bool [a, c]: which candidates an anchor is compared with, at least one for each. Default: all. */
  readonly among?: Tensor;
}

/**
 * Supervised contrast (Khosla et al. 2020, equation 2): mean over anchors of the mean over their positives of
 * -log(exp(cosine / temperature) / sum over candidates of exp(cosine / temperature)). Anchors without a positive are left
 * out; where none has one the loss is 0. @param anchors [a, d] @param candidates [c, d] @param positive [a, c], 0 or 1
 */
export function supervisedContrast(
  { anchors, candidates, positive }: { anchors: Tensor; candidates: Tensor; positive: Tensor },
  { temperature, isWithin = false, among }: ContrastOptions,
): Tensor {
  const cosines = div(gemm(l2Normalise(anchors), l2Normalise(candidates), { transB: true }), temperature);
  const masks = [...(isWithin ? [not(isDiagonal(cosines))] : []), ...(among === undefined ? [] : [among])];
  const mask = masks.length === 0 ? undefined : masks.reduce((a, b) => and(a, b));
  const belonging = mask === undefined ? positive : mul(positive, cast(mask, positive.dtype));
  const logShare = sub(cosines, unsqueeze(logSumExp(cosines, 1, mask === undefined ? {} : { mask }), [1]));
  const count = sum(belonging, { axes: [1] });
  const hasPositive = cast(greater(count, 0), count.dtype);
  const perAnchor = div(sum(mul(belonging, logShare), { axes: [1] }), maximum(count, 1));
  return div(neg(sum(mul(perAnchor, hasPositive))), maximum(sum(hasPositive), 1));
}

function isDiagonal(table: Tensor): Tensor {
  const ones = add(zerosLike(table), 1);
  return equal(cumSum(ones, { axis: 0 }), cumSum(ones, { axis: 1 }));
}
