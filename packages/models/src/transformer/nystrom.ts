/**
 * Attention of every token to every token at a cost that grows with the number of tokens (Xiong 2021, Nyströmformer): through m
 * landmarks, the means of m runs of neighbouring tokens.
 *
 *   A = softmax(q L_k') · pinv(softmax(L_q L_k')) · softmax(L_q k')        L_q, L_k [m, head width]
 *   y = (A v + depthwise convolution of v along the sequence) P + p
 *
 * Zeros are put before the first token until m divides their number; as published they take part in the softmax and in the landmarks.
 * A v is computed from the right, which gives the same numbers with fewer products.
 */
import {
  add,
  conv,
  div,
  linear,
  matmul,
  mean,
  mul,
  pad,
  reshape,
  sizeOf,
  slice,
  softmax,
  splitAxis,
  squeeze,
  sub,
  sum,
  type Tensor,
  transposeLast,
  unsqueeze,
} from "@nacre/graph";
import type { Scope, WeightSpec } from "../aggregator/aggregator.ts";
import { type HeadSizes, joinHeads, projectHeads, widthOf } from "./heads.ts";
import { pseudoInverse } from "./pseudo-inverse.ts";

export interface NystromOptions extends HeadSizes {
  readonly landmarks: number;
  /** Steps towards the pseudo-inverse. */
  readonly iterations: number;
}

/** Taps of the convolution along the sequence. */
const TAPS = 33;
const REACH = (TAPS - 1) / 2;

export function nystromWeights(name: string, sizes: HeadSizes): WeightSpec[] {
  const width = widthOf(sizes);
  return [
    { name: `${name}.weight`, shape: [width, 3 * width], initialisation: "glorot" },
    { name: `${name}.project.weight`, shape: [width, width], initialisation: "glorot" },
    { name: `${name}.project.bias`, shape: [width], initialisation: "zeros" },
    { name: `${name}.along`, shape: [sizes.heads, 1, TAPS, 1], initialisation: { normal: 1 / Math.sqrt(3 * TAPS) } },
  ];
}

export interface NystromAttended {
  /** [t, w], or [1, w] where only the first token was asked for. */
  readonly mixed: Tensor;
  /** The row of A of the first token, heads averaged, [1, t]; the approximation may be below 0. */
  readonly firstRow: Tensor;
}

/** x [t, w] -> [t, w]; with `isFirstOnly` the first row of that alone, at a lower cost. */
export function nystromAttention(
  scope: Scope,
  name: string,
  x: Tensor,
  options: NystromOptions,
  { isFirstOnly }: { readonly isFirstOnly: boolean },
): NystromAttended {
  const { landmarks, iterations } = options;
  const padded = padToRuns(x, landmarks);
  const project = (block: "query" | "key" | "value"): Tensor =>
    projectHeads(scope, name, block, padded.x, { ...options, hasBias: false });
  const query = mul(project("query"), options.headWidth ** -0.5);
  const [key, value] = [project("key"), project("value")];
  const [queryMarks, keyMarks] = [runMeans(query, landmarks, padded.length), runMeans(key, landmarks, padded.length)];
  const first = (rows: Tensor): Tensor =>
    slice(rows, { axis: 1, start: padded.before, end: add(padded.before, 1), dim: 1 });
  const asking = isFirstOnly ? first(query) : query;
  const toMarks = softmax(matmul(asking, transposeLast(keyMarks)));
  const inverse = pseudoInverse(softmax(matmul(queryMarks, transposeLast(keyMarks))), iterations);
  const fromMarks = softmax(matmul(queryMarks, transposeLast(key)));
  const looked = matmul(toMarks, matmul(inverse, matmul(fromMarks, value)));
  const kernel = scope.weight(`${name}.along`);
  const near = isFirstOnly ? alongFirst(value, kernel, padded.before) : along(value, kernel);
  const joined = joinHeads(add(looked, near));
  const rows = isFirstOnly ? joined : withoutPadding(joined, 0, padded.before, x);
  const firstToMarks = isFirstOnly ? toMarks : first(toMarks);
  const row = mean(matmul(matmul(firstToMarks, inverse), fromMarks), { axes: [0] });
  return {
    mixed: linear(rows, scope.weight(`${name}.project.weight`), scope.weight(`${name}.project.bias`)),
    firstRow: withoutPadding(row, 1, padded.before, x),
  };
}

/** Zeros before the first row until `landmarks` divides the number of rows; `length` is that of a run. */
function padToRuns(x: Tensor, landmarks: number): { x: Tensor; before: Tensor; length: Tensor } {
  const count = sizeOf(x, 0);
  const length = div(add(count, landmarks - 1), landmarks);
  const before = sub(mul(length, landmarks), count);
  return { x: pad(x, { axis: 0, before, dim: "padded" }), before, length };
}

function withoutPadding(x: Tensor, axis: number, before: Tensor, like: Tensor): Tensor {
  return slice(x, { axis, start: before, dim: like.shape[0] as string });
}

/** Mean of each run of neighbouring tokens: [h, p, w] -> [h, landmarks, w] */
function runMeans(x: Tensor, landmarks: number, length: Tensor): Tensor {
  return mean(splitAxis(x, 1, [landmarks, { size: length, dim: "run" }]), { axes: [2] });
}

/** Each head's own kernel moved along the tokens: [h, p, w] -> [h, p, w] */
function along(value: Tensor, kernel: Tensor): Tensor {
  const heads = value.shape[0] as number;
  return squeeze(conv(unsqueeze(value, [0]), kernel, { groups: heads, padding: [REACH, 0] }), [0]);
}

/** The same at the first token alone, [h, 1, w]: what lies before it is zero. */
function alongFirst(value: Tensor, kernel: Tensor, before: Tensor): Tensor {
  const heads = value.shape[0] as number;
  const long = pad(value, { axis: 1, after: REACH, dim: "long" });
  const near = slice(long, { axis: 1, start: before, end: add(before, REACH + 1), dim: REACH + 1 });
  const taps = reshape(slice(kernel, { axis: 2, start: REACH, end: TAPS }), [heads, REACH + 1, 1]);
  return sum(mul(near, taps), { axes: [1], keep: true });
}
