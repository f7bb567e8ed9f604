/**
 * L-BFGS (Nocedal 1980; Nocedal and Wright 2006, algorithms 7.4 and 7.5): minimises a smooth function of many variables from
 * its values and gradients. Line search: bisection for the weak Wolfe conditions (Lewis and Overton 2013), which keeps the
 * curvature of every pair positive. Near the minimum the value no longer shows a fall below its own rounding, so there the
 * slopes alone decide (the approximate Wolfe condition of Hager and Zhang 2005); that is what lets the gradient reach 1e-10.
 */
import { addScaled, dot, largest } from "./vector.ts";

/** Value at x; writes the gradient at x into `gradient`. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Pairs of steps and gradient changes kept. */
  readonly memory?: number;
  /** Done when no component of the gradient is larger. */
  readonly tolerance?: number;
  readonly maxSteps?: number;
  /** A guess of the inverse of the second derivative, applied to v: symmetric, positive. Only its shape counts, not its size. */
  readonly precondition?: (v: Float64Array) => Float64Array;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** Largest absolute component of the gradient at x. */
  readonly gradientSize: number;
  readonly steps: number;
  readonly evaluations: number;
  /** Whether the gradient came down to the tolerance. */
  readonly converged: boolean;
}

interface Place {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

interface Pair {
  /** How far it went, how the gradient changed, and 1 / (step . change). */
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly rho: number;
}

const FALL = 1e-4;
const CURVE = 0.9;
const HALVINGS = 60;

/** @throws RangeError when the function is not finite at the start */
export function minimise(
  f: Smooth,
  start: Float64Array,
  { memory = 10, tolerance = 1e-8, maxSteps = 1000, precondition = (v) => v.slice() }: MinimiseOptions = {},
): Minimum {
  const counted = { evaluations: 0 };
  const at = (x: Float64Array): Place => {
    counted.evaluations++;
    const gradient = new Float64Array(x.length);
    return { value: f(x, gradient), x, gradient };
  };
  let place = at(Float64Array.from(start));
  if (!Number.isFinite(place.value))
    throw new RangeError(`expected a finite value at the start, received ${place.value}`);
  const pairs: Pair[] = [];
  let steps = 0;
  while (steps < maxSteps && largest(place.gradient) > tolerance) {
    const next = search(at, place, downhill(place.gradient, pairs, precondition));
    if (next === null) {
      if (pairs.length === 0) break;
      pairs.length = 0; // a stale memory can point nowhere; once more along the gradient
      continue;
    }
    remember(pairs, place, next, memory);
    place = next;
    steps++;
  }
  const gradientSize = largest(place.gradient);
  return { x: place.x, value: place.value, gradientSize, steps, ...counted, converged: gradientSize <= tolerance };
}

/** Minus the inverse Hessian, as the pairs and the preconditioner tell it, times the gradient: the two-loop recursion. */
function downhill(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: (v: Float64Array) => Float64Array,
): Float64Array {
  const n = gradient.length;
  const rest = gradient.map((g) => -g);
  const shares: number[] = [];
  for (const { step, change, rho } of [...pairs].reverse()) {
    const share = rho * dot(step, 0, rest, 0, n);
    shares.push(share);
    addScaled(rest, 0, change, 0, { scale: -share, n });
  }
  const direction = precondition(rest);
  const scale = sizeOf(direction, pairs.at(-1), precondition);
  for (let j = 0; j < n; j++) direction[j] = (direction[j] as number) * scale;
  for (const { step, change, rho } of pairs) {
    const back = rho * dot(change, 0, direction, 0, n);
    addScaled(direction, 0, step, 0, { scale: (shares.pop() as number) - back, n });
  }
  return direction;
}

/** How much of the preconditioner fits the last pair; before there is one, a first step of length 1 at most. */
function sizeOf(
  direction: Float64Array,
  last: Pair | undefined,
  precondition: (v: Float64Array) => Float64Array,
): number {
  const n = direction.length;
  if (last === undefined) return 1 / Math.max(1, Math.sqrt(dot(direction, 0, direction, 0, n)));
  return 1 / (last.rho * dot(last.change, 0, precondition(last.change), 0, n));
}

/** A place along the direction that fulfils the Wolfe conditions, or null where none is found. */
function search(at: (x: Float64Array) => Place, from: Place, direction: Float64Array): Place | null {
  const n = direction.length;
  const slope = dot(from.gradient, 0, direction, 0, n);
  if (!(slope < 0)) return null;
  const rounding = 1e-14 * Math.abs(from.value);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let t = 1;
  for (let trial = 0; trial < HALVINGS; trial++) {
    const x = from.x.slice();
    addScaled(x, 0, direction, 0, { scale: t, n });
    const next = at(x);
    const slopeThere = dot(next.gradient, 0, direction, 0, n);
    const falls = next.value <= from.value + FALL * t * slope;
    const isLevel = next.value <= from.value + rounding && slopeThere <= (2 * FALL - 1) * slope;
    if (!(falls || isLevel)) high = t;
    else if (slopeThere < CURVE * slope) low = t;
    else return next;
    t = high < Number.POSITIVE_INFINITY ? (low + high) / 2 : 2 * t;
  }
  return null;
}

function remember(pairs: Pair[], from: Place, to: Place, memory: number): void {
  const step = to.x.map((value, j) => value - (from.x[j] as number));
  const change = to.gradient.map((value, j) => value - (from.gradient[j] as number));
  const curvature = dot(step, 0, change, 0, step.length);
  if (!(curvature > 0)) return;
  pairs.push({ step, change, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}
