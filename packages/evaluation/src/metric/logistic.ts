/**
 * Logistic regression with one predictor: logit P(y = 1) = intercept + slope x, maximum likelihood by Newton's method with
 * step halving. Weighted. Where the predictor separates the classes the likelihood has no maximum, and that is said.
 */

export interface LogisticFit {
  readonly intercept: number;
  readonly slope: number;
}

export interface LogisticOptions {
  /** Where to begin; the fit of a similar sample saves steps. */
  readonly start?: LogisticFit;
}

const STEPS = 60;
/** Newton's error after a step is of the order of its square, so a step of 1e-7 ends at 1e-14. */
const TOLERANCE = 1e-7;

/** Fits y (0 or 1) on x, or null where no maximum exists: one class, one value of x, or classes that x separates. */
export function fitLogistic(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  { start = { intercept: 0, slope: 0 } }: LogisticOptions = {},
): LogisticFit | null {
  if (isSeparated(x, y, weights)) return null;
  return climb(x, y, weights, start) ?? climb(x, y, weights, { intercept: 0, slope: 0 });
}

/** Fits y on an intercept and a given offset: the calibration in the large. Null where only one outcome has weight. */
export function fitIntercept(
  offset: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: ArrayLike<number>,
  start: number = 0,
): number | null {
  if (!hasBothOutcomes(y, weights)) return null;
  return solveIntercept((a) => scoreAt(offset, y, weights, a), start);
}

/** The intercept at which a score that falls with it is zero, by Newton inside a bracket; `information` is minus the derivative. */
export function solveIntercept(
  at: (intercept: number) => { readonly score: number; readonly information: number },
  start: number,
): number {
  let low = -100;
  let high = 100;
  let a = start;
  for (let step = 0; step < 200; step++) {
    const { score, information } = at(a);
    if (score > 0) low = a;
    else high = a;
    const next = a + score / information;
    if (Math.abs(next - a) <= TOLERANCE * (1 + Math.abs(a))) return next;
    a = next > low && next < high ? next : (low + high) / 2;
  }
  return a;
}

function climb(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  w: ArrayLike<number>,
  start: LogisticFit,
): LogisticFit | null {
  let fit = start;
  let reach = 0;
  for (let i = 0; i < x.length; i++) reach = Math.max(reach, Math.abs(x[i] as number));
  for (let step = 0; step < STEPS; step++) {
    const move = newton(x, y, w, fit);
    if (move === null) return null;
    // A step that moves no prediction by more than 0.5 changes the curvature by less than e^0.5 and so always climbs.
    const isSafe = Math.abs(move.intercept) + Math.abs(move.slope) * reach <= 0.5;
    const next = isSafe ? moved(fit, move, 1) : shortened(x, y, w, fit, move);
    const size = Math.abs(next.intercept - fit.intercept) + Math.abs(next.slope - fit.slope);
    fit = next;
    if (size <= TOLERANCE * (1 + Math.abs(fit.intercept) + Math.abs(fit.slope))) return fit;
  }
  return null;
}

/** The longest of the full, half, quarter, ... steps that does not lower the likelihood. */
function shortened(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  w: ArrayLike<number>,
  fit: LogisticFit,
  move: LogisticFit,
): LogisticFit {
  const likelihood = logLikelihood(x, y, w, fit);
  let share = 1;
  while (share > 1e-8 && !(logLikelihood(x, y, w, moved(fit, move, share)) >= likelihood)) share /= 2;
  return moved(fit, move, share);
}

function moved(fit: LogisticFit, move: LogisticFit, share: number): LogisticFit {
  return { intercept: fit.intercept + share * move.intercept, slope: fit.slope + share * move.slope };
}

function newton(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  w: ArrayLike<number>,
  fit: LogisticFit,
): LogisticFit | null {
  let g0 = 0;
  let g1 = 0;
  let h00 = 0;
  let h01 = 0;
  let h11 = 0;
  for (let i = 0; i < x.length; i++) {
    const xi = x[i] as number;
    const wi = w[i] as number;
    if (wi === 0) continue;
    const p = 1 / (1 + Math.exp(-(fit.intercept + fit.slope * xi)));
    const r = wi * ((y[i] as number) - p);
    const v = wi * p * (1 - p);
    g0 += r;
    g1 += r * xi;
    h00 += v;
    h01 += v * xi;
    h11 += v * xi * xi;
  }
  const det = h00 * h11 - h01 * h01;
  if (!(det > 0)) return null;
  return { intercept: (h11 * g0 - h01 * g1) / det, slope: (h00 * g1 - h01 * g0) / det };
}

function logLikelihood(x: ArrayLike<number>, y: ArrayLike<number>, w: ArrayLike<number>, fit: LogisticFit): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const wi = w[i] as number;
    if (wi === 0) continue;
    const eta = fit.intercept + fit.slope * (x[i] as number);
    // y eta - log(1 + exp(eta)), without overflow.
    sum += wi * ((y[i] as number) * eta - Math.max(0, eta) - Math.log1p(Math.exp(-Math.abs(eta))));
  }
  return sum;
}

/** True where the ranges of x of the two classes touch at most in one point, in either direction, or a class is absent. */
function isSeparated(x: ArrayLike<number>, y: ArrayLike<number>, w: ArrayLike<number>): boolean {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < x.length; i++) {
    if (w[i] === 0) continue;
    const c = y[i] as number;
    low[c] = Math.min(low[c] as number, x[i] as number);
    high[c] = Math.max(high[c] as number, x[i] as number);
  }
  return (high[0] as number) <= (low[1] as number) || (high[1] as number) <= (low[0] as number);
}

function hasBothOutcomes(y: ArrayLike<number>, w: ArrayLike<number>): boolean {
  let yes = 0;
  let no = 0;
  for (let i = 0; i < y.length; i++) {
    if (y[i] === 1) yes += w[i] as number;
    else no += w[i] as number;
  }
  return yes > 0 && no > 0;
}

/** Derivative of the log likelihood at intercept a, and minus the second one. */
function scoreAt(
  offset: ArrayLike<number>,
  y: ArrayLike<number>,
  w: ArrayLike<number>,
  a: number,
): { score: number; information: number } {
  let score = 0;
  let information = 0;
  for (let i = 0; i < offset.length; i++) {
    const wi = w[i] as number;
    const p = 1 / (1 + Math.exp(-(a + (offset[i] as number))));
    score += wi * ((y[i] as number) - p);
    information += wi * p * (1 - p);
  }
  return { score, information };
}
