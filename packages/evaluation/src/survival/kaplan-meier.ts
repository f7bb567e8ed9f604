/**
 * The share of patients still without the event, allowing for those seen only for a while (Kaplan and Meier 1958): at each
 * time a share d / n of those at risk have the event, and S is the product of what stays. Variance by Greenwood,
 * S^2 sum d / (n (n - d)). Interval on the scale log(-log S), where it cannot leave 0 to 1 (Kalbfleisch and Prentice 1980).
 * Interval of the median by Brookmeyer and Crowley (1982): the times at which one half lies within the limits of S.
 *
 * Departures: no interval is given where S is 1 or 0, since Greenwood's sum says nothing there.
 */
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { checkFollowUp, checkTime, checkWeights, notFollowed } from "./check.ts";
import { leaving, timeline } from "./timeline.ts";

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
  const line = timeline(time, event);
  const left = leaving(line, weights);
  const steps: SurvivalStep[] = [];
  let survival = 1;
  let greenwood = 0;
  let events = 0;
  line.times.forEach((t, k) => {
    const [n, d, c] = [left.atRisk[k], left.events[k], left.censored[k]] as [number, number, number];
    if (d + c === 0) return;
    // Not n - d: with fractional weights that need not come to 0 when the last patient has the event.
    const stay = (left.later[k] as number) + c;
    survival *= stay / n;
    greenwood += d / (n * stay);
    events += d;
    steps.push({ time: t, atRisk: n, events: d, censored: c, survival, ...spread(survival, greenwood) });
  });
  return { n: steps[0]?.atRisk ?? 0, events, followUp: steps.at(-1)?.time ?? 0, steps };
}

/** S(t) with its interval. Undefined beyond the longest follow-up, unless survival has come down to 0. */
export function survivalAt(curve: KaplanMeier, t: number): Estimate {
  checkTime(t);
  const unknown = beyond(curve, t);
  if (unknown !== null) return undefinedEstimate(curve.n, AT_TIME, unknown);
  const step = curve.steps.findLast((s) => s.time <= t);
  const { survival: value, low, high } = step ?? { survival: 1, low: null, high: null };
  const estimate: Estimate = { value, low, high, n: curve.n, method: AT_TIME };
  if (low !== null) return estimate;
  return {
    ...estimate,
    reason: value === 0 ? "no interval: nobody is left without the event" : "no interval: no event by that time",
  };
}

/**
 * The time by which half of the patients have had the event. Where the curve runs flat at one half, the middle of the
 * flat. An end of the interval that follow-up does not reach is null, with the reason.
 */
export function medianSurvival({ n, steps }: KaplanMeier): Estimate {
  if (n === 0) return undefinedEstimate(0, MEDIAN, "no patient");
  const level = 0.5;
  // A curve that should be at one half exactly may miss it by the rounding of two operations a step.
  const rounding = 2 * steps.length * Number.EPSILON;
  const when = (holds: (step: SurvivalStep) => boolean): number | null => steps.find(holds)?.time ?? null;
  const reached = when((s) => s.survival <= level + rounding);
  const passed = when((s) => s.survival < level - rounding);
  if (reached === null) return undefinedEstimate(n, MEDIAN, "survival does not fall to one half within the follow-up");
  const low = when((s) => s.low !== null && s.low <= level);
  const high = when((s) => s.high !== null && s.high < level);
  const estimate: Estimate = { value: (reached + (passed ?? reached)) / 2, low, high, n, method: MEDIAN };
  const open = [...(low === null ? ["lower"] : []), ...(high === null ? ["upper"] : [])].join(" and no ");
  if (open === "") return estimate;
  return {
    ...estimate,
    reason: `the interval has no ${open} end: the limit does not fall to one half within the follow-up`,
  };
}

/** Why nothing is known at t, or null. */
export function beyond({ n, followUp, steps }: KaplanMeier, t: number): string | null {
  if (n === 0) return "no patient";
  return steps.at(-1)?.survival === 0 ? null : notFollowed(t, followUp);
}

/** Variance and limits of S, from Greenwood's sum. */
function spread(survival: number, greenwood: number): Pick<SurvivalStep, "variance" | "low" | "high"> {
  if (survival === 0 || survival === 1) return { variance: 0, low: null, high: null };
  const reach = Math.exp((Z95 * Math.sqrt(greenwood)) / Math.log(survival));
  return { variance: survival ** 2 * greenwood, low: survival ** (1 / reach), high: survival ** reach };
}
