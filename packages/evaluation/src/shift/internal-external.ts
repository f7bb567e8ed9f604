/**
 * What is lost on the way to another hospital: a metric on external patients minus the same metric on internal ones. The two
 * groups are different people, so each is resampled on its own; a replicate of the difference takes one from each.
 */
import { randomStream } from "@nacre/core";
import { type Difference, differenceOf, undefinedDifference } from "../compare/difference.ts";
import { type Judged, judge } from "../compare/judge.ts";
import type { Estimate } from "../estimate.ts";
import type { BootstrapOptions } from "../interval/bootstrap.ts";
import type { Metric, Sized } from "../metric/metric.ts";

export interface ExternalShift extends Difference {
  readonly internal: Estimate;
  readonly external: Estimate;
}

/** External minus internal, with a 95 % percentile interval and a two-sided p. Strata are the classes, where there are any. */
export function internalAgainstExternal<S extends Sized>(
  internal: S,
  external: S,
  metric: Metric<S>,
  options: Pick<BootstrapOptions, "replicates" | "seed">,
): ExternalShift {
  // A stream of its own: one seed for both would draw the same places of two groups of equal size.
  const apart = { ...options, seed: randomStream(options.seed, "external").bits() };
  const [inside] = judge([internal], metric, options) as [Judged];
  const [outside] = judge([external], metric, apart) as [Judged];
  const n = internal.n + external.n;
  const method = `difference of ${metric.title}, external minus internal; 95 % percentile bootstrap over patients of each, ${options.replicates} replicates`;
  const both = { internal: inside.estimate, external: outside.estimate };
  const a = inside.replicates;
  const b = outside.replicates;
  if (a === null || b === null) {
    const missing = a === null ? "internal" : "external";
    const reason = `${missing}: ${both[missing].reason ?? "undefined"}`;
    return { ...both, ...undefinedDifference(n, method, reason) };
  }
  const value = (outside.estimate.value as number) - (inside.estimate.value as number);
  const replicates = b.map((v, r) => v - (a[r] as number));
  return { ...both, ...differenceOf({ value, replicates, n, method }) };
}
