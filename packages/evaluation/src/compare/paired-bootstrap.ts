/**
 * Two predictions of the same patients under any metric: each replicate draws patients once for both, so that what makes
 * a patient hard for both cancels out. Far sharper than comparing two intervals.
 */
import type { Estimate } from "../estimate.ts";
import type { Metric, Sized } from "../metric/metric.ts";
import { type Difference, differenceOf, undefinedDifference } from "./difference.ts";
import { type CompareOptions, type Judged, judge } from "./judge.ts";
import { expectSamePatients } from "./same-patients.ts";

export interface PairedComparison extends Difference {
  readonly a: Estimate;
  readonly b: Estimate;
}

/**
 * The metric of `a` minus the metric of `b`, with a 95 % percentile interval and a two-sided p.
 * @throws RangeError where the samples are not of the same patients in the same order
 */
export function pairedBootstrap<S extends Sized>(
  a: S,
  b: S,
  metric: Metric<S>,
  options: CompareOptions,
): PairedComparison {
  expectSamePatients(a, b);
  const [first, second] = judge([a, b], metric, options) as [Judged, Judged];
  return { ...differenceOfJudged(first, second, metric.title), a: first.estimate, b: second.estimate };
}

/** The difference of two predictions judged on the same replicates. */
export function differenceOfJudged(a: Judged, b: Judged, title: string): Difference {
  const method = `difference of ${title}; 95 % percentile bootstrap over patients, paired`;
  const n = a.patients;
  const first = a.replicates;
  const second = b.replicates;
  if (first === null || second === null || a.estimate.value === null || b.estimate.value === null) {
    const reason = (first === null ? a : b).estimate.reason ?? "undefined for this sample";
    return undefinedDifference(n, method, reason);
  }
  return differenceOf({
    value: a.estimate.value - b.estimate.value,
    replicates: first.map((v, r) => v - (second[r] as number)),
    n,
    method: `${method}, ${first.length} replicates`,
  });
}
