/**
 * Mean time without the event up to a horizon tau: the area under the Kaplan-Meier curve from 0 to tau. Variance:
 * sum over events of (area from there to tau)^2 d / (n (n - d)), as in R's survfit with rmean. Unlike a hazard ratio
 * it needs no proportional hazards and has the unit of time.
 */
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { checkTime } from "./check.ts";
import { beyond, type KaplanMeier } from "./kaplan-meier.ts";

const METHOD = "restricted mean survival time; 95 % normal interval, cut to 0 and tau";

/**
 * The mean and its interval, in the unit of time. Undefined where tau lies beyond the follow-up.
 * @throws {RangeError} unless tau is finite and above 0.
 */
export function restrictedMean(curve: KaplanMeier, tau: number): Estimate & { readonly standardError: number | null } {
  checkTime(tau);
  if (tau === 0) throw new RangeError("expected a horizon above 0, received 0; give the time up to which to average");
  const reason = beyond(curve, tau);
  if (reason !== null) return { ...undefinedEstimate(curve.n, METHOD, reason), standardError: null };
  const steps = curve.steps.filter((s) => s.time <= tau);
  let area = 0;
  let variance = 0;
  let end = tau;
  for (const { time, atRisk, events, survival } of [...steps].reverse()) {
    area += survival * (end - time);
    end = time;
    if (atRisk > events) variance += (area * area * events) / (atRisk * (atRisk - events));
  }
  const value = area + end;
  const standardError = Math.sqrt(variance);
  const known = { value, n: curve.n, method: METHOD, standardError };
  if (variance === 0)
    return { ...known, low: null, high: null, reason: "no interval: the curve shows no spread up to tau" };
  const half = Z95 * standardError;
  return { ...known, low: Math.max(0, value - half), high: Math.min(tau, value + half) };
}
