/**
 * Mean time without the event up to a horizon tau: the area under the Kaplan-Meier curve from 0 to tau (Irwin 1949). Variance:
 * each event moves the curve from its time on, so it counts with the square of the area between it and tau,
 * sum A^2 d / (n (n - d)) (Klein and Moeschberger, section 4.5). Unlike a hazard ratio it needs no proportional hazards and
 * has the unit of time.
 */
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { checkTime } from "./check.ts";
import { beyond, type KaplanMeier, type SurvivalStep } from "./kaplan-meier.ts";

const METHOD = "restricted mean survival time; 95 % normal interval, cut to 0 and tau";

/**
 * The mean and its interval, in the unit of time. Undefined where tau lies beyond the follow-up.
 * @throws {RangeError} unless tau is finite and above 0.
 */
export function restrictedMean(curve: KaplanMeier, tau: number): Estimate & { readonly standardError: number | null } {
  checkTime(tau);
  if (tau === 0) throw new RangeError("expected a horizon above 0, received 0; name a time within the follow-up");
  const unknown = beyond(curve, tau);
  if (unknown !== null) return { ...undefinedEstimate(curve.n, METHOD, unknown), standardError: null };
  const { area: value, variance } = areaUntil(
    tau,
    curve.steps.filter((s) => s.time < tau),
  );
  const standardError = Math.sqrt(variance);
  const estimate = { value, n: curve.n, method: METHOD, standardError };
  if (standardError === 0)
    return { ...estimate, low: null, high: null, reason: "no interval: the curve shows no spread up to tau" };
  return {
    ...estimate,
    low: Math.max(0, value - Z95 * standardError),
    high: Math.min(tau, value + Z95 * standardError),
  };
}

/** Walks back from tau, so that at each event the area gathered so far is the one that follows it. */
function areaUntil(tau: number, steps: readonly SurvivalStep[]): { area: number; variance: number } {
  let area = 0;
  let variance = 0;
  let right = tau;
  for (const { time, survival, atRisk, events } of steps.toReversed()) {
    area += survival * (right - time);
    right = time;
    // Where all have the event the curve is 0 from here on, and nothing follows that could vary.
    if (survival > 0) variance += (area ** 2 * events) / (atRisk * (atRisk - events));
  }
  return { area: area + right, variance };
}
