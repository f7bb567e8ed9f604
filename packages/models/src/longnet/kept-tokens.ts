/**
 * Which tokens a branch of dilated attention keeps, as places in the graph: the number of tokens L is known only at run time.
 * Segments are g = min(segment, L) tokens long, the last one filled up with zeros; of each, head group j keeps the places
 * j, j + r, j + 2r, ... (again filled up to a multiple of r). Rows are one head of one token, counted head by head.
 */
import {
  add,
  and,
  constant,
  cumSum,
  div,
  equal,
  expandLike,
  less,
  mergeAxes,
  minimum,
  mul,
  not,
  sizeOf,
  slice,
  splitAxis,
  sub,
  type Tensor,
  unsqueeze,
  type Way,
  where,
} from "@nacre/graph";
import { type Branch, groupSize } from "./config.ts";

export interface KeptTokens {
  /** From rows [L H] to rows [segments H kept], and back. */
  readonly way: Way;
  /** Whether a kept row is a zero that fills up, bool [segments, H, kept]. */
  readonly isPadding: Tensor;
  /** [segments H kept, e] -> [segments, H, kept, e] */
  split(rows: Tensor): Tensor;
}

/** 0, 1, 2, ... along the rows of x, int64 [rows]. */
export function rowNumbers(x: Tensor): Tensor {
  const column = slice(x, { axis: 1, start: 0, end: 1 });
  const ones = expandLike(constant([1], [1, 1], "int64"), column);
  return mergeAxes(cumSum(ones, { axis: 0, exclusive: true }), 0, 2);
}

/** The kept tokens of a branch; `places` are the numbers of the tokens, int64 [L]. */
export function keptTokens(places: Tensor, heads: number, { segment, ratio }: Branch): KeptTokens {
  const name = `${segment}/${ratio}`;
  const tokens = sizeOf(places, 0);
  const length = minimum(tokens, whole(segment));
  const cut: Cut = {
    heads,
    ratio: whole(ratio),
    group: integers(heads, (h) => Math.floor(h / groupSize(heads, ratio))),
    tokens,
    length,
    segments: { size: div(add(tokens, sub(length, whole(1))), length), dim: `segments of ${name}` },
    kept: { size: div(add(length, whole(ratio - 1)), whole(ratio)), dim: `kept of ${name}` },
  };
  const { there, isPadding } = rowsOfKept(places, cut);
  const way = { there: mergeAxes(there, 0, 3), back: mergeAxes(keptOfRows(places, cut), 0, 2) };
  return { way, isPadding, split: (rows) => splitAxis(rows, 0, [cut.segments, heads, cut.kept]) };
}

interface Axis {
  /** int64 [1] */
  readonly size: Tensor;
  readonly dim: string;
}

/** A branch at run time; numbers are int64 [1]. */
interface Cut {
  readonly heads: number;
  readonly ratio: Tensor;
  /** Offset of each head, int64 [H]. */
  readonly group: Tensor;
  readonly tokens: Tensor;
  readonly length: Tensor;
  readonly segments: Axis;
  readonly kept: Axis;
}

/** The row that each kept place is, int64 [segments, H, kept]; L H where it is none. */
function rowsOfKept(places: Tensor, { heads, ratio, group, tokens, length, segments, kept }: Cut) {
  const first = mul(slice(places, { axis: 0, end: segments.size, dim: segments.dim }), length);
  const steps = mul(slice(places, { axis: 0, end: kept.size, dim: kept.dim }), ratio);
  const inside = add(unsqueeze(steps, [0]), unsqueeze(group, [1]));
  const token = add(unsqueeze(first, [1, 2]), inside);
  const isToken = and(less(inside, length), less(token, tokens));
  const head = unsqueeze(
    integers(heads, (h) => h),
    [1],
  );
  const there = where(isToken, add(mul(token, whole(heads)), head), mul(tokens, whole(heads)));
  return { there, isPadding: not(isToken) };
}

/** The kept place that each row is, int64 [L, H]; segments H kept where it is none. */
function keptOfRows(places: Tensor, { heads, ratio, group, length, segments, kept }: Cut): Tensor {
  const token = unsqueeze(places, [1]);
  const segment = div(token, length);
  const inside = sub(token, mul(segment, length));
  const step = div(inside, ratio);
  const isKept = equal(sub(inside, mul(step, ratio)), group);
  const head = integers(heads, (h) => h);
  const row = add(mul(add(mul(segment, whole(heads)), head), kept.size), step);
  return where(isKept, row, mul(mul(segments.size, whole(heads)), kept.size));
}

function whole(value: number): Tensor {
  return integers(1, () => value);
}

function integers(count: number, valueAt: (i: number) => number): Tensor {
  return constant(
    Array.from({ length: count }, (_, i) => valueAt(i)),
    [count],
    "int64",
  );
}
