/**
 * The logistic fits of `logistic.ts` for many weights of the same patients, as a bootstrap asks for them. Patients are put into cells of
 * the predictor so narrow that within one the logistic function is its Taylor polynomial of degree 5: what a replicate changes is
 * then six moments a cell, from one pass without an exponential, and Newton's steps run over cells, not over patients. The polynomial is off by
 * less than (1 / (48 pi))^6, about 1e-13 of a probability. Where the cells would be as many as the patients, or a replicate strays too far
 * from the fit of the whole sample, the patients themselves are fitted: the definition is the same.
 */
import { fitIntercept, fitLogistic, type LogisticFit, solveIntercept } from "./logistic.ts";
import { ascending } from "./rank.ts";
import { remembered } from "./remembered.ts";

/** Fits of y (0 or 1) on x for any weights [n]. */
export interface WeightedLogistic {
  /** As `fitLogistic`. */
  readonly fit: (weights: Float64Array) => LogisticFit | null;
  /** As `fitIntercept` with x as the offset. */
  readonly intercept: (weights: Float64Array) => number | null;
}

/** Half of a cell's width, in logits after the slope. */
const HALF = 1 / 64;
/** The polynomial is used as long as slope times half-width stays below this. */
const MOST_HALF = 1 / 48;
/** Moments of a cell: sums of w d^j, j = 0 to 5, d the distance from its middle. */
const MOMENTS = 6;
/** Cells have to be this much fewer than patients. */
const LEAST_IN_CELL = 4;
const STEPS = 30;
const TOLERANCE = 1e-7;

interface Cells {
  /** Patients in ascending order of x, and one past the last place of each cell, [n] and [cells]. */
  readonly order: Uint32Array;
  readonly ends: Uint32Array;
  /** Middle of each cell, [cells]. */
  readonly middle: Float64Array;
  /** In ascending order of x: distance from the middle of the cell, x and y, [n]. */
  readonly distance: Float64Array;
  readonly x: Float64Array;
  readonly y: Uint8Array;
}

interface Sums {
  /** [cells, MOMENTS] */
  readonly moments: Float64Array;
  total: number;
  /** Sums of w y and w x y. */
  positives: number;
  positiveX: number;
}

/** Prepares the fits; `start` and `startIntercept` are those of the whole sample. */
export function weightedLogistic(
  x: Float64Array,
  y: Uint8Array,
  { start, startIntercept }: { readonly start: LogisticFit | null; readonly startIntercept: number },
): WeightedLogistic {
  const fitDirect = (weights: Float64Array): LogisticFit | null =>
    fitLogistic(x, y, weights, start === null ? {} : { start });
  const half = HALF / Math.max(1, Math.abs(start?.slope ?? 1));
  const cells = cellsOf(x, y, 2 * half);
  if (cells.middle.length * LEAST_IN_CELL > x.length) {
    return { fit: fitDirect, intercept: (weights) => fitIntercept(x, y, weights, startIntercept) };
  }
  const sums: Sums = { moments: new Float64Array(cells.middle.length * MOMENTS), total: 0, positives: 0, positiveX: 0 };
  const sumsAt = remembered((weights): Sums => gather(cells, weights, sums));
  return {
    fit(weights) {
      if (start === null) return fitDirect(weights);
      if (isSeparated(cells, weights)) return null;
      return climb(cells, sumsAt(weights), start, half) ?? fitDirect(weights);
    },
    intercept(weights) {
      sumsAt(weights);
      if (!(sums.positives > 0 && sums.total > sums.positives)) return null;
      return solveIntercept((a) => {
        const [score, , information] = slopesAt(cells.middle, sums, { intercept: a, slope: 1 });
        return { score, information };
      }, startIntercept);
    },
  };
}

function cellsOf(x: Float64Array, y: Uint8Array, width: number): Cells {
  const order = ascending(x);
  const n = order.length;
  const sorted = Float64Array.from(order, (i) => x[i] as number);
  const distance = new Float64Array(n);
  const ends: number[] = [];
  const middle: number[] = [];
  let cell = Number.NaN;
  for (let i = 0; i < n; i++) {
    const own = Math.floor((sorted[i] as number) / width);
    if (own !== cell) {
      if (i > 0) ends.push(i);
      middle.push((own + 0.5) * width);
      cell = own;
    }
    distance[i] = (sorted[i] as number) - (middle.at(-1) as number);
  }
  if (n > 0) ends.push(n);
  const outcome = Uint8Array.from(order, (i) => y[i] as number);
  return {
    order,
    ends: Uint32Array.from(ends),
    middle: Float64Array.from(middle),
    distance,
    x: sorted,
    y: outcome,
  };
}

function gather({ order, ends, distance, x, y }: Cells, weights: Float64Array, sums: Sums): Sums {
  const { moments } = sums;
  let total = 0;
  let positives = 0;
  let positiveX = 0;
  for (let c = 0, i = 0; c < ends.length; c++) {
    let m0 = 0;
    let m1 = 0;
    let m2 = 0;
    let m3 = 0;
    let m4 = 0;
    let m5 = 0;
    for (const end = ends[c] as number; i < end; i++) {
      const w = weights[order[i] as number] as number;
      const d = distance[i] as number;
      const wy = w * (y[i] as number);
      positives += wy;
      positiveX += wy * (x[i] as number);
      let term = w;
      m0 += term;
      m1 += term *= d;
      m2 += term *= d;
      m3 += term *= d;
      m4 += term *= d;
      m5 += term * d;
    }
    const at = c * MOMENTS;
    moments[at] = m0;
    moments[at + 1] = m1;
    moments[at + 2] = m2;
    moments[at + 3] = m3;
    moments[at + 4] = m4;
    moments[at + 5] = m5;
    total += m0;
  }
  sums.total = total;
  sums.positives = positives;
  sums.positiveX = positiveX;
  return sums;
}

/** Newton's method over cells; null where it leaves the ground on which the cells are exact. */
function climb({ middle }: Cells, sums: Sums, start: LogisticFit, half: number): LogisticFit | null {
  const reach = Math.max(Math.abs(middle[0] as number), Math.abs(middle.at(-1) as number)) + half;
  let { intercept, slope } = start;
  for (let step = 0; step < STEPS; step++) {
    if (Math.abs(slope) * half > MOST_HALF) return null;
    const [g0, g1, h00, h01, h11] = slopesAt(middle, sums, { intercept, slope });
    const det = h00 * h11 - h01 * h01;
    if (!(det > 0)) return null;
    const da = (h11 * g0 - h01 * g1) / det;
    const db = (h00 * g1 - h01 * g0) / det;
    if (!(Math.abs(da) + Math.abs(db) * reach <= 0.5)) return null;
    intercept += da;
    slope += db;
    if (Math.abs(da) + Math.abs(db) <= TOLERANCE * (1 + Math.abs(intercept) + Math.abs(slope))) {
      return Math.abs(slope) * half > MOST_HALF ? null : { intercept, slope };
    }
  }
  return null;
}

/** Derivatives of the log likelihood: by intercept and slope, and minus the second ones [g0, g1, h00, h01, h11]. */
function slopesAt(
  middle: Float64Array,
  { moments, positives, positiveX }: Sums,
  { intercept, slope: b }: LogisticFit,
): [g0: number, g1: number, h00: number, h01: number, h11: number] {
  let g0 = positives;
  let g1 = positiveX;
  let h00 = 0;
  let h01 = 0;
  let h11 = 0;
  for (let c = 0, at = 0; c < middle.length; c++, at += MOMENTS) {
    const m0 = moments[at] as number;
    if (m0 === 0) continue;
    const m1 = moments[at + 1] as number;
    const m2 = moments[at + 2] as number;
    const m3 = moments[at + 3] as number;
    const m4 = moments[at + 4] as number;
    const x = middle[c] as number;
    const p = 1 / (1 + Math.exp(-(intercept + b * x)));
    const v = p * (1 - p);
    const q = 1 - 2 * p;
    // The derivatives of the logistic function by its argument, each times a power of the slope over a factorial.
    const c1 = v * b;
    const c2 = (v * q * b * b) / 2;
    const c3 = (v * (1 - 6 * v) * b ** 3) / 6;
    const c4 = (v * q * (1 - 12 * v) * b ** 4) / 24;
    const c5 = (v * (1 - 30 * v + 120 * v * v) * b ** 5) / 120;
    const s0 = p * m0 + c1 * m1 + c2 * m2 + c3 * m3 + c4 * m4 + c5 * (moments[at + 5] as number);
    const s1 = p * m1 + c1 * m2 + c2 * m3 + c3 * m4 + c4 * (moments[at + 5] as number);
    const bend = v * q * b;
    const bend2 = (v * (1 - 6 * v) * b * b) / 2;
    const v0 = v * m0 + bend * m1 + bend2 * m2;
    const v1 = v * m1 + bend * m2 + bend2 * m3;
    const v2 = v * m2 + bend * m3 + bend2 * m4;
    g0 -= s0;
    g1 -= x * s0 + s1;
    h00 += v0;
    h01 += x * v0 + v1;
    h11 += x * (x * v0 + 2 * v1) + v2;
  }
  return [g0, g1, h00, h01, h11];
}

/** As in `logistic.ts`, from the two ends of the ordered patients. */
function isSeparated({ order, x, y }: Cells, weights: Float64Array): boolean {
  const n = order.length;
  const first = [n, n];
  for (let i = 0; i < n && (first[0] === n || first[1] === n); i++) {
    const outcome = y[i] as number;
    if (first[outcome] === n && weights[order[i] as number] !== 0) first[outcome] = i;
  }
  if (first[0] === n || first[1] === n) return true;
  const last = [-1, -1];
  for (let i = n - 1; i >= 0 && (last[0] === -1 || last[1] === -1); i--) {
    const outcome = y[i] as number;
    if (last[outcome] === -1 && weights[order[i] as number] !== 0) last[outcome] = i;
  }
  const at = (i: number | undefined): number => x[i as number] as number;
  return at(last[0]) <= at(first[1]) || at(last[1]) <= at(first[0]);
}
