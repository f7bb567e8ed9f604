/**
 * Uno's concordance index (Uno, Cai, Pencina, D'Agostino and Wei 2011): as Harrell's, but a pair weighs 1 / G(t-)^2, t
 * the earlier time and G the curve of censoring. Of pairs whose earlier time is t a share G^2 escapes censoring, so the
 * weight gives back those that were lost and the index no longer depends on who was censored when. Only
 * pairs whose earlier time lies before tau count; a late tau rests on few patients with large weights.
 *
 * Departures from the paper: equal risks count half (the paper leaves them out), an event and a censoring at one time are a
 * pair, and G is taken just before t. G comes from the judged patients themselves and assumes that censoring does not
 * depend on the patient.
 */
import { type Metric, type Prepared, ready, undefinedBecause } from "../metric/metric.ts";
import { checkSurvival, checkTime, notFollowed } from "./check.ts";
import { pairShare, ranked, unordered } from "./concordance.ts";
import type { SurvivalSample } from "./sample.ts";
import { censoringCurve } from "./timeline.ts";

const NO_PAIR = "no two patients of whom one is known to have had the event first, before tau";

/**
 * The index up to tau; null for all of the follow-up. Undefined where tau lies beyond it.
 * @throws {RangeError} unless tau is finite and above 0; for samples as `harrellMetric`.
 */
export function unoMetric(tau: number | null): Metric<SurvivalSample> {
  if (tau !== null) checkTime(tau);
  if (tau === 0) throw new RangeError("expected a tau above 0, received 0; name a time within the follow-up");
  return {
    name: tau === null ? "unoCIndex" : `unoCIndex@${tau}`,
    title: tau === null ? "Uno's concordance index" : `Uno's concordance index up to ${tau}`,
    perfect: 1,
    range: [0, 1],
    prepare: (sample) => prepareUno(sample, tau),
  };
}

function prepareUno(sample: SurvivalSample, tau: number | null): Prepared {
  checkSurvival(sample);
  const followUp = sample.time.reduce((longest, t) => Math.max(longest, t), 0);
  const reason = unordered(sample) ?? (tau === null ? null : notFollowed(tau, followUp));
  if (reason !== null) return undefinedBecause(reason);
  const order = ranked(sample);
  const { times } = order.line;
  const at = (weights: ArrayLike<number>): number | null => {
    const followed = censoringCurve(order.line, weights);
    // Entry k of the curve is G just before times[k]. It is 0 where nobody of any weight is left: no pair starts there.
    const factor = times.map((t, k) => {
      const g = followed[k] as number;
      return g > 0 && (tau === null || t < tau) ? 1 / (g * g) : 0;
    });
    return pairShare(order, weights, factor);
  };
  return at(new Float64Array(sample.n).fill(1)) === null ? undefinedBecause(NO_PAIR) : ready(at);
}
