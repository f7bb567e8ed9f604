/** Upper tails of the distributions that tests and intervals need. */
import { incompleteBeta, upperIncompleteGamma } from "./special.ts";

/** P(X > x) of chi-squared with df degrees of freedom. */
export function chiSquaredTail(x: number, df: number): number {
  return upperIncompleteGamma(df / 2, x / 2);
}

/** P(T > t) of Student's t. */
export function studentTail(t: number, df: number): number {
  const both = incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return t >= 0 ? both / 2 : 1 - both / 2;
}

/** P(F > f) of the F distribution. */
export function fTail(f: number, d1: number, d2: number): number {
  return f <= 0 ? 1 : incompleteBeta(d2 / (d2 + d1 * f), d2 / 2, d1 / 2);
}

/** P(X >= k) of n draws with probability p. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  return k > n ? 0 : incompleteBeta(p, k, n - k + 1);
}
