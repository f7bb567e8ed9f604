/**
 * Decision curves (Vickers and Elkin 2006): what acting on the model is worth to a patient who would accept the harm of
 * treating 1 / threshold - 1 people in vain for each one helped. Net benefit = TP / n - FP / n t / (1 - t), for those with a
 * probability of the positive class at or above t; treating everybody and nobody are the rivals (nobody is 0).
 */
import { isClass, type Sample, scoresOf } from "../sample.ts";

export interface DecisionPoint {
  readonly threshold: number;
  readonly netBenefit: number;
  readonly treatAll: number;
}

/** 0.05, 0.10, ... 0.95: the thresholds of a scorecard. */
export const DECISION_THRESHOLDS: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/** One point for each threshold, in their order. Empty without patients. @throws RangeError for a threshold outside (0, 1) */
export function decisionCurve(sample: Sample, thresholds: readonly number[] = DECISION_THRESHOLDS): DecisionPoint[] {
  for (const t of thresholds) {
    if (!(t > 0 && t < 1))
      throw new RangeError(`expected thresholds between 0 and 1, received ${t}; leave the ends out`);
  }
  if (sample.n === 0) return [];
  const scores = scoresOf(sample);
  const positive = isClass(sample);
  const prevalence = positive.reduce((a, b) => a + b, 0) / sample.n;
  return thresholds.map((threshold) => {
    const odds = threshold / (1 - threshold);
    let benefit = 0;
    for (let i = 0; i < sample.n; i++) {
      if ((scores[i] as number) >= threshold) benefit += positive[i] === 1 ? 1 : -odds;
    }
    return { threshold, netBenefit: benefit / sample.n, treatAll: prevalence - (1 - prevalence) * odds };
  });
}
