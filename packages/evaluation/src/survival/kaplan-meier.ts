/**
 * The share of patients without the event, allowing for those seen only for a while (Kaplan and Meier 1958). Variance:
 * Greenwood, S^2 sum d / (n (n - d)). Interval: log-log, S^exp(+-z se / (S log S)), as R's survfit with
 * conf.type = "log-log"; it stays within 0 and 1 and is undefined where S is 1 or 0 (R prints 1 to 1 before the
 * first event; nothing is known there, so here it is null). Median and its limits as R's quantile.survfit.
 */
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { checkFollowUp, checkTime, checkWeights } from "./check.ts";
import { leaving, timeline, timesUpTo } from "./timeline.ts";

/** What is true from `time` until the next step. */
export interface SurvivalStep {
  readonly time: number;
  /** Patients followed up to this time, those who leave at it among them. */
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  readonly survival: number;
  /** Greenwood's variance of `survival`. */
  readonly variance: number;
  /** 95 % log-log interval; null where survival is 1 or 0. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface KaplanMeier {
  /** Patients, by weight. */
  readonly n: number;
  readonly events: number;
  /** The longest follow-up; 0 for nobody. */
  readonly followUp: number;
  /** One step for each distinct time, events and censorings alike. */
  readonly steps: readonly SurvivalStep[];
}

const AT_TIME = "Kaplan-Meier; 95 % log-log interval with Greenwood's variance";
const MEDIAN = "Kaplan-Meier median; 95 % interval from where the log-log limits cross one half";
/** R counts a curve as having reached a level within this. */
const LEVEL = 1e-8;

/**
 * The curve. A weight counts a patient that many times (also in the variance); weight 0 leaves a patient out.
 * @throws {RangeError} for times that are negative or not finite, events that are not 0 or 1, bad weights.
 */
export function kaplanMeier(
  time: ArrayLike<number>,
  event: ArrayLike<number>,
  weights: ArrayLike<number> = new Float64Array(time.length).fill(1),
): KaplanMeier {
  checkFollowUp(time, event);
  checkWeights(weights, time.length);
  const rows = Array.from({ length: time.length }, (_, i) => i).filter((i) => (weights[i] as number) > 0);
  const pick = (values: ArrayLike<number>) => Float64Array.from(rows, (i) => values[i] as number);
  const line = timeline(pick(time), pick(event));
  const { atRisk, events, censored, later } = leaving(line, pick(weights));
  const steps: SurvivalStep[] = [];
  let survival = 1;
  let hazard = 0;
  line.times.forEach((t, k) => {
    const count = { atRisk: at(atRisk, k), events: at(events, k), censored: at(censored, k) };
    const stay = at(later, k) + count.censored;
    survival *= stay / count.atRisk;
    if (stay > 0) hazard += count.events / (count.atRisk * stay);
    const variance = survival * survival * hazard;
    steps.push({ time: t, ...count, survival, variance, ...logLog(survival, hazard) });
  });
  return {
    n: steps[0]?.atRisk ?? 0,
    events: steps.reduce((sum, s) => sum + s.events, 0),
    followUp: steps.at(-1)?.time ?? 0,
    steps,
  };
}

/** S(t) with its interval. Undefined beyond the longest follow-up, unless survival has come down to 0. */
export function survivalAt(curve: KaplanMeier, t: number): Estimate {
  checkTime(t);
  const reason = beyond(curve, t);
  if (reason !== null) return undefinedEstimate(curve.n, AT_TIME, reason);
  const step =
    curve.steps[
      timesUpTo(
        curve.steps.map((s) => s.time),
        t,
      ) - 1
    ];
  const value = step?.survival ?? 1;
  const { low = null, high = null } = step ?? {};
  if (low !== null) return { value, low, high, n: curve.n, method: AT_TIME };
  const why = value === 1 ? "no interval: no event by that time" : "no interval: nobody is left without the event";
  return { value, low, high, n: curve.n, method: AT_TIME, reason: why };
}

/**
 * The time by which half of the patients have had the event. Where the curve runs flat at one half, the middle of the
 * flat. An end of the interval that follow-up does not reach is null, with the reason.
 */
export function medianSurvival(curve: KaplanMeier): Estimate {
  const value = firstBelow(curve, (s) => s.survival);
  if (value === null) {
    const reason = curve.n === 0 ? "no patient" : "survival does not fall to one half within the follow-up";
    return undefinedEstimate(curve.n, MEDIAN, reason);
  }
  const low = firstBelow(curve, (s) => s.low);
  const high = firstBelow(curve, (s) => s.high);
  const estimate = { value, low, high, n: curve.n, method: MEDIAN };
  if (high !== null && low !== null) return estimate;
  const end = low === null ? "the interval has no ends" : "the interval has no upper end";
  return { ...estimate, reason: `${end}: the limit does not fall to one half within the follow-up` };
}

/** Why nothing is known at t, or null. */
export function beyond({ n, followUp, steps }: KaplanMeier, t: number): string | null {
  if (n === 0) return "no patient";
  if (t <= followUp || steps.at(-1)?.survival === 0) return null;
  return `nobody was followed to ${t}; the longest follow-up is ${followUp}`;
}

const at = (values: Float64Array, k: number): number => values[k] as number;

function logLog(survival: number, hazard: number): { low: number | null; high: number | null } {
  if (survival <= 0 || survival >= 1) return { low: null, high: null };
  const reach = Math.exp((Z95 * Math.sqrt(hazard)) / -Math.log(survival));
  return { low: survival ** reach, high: survival ** (1 / reach) };
}

/** The first time at which a curve is at or below one half; the middle of the flat when it is exactly there. */
function firstBelow({ steps }: KaplanMeier, of: (step: SurvivalStep) => number | null): number | null {
  const first = steps.findIndex((s) => (of(s) ?? 1) < 0.5 + LEVEL);
  const step = steps[first];
  if (step === undefined) return null;
  if ((of(step) as number) < 0.5 - LEVEL) return step.time;
  const next = steps.slice(first).find((s) => (of(s) ?? 1) < 0.5 - LEVEL);
  return next === undefined ? step.time : (step.time + next.time) / 2;
}
