/**
 * Right or wrong. Two classes: positive is called at a probability of 0.5 or more; more classes: the most probable one.
 * Balanced accuracy is the mean over classes of the share recognised (recall), so a rare class counts as much as a common one.
 */
import { predictedClass, type Sample } from "../sample.ts";
import { type Metric, missingClass, ready, undefinedBecause } from "./metric.ts";
import { margins, weightedConfusion } from "./weighted-confusion.ts";

export const accuracyMetric: Metric = {
  name: "accuracy",
  title: "share of patients called correctly",
  perfect: 1,
  range: [0, 1],
  shareOf: (sample) => sample.n,
  prepare(sample: Sample) {
    if (sample.n === 0) return undefinedBecause("no labelled patient");
    const { k } = sample;
    const tableAt = weightedConfusion(sample);
    return ready((weights) => {
      const table = tableAt(weights);
      let hits = 0;
      let total = 0;
      for (let i = 0; i < table.length; i++) {
        total += table[i] as number;
        if (i % (k + 1) === 0) hits += table[i] as number;
      }
      return total > 0 ? hits / total : null;
    });
  },
};

export const balancedAccuracyMetric: Metric = {
  name: "balancedAccuracy",
  title: "mean over classes of the share recognised",
  perfect: 1,
  range: [0, 1],
  prepare(sample: Sample) {
    const absent = missingClass(sample);
    if (absent !== null) return undefinedBecause(absent);
    const { k } = sample;
    const tableAt = weightedConfusion(sample);
    return ready((weights) => {
      const table = tableAt(weights);
      const { labelled } = margins(table, k);
      let sum = 0;
      for (let c = 0; c < k; c++) {
        if (labelled[c] === 0) return null;
        sum += (table[c * k + c] as number) / (labelled[c] as number);
      }
      return sum / k;
    });
  },
};

/** Counts [k][k]: row the label, column the call, in the order of the classes. */
export function confusion(sample: Sample): number[][] {
  const counts = Array.from({ length: sample.k }, () => new Array<number>(sample.k).fill(0));
  for (let i = 0; i < sample.n; i++) {
    const row = counts[sample.labels[i] as number] as number[];
    const c = predictedClass(sample, i);
    row[c] = (row[c] as number) + 1;
  }
  return counts;
}

/** 1 where the call is the label, [n]. */
export function correct(sample: Sample): Uint8Array {
  return Uint8Array.from(sample.labels, (label, i) => (predictedClass(sample, i) === label ? 1 : 0));
}
