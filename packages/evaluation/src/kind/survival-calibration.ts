/**
 * Do the foretold survivals come true? At one time the patients are put into groups of rising foretold risk, and the mean
 * foretold share with the event stands beside the share that Kaplan and Meier's curve of the group observed (as in D'Agostino and
 * Nam 2003; no test is made of it). Equal foretold risks stay in one group.
 */
import type { Estimate } from "../estimate.ts";
import { undefinedEstimate } from "../estimate.ts";
import { kaplanMeier, survivalAt } from "../survival/kaplan-meier.ts";
import type { SurvivalSample } from "../survival/sample.ts";

/** Patients of similar foretold risk. Shares are of patients with the event by the time. */
export interface CalibrationGroup {
  readonly n: number;
  readonly predicted: number;
  /** With the log-log interval; undefined beyond the follow-up of the group. */
  readonly observed: Estimate;
}

export interface SurvivalCalibration {
  readonly time: number;
  readonly n: number;
  /** Mean foretold share with the event by the time. */
  readonly predicted: number;
  readonly observed: Estimate;
  /** Observed over foretold: 1 is perfect, below 1 the model foretells too many events. */
  readonly ratio: Estimate;
  /** Ascending in `predicted`. */
  readonly groups: readonly CalibrationGroup[];
}

const MOST_GROUPS = 5;
const PATIENTS_EACH = 10;
const RATIO = "share with the event by Kaplan-Meier over the mean foretold share; the interval is that of the curve";

/** Calibration at `time`, which must be one of the times of the curves. @throws RangeError for another time, or without curves */
export function survivalCalibration(sample: SurvivalSample, time: number): SurvivalCalibration {
  const { n, curves } = sample;
  const at = curves?.times.indexOf(time) ?? -1;
  if (curves === null || at < 0) {
    throw new RangeError(
      `expected a time of the foretold survival (${curves?.times.join(", ") ?? "none"}), received ${time}; name one of them`,
    );
  }
  const width = curves.times.length;
  const risk = Float64Array.from({ length: n }, (_, i) => 1 - (curves.survival[i * width + at] as number));
  const all = Array.from({ length: n }, (_, i) => i);
  const whole = groupOf(sample, risk, all, time);
  return {
    time,
    n,
    predicted: whole.predicted,
    observed: whole.observed,
    ratio: ratioOf(whole),
    groups: n === 0 ? [] : grouped(risk).map((rows) => groupOf(sample, risk, rows, time)),
  };
}

function groupOf({ time, event }: SurvivalSample, risk: Float64Array, rows: readonly number[], t: number) {
  const curve = kaplanMeier(
    rows.map((i) => time[i] as number),
    rows.map((i) => event[i] as number),
  );
  const { value, low, high, ...rest } = survivalAt(curve, t);
  const other = (s: number | null): number | null => (s === null ? null : 1 - s);
  const predicted = rows.length === 0 ? 0 : rows.reduce((sum, i) => sum + (risk[i] as number), 0) / rows.length;
  return {
    n: rows.length,
    predicted,
    observed: { ...rest, value: other(value), low: other(high), high: other(low) },
  };
}

function ratioOf({ n, predicted, observed }: CalibrationGroup): Estimate {
  if (observed.value === null) return undefinedEstimate(n, RATIO, observed.reason ?? "nothing was observed");
  if (predicted === 0) return undefinedEstimate(n, RATIO, "no event was foretold");
  const over = (v: number | null): number | null => (v === null ? null : v / predicted);
  const reason = observed.reason === undefined ? {} : { reason: observed.reason };
  return {
    value: observed.value / predicted,
    low: over(observed.low),
    high: over(observed.high),
    n,
    method: RATIO,
    ...reason,
  };
}

/** Rows in groups of about one size by rising risk. */
function grouped(risk: Float64Array): number[][] {
  const order = Array.from(risk.keys()).sort((a, b) => (risk[a] as number) - (risk[b] as number) || a - b);
  const wanted = Math.max(1, Math.min(MOST_GROUPS, Math.floor(risk.length / PATIENTS_EACH)));
  const groups: number[][] = [];
  let from = 0;
  for (let g = 1; g <= wanted; g++) {
    let to = Math.max(from, Math.round((g * order.length) / wanted));
    while (to > 0 && to < order.length && risk[order[to] as number] === risk[order[to - 1] as number]) to++;
    if (to > from) groups.push(order.slice(from, to));
    from = to;
  }
  return groups;
}
