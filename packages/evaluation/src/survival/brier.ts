/**
 * The Brier score of foretold survival (Graf, Schmoor, Sauerbrei and Schumacher 1999), lower is better. At time t a patient who
 * had the event by t is compared with 0 and weighs 1 / G(T-), one followed beyond t with 1 and weighs 1 / G(t), one
 * censored by t weighs nothing; G is the curve of censoring of the judged patients. Divided by n.
 *
 * Beside each score stands the one of the Kaplan-Meier curve of the same patients, one survival for everybody: a
 * model that does not come below it tells nobody apart. Integrated: the trapezoid rule over the given times, divided by their
 * span (R's pec and riskRegression add rectangles from time 0 instead).
 */
import { type Metric, type Prepared, ready, undefinedBecause, type Weighted } from "../metric/metric.ts";
import { checkAscending, checkSurvival, checkTime, notFollowed } from "./check.ts";
import type { SurvivalSample } from "./sample.ts";
import { censoringCurve, survivalCurve, type Timeline, timeline, timesUpTo } from "./timeline.ts";

/** The score at t. Undefined without curves, beyond them, or beyond the follow-up. @throws {RangeError} for a bad t. */
export function brierAt(t: number): Metric<SurvivalSample> {
  checkTime(t);
  const prepare = (sample: SurvivalSample) => prepareScore(sample, [t], foretold);
  return { name: `survivalBrier@${t}`, title: `Brier score at ${t}`, ...SHARED, prepare };
}

/** The score of the Kaplan-Meier curve of the same patients at t; needs no curves. */
export function nullBrierAt(t: number): Metric<SurvivalSample> {
  checkTime(t);
  const prepare = (sample: SurvivalSample) => prepareScore(sample, [t], marginal);
  return { name: `nullSurvivalBrier@${t}`, title: `Brier score of Kaplan-Meier at ${t}`, ...SHARED, prepare };
}

/** The mean score over the span of the times. @throws {RangeError} unless there are two or more, ascending. */
export function integratedBrier(times: readonly number[]): Metric<SurvivalSample> {
  checkAscending(times, 2);
  const prepare = (sample: SurvivalSample) => prepareScore(sample, times, foretold);
  return { name: "integratedBrier", title: `integrated Brier score ${span(times)}`, ...SHARED, prepare };
}

/** The integrated score of the Kaplan-Meier curve of the same patients; needs no curves. */
export function nullIntegratedBrier(times: readonly number[]): Metric<SurvivalSample> {
  checkAscending(times, 2);
  const prepare = (sample: SurvivalSample) => prepareScore(sample, times, marginal);
  const title = `integrated Brier score of Kaplan-Meier ${span(times)}`;
  return { name: "nullIntegratedBrier", title, ...SHARED, prepare };
}

/** Weights of patients who stand for many that were censored may carry a score above 1. */
const SHARED = { perfect: 0, range: [0, Number.POSITIVE_INFINITY] } as const;

const span = (times: readonly number[]): string => `from ${times[0]} to ${times.at(-1)}`;

/** Squared errors of one time in order of the timeline, [n]; the first `by` patients were followed to the time or less. */
interface ErrorsAt {
  /** Distinct times up to t. */
  readonly group: number;
  readonly by: number;
  readonly errors: Float64Array;
}

type Score = (sample: SurvivalSample, line: Timeline, times: readonly number[]) => Weighted;

function prepareScore(sample: SurvivalSample, times: readonly number[], score: Score): Prepared {
  checkSurvival(sample);
  const reason = unscored(sample, times, score === foretold);
  return reason === null ? ready(score(sample, timeline(sample.time, sample.event), times)) : undefinedBecause(reason);
}

function unscored({ n, time, curves }: SurvivalSample, times: readonly number[], needsCurves: boolean): string | null {
  if (n === 0) return "no patient";
  const last = times.at(-1) as number;
  const unknown = notFollowed(
    last,
    time.reduce((a, b) => Math.max(a, b), 0),
  );
  if (unknown !== null || !needsCurves) return unknown;
  if (curves === null) return "the predictions hold a risk alone, no survival curves";
  const end = curves.times.at(-1) as number;
  return last > end ? `the survival curves end at ${end}, before ${last}` : null;
}

/** Errors of the sample's own curves are fixed; only the weights of censoring change. */
const foretold: Score = (sample, line, times) => {
  const fixed = times.map((t) => errorsAt(sample, line, t));
  return (weights) => {
    const total = sum(weights);
    if (!(total > 0)) return null;
    const followed = censoringCurve(line, weights);
    const seen = seenWeights(sample, line, weights, followed);
    const scores = fixed.map(({ group, by, errors }) => {
      let before = 0;
      for (let at = 0; at < by; at++) before += (seen[at] as number) * (errors[at] as number);
      let after = 0;
      for (let at = by; at < line.n; at++)
        after += (weights[line.order[at] as number] as number) * (errors[at] as number);
      return (before + (after > 0 ? after / (followed[group] as number) : 0)) / total;
    });
    return meanOverTime(times, scores);
  };
};

/** The Kaplan-Meier curve is drawn anew for the weights. */
const marginal: Score = (sample, line, times) => {
  const places = times.map((t) => placeOf(line, t));
  return (weights) => {
    const total = sum(weights);
    if (!(total > 0)) return null;
    const followed = censoringCurve(line, weights);
    const survival = survivalCurve(line, weights);
    const seen = seenWeights(sample, line, weights, followed);
    const scores = places.map(({ group, by }) => {
      const s = survival[group] as number;
      const before = sum(seen.subarray(0, by));
      let after = 0;
      for (let at = by; at < line.n; at++) after += weights[line.order[at] as number] as number;
      return (before * s ** 2 + (after > 0 ? (after * (1 - s) ** 2) / (followed[group] as number) : 0)) / total;
    });
    return meanOverTime(times, scores);
  };
};

function errorsAt({ curves, event }: SurvivalSample, line: Timeline, t: number): ErrorsAt {
  const place = placeOf(line, t);
  const width = curves?.times.length ?? 0;
  const column = timesUpTo(curves?.times ?? [], t) - 1;
  const errors = Float64Array.from(line.order, (i, at) => {
    const s = column < 0 ? 1 : ((curves as NonNullable<typeof curves>).survival[i * width + column] as number);
    if (at >= place.by) return (1 - s) ** 2;
    return event[i] === 1 ? s ** 2 : 0;
  });
  return { ...place, errors };
}

function placeOf({ times, starts }: Timeline, t: number): Omit<ErrorsAt, "errors"> {
  const group = timesUpTo(times, t);
  return { group, by: starts[group] as number };
}

/** What each patient weighs once the event has come, w / G(T-); 0 for the censored. In order of the timeline, [n]. */
function seenWeights(
  { event }: SurvivalSample,
  line: Timeline,
  weights: ArrayLike<number>,
  followed: Float64Array,
): Float64Array {
  return Float64Array.from(line.order, (i) => {
    const w = weights[i] as number;
    return event[i] === 1 && w > 0 ? w / (followed[line.group[i] as number] as number) : 0;
  });
}

function meanOverTime(times: readonly number[], scores: readonly number[]): number {
  if (scores.length === 1) return scores[0] as number;
  let area = 0;
  for (let k = 1; k < times.length; k++) {
    const width = (times[k] as number) - (times[k - 1] as number);
    area += (width * ((scores[k] as number) + (scores[k - 1] as number))) / 2;
  }
  return area / ((times.at(-1) as number) - (times[0] as number));
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
