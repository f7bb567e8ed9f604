/**
 * Isotonic regression (Zadrozny and Elkan 2002): the rising step function closest to the labels in squares, by pooling adjacent
 * violators (Ayer 1955). Patients with the same probability are pooled first. Between two pools the line is straight, beyond the ends
 * flat, as in scikit-learn. It is free in form and so needs hundreds of patients; it can answer 0 and 1.
 */
import { ascending, endOfTie } from "../metric/rank.ts";
import { isClass, type Sample, scoresOf } from "../sample.ts";
import { fittedFor, type IsotonicCalibration, type NoCalibration, noCalibration, unfitReason } from "./calibration.ts";

interface Pool {
  readonly first: number;
  last: number;
  hits: number;
  n: number;
}

/** The rising line of a tune sample of two classes. Undefined for more classes and where one class is absent. */
export function fitIsotonic(tune: Sample): IsotonicCalibration | NoCalibration {
  if (tune.k !== 2)
    return noCalibration("isotonic", tune, `isotonic regression is for two classes, here are ${tune.k}`);
  const unfit = unfitReason(tune);
  if (unfit !== null) return noCalibration("isotonic", tune, unfit);
  const x: number[] = [];
  const y: number[] = [];
  for (const pool of pools(scoresOf(tune), isClass(tune))) {
    const share = pool.hits / pool.n;
    x.push(pool.first);
    y.push(share);
    if (pool.last > pool.first) {
      x.push(pool.last);
      y.push(share);
    }
  }
  return { kind: "isotonic", ...fittedFor(tune), x, y };
}

/** Height of the line through ascending knots at p. */
export function lineAt(p: number, x: readonly number[], y: readonly number[]): number {
  let low = 0;
  let high = x.length - 1;
  if (p <= (x[0] as number)) return y[0] as number;
  if (p >= (x[high] as number)) return y[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] as number) <= p) low = middle;
    else high = middle;
  }
  const [x0, x1, y0, y1] = [x[low] as number, x[high] as number, y[low] as number, y[high] as number];
  return y0 === y1 ? y0 : Math.min(y1, y0 + ((y1 - y0) * (p - x0)) / (x1 - x0));
}

function pools(scores: Float64Array, positive: Uint8Array): Pool[] {
  const order = ascending(scores);
  const out: Pool[] = [];
  for (let start = 0; start < order.length; ) {
    const end = endOfTie(order, scores, start);
    const score = scores[order[start] as number] as number;
    const tie: Pool = { first: score, last: score, hits: 0, n: end - start };
    for (let i = start; i < end; i++) tie.hits += positive[order[i] as number] as number;
    out.push(tie);
    mergeBack(out);
    start = end;
  }
  return out;
}

/** Joins the last pool with its neighbour for as long as its share is not above the neighbour's. Integers, so exact. */
function mergeBack(out: Pool[]): void {
  for (let last = out.at(-1), before = out.at(-2); last !== undefined && before !== undefined; ) {
    if (last.hits * before.n > before.hits * last.n) return;
    before.last = last.last;
    before.hits += last.hits;
    before.n += last.n;
    out.pop();
    last = before;
    before = out.at(-2);
  }
}
