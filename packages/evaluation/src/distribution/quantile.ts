/** Quantiles by bisection of the distribution: slower than a rational approximation, and exact to the last digits. */
import { normalTail } from "./normal.ts";
import { incompleteBeta } from "./special.ts";
import { fTail, studentTail } from "./tail.ts";

/** z with P(Z <= z) = p, 0 < p < 1. */
export function normalQuantile(p: number): number {
  expectLevel(p);
  if (p > 0.5) return -normalQuantile(1 - p);
  return -bisect(0, 40, (z) => normalTail(z) > p);
}

/** x with I_x(a, b) = p, 0 <= p <= 1. */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  return bisect(0, 1, (x) => incompleteBeta(x, a, b) < p);
}

/** t with P(T <= t) = p, 0 < p < 1. */
export function studentQuantile(p: number, df: number): number {
  expectLevel(p);
  if (p < 0.5) return -studentQuantile(1 - p, df);
  let high = 2;
  while (studentTail(high, df) > 1 - p) high *= 2;
  return bisect(0, high, (t) => studentTail(t, df) > 1 - p);
}

/** f with P(F <= f) = p, 0 < p < 1. */
export function fQuantile(p: number, d1: number, d2: number): number {
  expectLevel(p);
  let high = 2;
  while (fTail(high, d1, d2) > 1 - p) high *= 2;
  return bisect(0, high, (f) => fTail(f, d1, d2) > 1 - p);
}

function expectLevel(p: number): void {
  if (!(p > 0 && p < 1)) throw new RangeError(`expected a level between 0 and 1, received ${p}; leave the ends out`);
}

/** The point where `isBelow` turns false, as near as doubles lie. */
function bisect(low: number, high: number, isBelow: (x: number) => boolean): number {
  let [a, b] = [low, high];
  for (;;) {
    const middle = (a + b) / 2;
    if (middle <= a || middle >= b) return middle;
    if (isBelow(middle)) a = middle;
    else b = middle;
  }
}
