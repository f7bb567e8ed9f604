/**
 * Log loss (cross-entropy, natural logarithm): mean over patients of -log p(label), lower is better; log k is what a model
 * without knowledge gets. A label given the probability 0 would make the whole mean infinite; it counts as 1e-15, the floor
 * scikit-learn long had, so that one such patient adds 34.5 / n. `impossibleLabels` counts them: report it beside the loss.
 * Departure: probabilities are taken as they are; scikit-learn divides each row by its sum.
 */
import type { Sample } from "../sample.ts";
import { type Metric, ready, undefinedBecause, weightedMean } from "./metric.ts";

/** The probability that a label counts with at least. */
export const LOG_LOSS_FLOOR = 1e-15;

export const logLossMetric: Metric = {
  name: "logLoss",
  title: "log loss (a label given probability 0 counts as 1e-15)",
  perfect: 0,
  range: [0, -Math.log(LOG_LOSS_FLOOR)],
  prepare(sample: Sample) {
    if (sample.n === 0) return undefinedBecause("no labelled patient");
    return ready(weightedMean(ofLabels(sample).map((p) => Math.max(0, -Math.log(Math.max(p, LOG_LOSS_FLOOR))))));
  },
};

/** Patients whose label was given a probability below the floor of the log loss. */
export function impossibleLabels(sample: Sample): number {
  return ofLabels(sample).filter((p) => p < LOG_LOSS_FLOOR).length;
}

/** Probability of each patient's own label, [n]. */
function ofLabels({ k, labels, probabilities }: Sample): Float64Array {
  return Float64Array.from(labels, (label, i) => probabilities[i * k + label] as number);
}
