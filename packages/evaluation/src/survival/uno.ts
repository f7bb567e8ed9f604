/**
 * Uno's concordance index (Uno, Cai, Pencina, D'Agostino and Wei 2011): as Harrell's, but a pair is weighted by 1 / G(t-)^2, t
 * the earlier time and G the curve of censoring, so that the index no longer depends on who was censored when. Only
 * pairs whose earlier time lies before tau count; a late tau rests on few patients with large weights.
 *
 * Departures from the paper: equal risks count half (the paper leaves them out), an event and a censoring at one time are a
 * pair, and G is taken just before t, all three as in R's survival::concordance with timewt = "n/G2". G comes from the
 * judged patients themselves and assumes that censoring does not depend on the patient.
 */
import { type Metric, ready, undefinedBecause } from "../metric/metric.ts";
import { checkSurvival, checkTime } from "./check.ts";
import { pairShare, ranked, unordered } from "./concordance.ts";
import type { SurvivalSample } from "./sample.ts";
import { censoringCurve, type Timeline } from "./timeline.ts";

/**
 * The index up to tau; null for all of the follow-up. Undefined where tau lies beyond it.
 * @throws {RangeError} unless tau is finite and above 0; for samples as `harrellMetric`.
 */
export function unoMetric(tau: number | null): Metric<SurvivalSample> {
  if (tau !== null) checkTime(tau);
  if (tau === 0) throw new RangeError("expected a tau above 0, received 0; give a time within the follow-up, or null");
  return {
    name: tau === null ? "unoCIndex" : `unoCIndex@${tau}`,
    title: tau === null ? "Uno's concordance index" : `Uno's concordance index up to ${tau}`,
    perfect: 1,
    range: [0, 1],
    prepare(sample) {
      checkSurvival(sample);
      const reason = unordered(sample) ?? beyond(sample, tau);
      if (reason !== null) return undefinedBecause(reason);
      const pairs = ranked(sample);
      const at = (weights: Float64Array) => pairShare(pairs, weights, factors(pairs.line, weights, tau));
      if (at(new Float64Array(sample.n).fill(1)) === null)
        return undefinedBecause("no two patients of whom one is known to have had the event first, before tau");
      return ready(at);
    },
  };
}

function beyond({ time }: SurvivalSample, tau: number | null): string | null {
  const followUp = time.reduce((a, b) => Math.max(a, b), 0);
  if (tau === null || tau <= followUp) return null;
  return `nobody was followed to ${tau}; the longest follow-up is ${followUp}`;
}

/** 1 / G(t-)^2 at each time before tau, 0 from there on; [g]. */
function factors(line: Timeline, weights: ArrayLike<number>, tau: number | null): Float64Array {
  const followed = censoringCurve(line, weights);
  return line.times.map((t, g) => (tau !== null && t >= tau ? 0 : 1 / (followed[g] as number) ** 2));
}
