/**
 * The mean of contribution / a over a in [0, 1], by three Gauss-Legendre nodes on each of several pieces. What the contributions of a piece
 * must sum to is known, since the scores at its ends are: the piece that misses most is halved, its middle node being the end of the
 * halves. Pieces are cut in t, a = t^4, since a norm of tokens hardly sees their length: the scores of a transformer turn where the
 * tiles have barely left the mean.
 */
import { type Outcome, ok } from "@nacre/core";
import { columnSums } from "./explanation.ts";
import { gaussLegendre } from "./gauss-legendre.ts";

export interface LinePoint {
  /** Row-major [n, k]. */
  readonly contribution: Float32Array;
  /** [k] */
  readonly scores: readonly number[];
}

export interface LineOptions {
  /** Scores at a = 0 and at a = 1, [k]. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** What may be missing, summed over pieces. */
  readonly tolerance: number;
  readonly mostRuns: number;
}

interface Piece {
  /** In t. */
  readonly start: number;
  readonly end: number;
  readonly from: readonly number[];
  readonly middle: readonly number[];
  readonly to: readonly number[];
  readonly part: Float64Array;
  readonly missing: number;
}

/** a = t^POWER, da / a = POWER dt / t. */
const POWER = 4;
const RULE = gaussLegendre(3);
/** Fewer pieces could agree with the ends by luck. */
const LEAST_PIECES = 4;

/** [n, k]. Failures: those of `at`. */
export async function meanOverLine(
  at: (a: number) => Promise<Outcome<LinePoint>>,
  { from, to, tolerance, mostRuns }: LineOptions,
): Promise<Outcome<{ readonly values: Float32Array<ArrayBuffer>; readonly runs: number }>> {
  const whole = await pieceOf(at, { start: 0, end: 1, from, to });
  if (!whole.ok) return whole;
  const pieces = [whole.value];
  let runs = RULE.nodes.length;
  while (runs + 2 * RULE.nodes.length <= mostRuns) {
    const missing = pieces.reduce((sum, piece) => sum + piece.missing, 0);
    if (pieces.length >= LEAST_PIECES && missing <= tolerance) break;
    const worst = pieces.reduce((a, b) => (b.missing > a.missing ? b : a));
    const half = (worst.start + worst.end) / 2;
    const left = await pieceOf(at, { start: worst.start, end: half, from: worst.from, to: worst.middle });
    if (!left.ok) return left;
    const right = await pieceOf(at, { start: half, end: worst.end, from: worst.middle, to: worst.to });
    if (!right.ok) return right;
    pieces.splice(pieces.indexOf(worst), 1, left.value, right.value);
    runs += 2 * RULE.nodes.length;
  }
  const values = new Float32Array(whole.value.part.length);
  for (let i = 0; i < values.length; i++) values[i] = pieces.reduce((sum, { part }) => sum + (part[i] as number), 0);
  return ok({ values, runs });
}

async function pieceOf(
  at: (a: number) => Promise<Outcome<LinePoint>>,
  ends: Pick<Piece, "start" | "end" | "from" | "to">,
): Promise<Outcome<Piece>> {
  const { start, end, from, to } = ends;
  let part = new Float64Array(0);
  let middle: readonly number[] = from;
  for (const [j, node] of RULE.nodes.entries()) {
    const t = start + node * (end - start);
    const point = await at(t ** POWER);
    if (!point.ok) return point;
    const { contribution, scores } = point.value;
    if (j === 0) part = new Float64Array(contribution.length);
    if (j === 1) middle = scores;
    const share = ((RULE.weights[j] as number) * (end - start) * POWER) / t;
    for (const [i, value] of contribution.entries()) part[i] = (part[i] as number) + share * value;
  }
  const sums = columnSums(part, from.length);
  const missing = Math.max(...from.map((score, c) => Math.abs((to[c] as number) - score - (sums[c] as number))));
  return ok({ ...ends, part, middle, missing });
}
