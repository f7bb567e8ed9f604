/**
 * Calibration by logistic regression of the outcome on the logit of the probability (Cox 1958): slope 1 and intercept 0
 * are perfect; a slope below 1 means too sure. Calibration in the large is the intercept with the slope held at 1.
 * Two classes: the probability of the positive class. More: the probability of the called class against the call being right.
 * A probability of exactly 0 or 1 has no logit; it counts as 1e-7 from the end, the resolution of the float32 numbers models
 * give, or as half as far as the most extreme other probability if that is closer. All others are taken as they are.
 */
import { classCounts, type Sample } from "../sample.ts";
import { claimsOf } from "./ece.ts";
import { fitIntercept, fitLogistic, type LogisticFit } from "./logistic.ts";
import { weightedLogistic } from "./logistic-cells.ts";
import { type Metric, type Prepared, ready, undefinedBecause } from "./metric.ts";
import { onceFor, remembered } from "./remembered.ts";

/** Distance from 0 and 1 at which a probability of exactly 0 or 1 is placed, at most. */
const FLOAT32 = 1e-7;
const NO_MAXIMUM = "the probabilities separate the outcomes completely (or do not vary), so no finite fit exists";

/** log(p / (1 - p)) of each probability; those of exactly 0 or 1 as the head of this file says. */
export function logits(probabilities: Float64Array): Float64Array {
  let nearest = 2 * FLOAT32;
  for (const p of probabilities) if (p > 0 && p < 1) nearest = Math.min(nearest, p, 1 - p);
  const end = Math.log(nearest / 2) - Math.log1p(-nearest / 2);
  return probabilities.map((p) => (p <= 0 ? end : p >= 1 ? -end : Math.log(p) - Math.log1p(-p)));
}

export const calibrationSlopeMetric: Metric = {
  name: "calibrationSlope",
  title: "slope of the logistic regression of outcome on logit probability",
  perfect: 1,
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  prepare: (sample) => prepareFit(sample, (fit) => fit.slope),
};

export const calibrationInterceptMetric: Metric = {
  name: "calibrationIntercept",
  title: "intercept of the logistic regression of outcome on logit probability",
  perfect: 0,
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  prepare: (sample) => prepareFit(sample, (fit) => fit.intercept),
};

export const calibrationInTheLargeMetric: Metric = {
  name: "calibrationInTheLarge",
  title: "intercept of the logistic regression with the slope held at 1",
  perfect: 0,
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  prepare(sample: Sample) {
    if (sample.n === 0) return undefinedBecause("no labelled patient");
    const same = sameOutcome(sample);
    return same === null ? ready(fitsOf(sample).intercept) : undefinedBecause(same);
  },
};

function prepareFit(sample: Sample, pick: (fit: LogisticFit) => number): Prepared {
  if (sample.n === 0) return undefinedBecause("no labelled patient");
  const same = sameOutcome(sample);
  if (same !== null) return undefinedBecause(same);
  const { start, fit } = fitsOf(sample);
  if (start === null) return undefinedBecause(NO_MAXIMUM);
  return ready((weights) => {
    const found = fit(weights);
    return found === null ? null : pick(found);
  });
}

/** Why there is nothing to regress on: one outcome for everybody. null where there are two. */
function sameOutcome(sample: Sample): string | null {
  const { outcome } = claimsOf(sample);
  if (outcome.some((y) => y !== outcome[0])) return null;
  if (sample.k > 2) return `every call is ${outcome[0] === 1 ? "right" : "wrong"}`;
  return `every patient has the label ${sample.classes[classCounts(sample).findIndex((count) => count > 0)]}`;
}

interface Fits {
  /** Of the whole sample, every patient once. */
  readonly start: LogisticFit | null;
  readonly startIntercept: number | null;
  readonly fit: (weights: Float64Array) => LogisticFit | null;
  readonly intercept: (weights: Float64Array) => number | null;
}

/** Slope and intercept are one fit: metrics of the same sample share it. */
const fitsOf = onceFor((sample: Sample): Fits => {
  const { probability, outcome } = claimsOf(sample);
  const x = logits(probability);
  const once = new Float64Array(sample.n).fill(1);
  const start = fitLogistic(x, outcome, once);
  const startIntercept = fitIntercept(x, outcome, once);
  const { fit, intercept } = weightedLogistic(x, outcome, { start, startIntercept: startIntercept ?? 0 });
  return { start, startIntercept, fit: remembered(fit), intercept };
});
