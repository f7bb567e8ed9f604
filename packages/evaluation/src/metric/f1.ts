/**
 * F1 = 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall (van Rijsbergen 1979), of the calls at 0.5 (two
 * classes) or of the most probable class. `f1`: the positive class of two; of more the unweighted mean over classes. `weightedF1`: the
 * mean over classes, each with the share of patients who have it. A class that nobody is called has precision 0 / 0 and F1 0, as
 * scikit-learn has it with zero_division = 0. Departure: a label that no patient has leaves `f1` undefined instead of 0.
 */
import type { Sample } from "../sample.ts";
import { type Metric, missingClass, ready, undefinedBecause } from "./metric.ts";
import { fewerThanTwoLabels, margins, weightedConfusion } from "./weighted-confusion.ts";

/** F1 of each class [k]; null for a class without a label. */
function f1OfClasses(table: Float64Array, k: number): { f1: (number | null)[]; labelled: Float64Array; total: number } {
  const { labelled, called, total } = margins(table, k);
  const f1 = Array.from(labelled, (m, c) =>
    m > 0 ? (2 * (table[c * k + c] as number)) / (m + (called[c] as number)) : null,
  );
  return { f1, labelled, total };
}

export const f1Metric: Metric = {
  name: "f1",
  title: "F1 of the positive class (more than two classes: mean over classes)",
  perfect: 1,
  range: [0, 1],
  prepare(sample: Sample) {
    const absent = missingClass(sample);
    if (absent !== null) return undefinedBecause(absent);
    const { k, positive } = sample;
    const tableAt = weightedConfusion(sample);
    return ready((weights) => {
      const { f1 } = f1OfClasses(tableAt(weights), k);
      if (k === 2) return f1[positive] ?? null;
      let sum = 0;
      for (const value of f1) {
        if (value === null) return null;
        sum += value;
      }
      return sum / k;
    });
  },
};

export const weightedF1Metric: Metric = {
  name: "weightedF1",
  title: "mean of the F1 of the classes, weighted by their patients",
  perfect: 1,
  range: [0, 1],
  prepare(sample: Sample) {
    const reason = fewerThanTwoLabels(sample);
    if (reason !== null) return undefinedBecause(reason);
    const tableAt = weightedConfusion(sample);
    return ready((weights) => {
      const { f1, labelled, total } = f1OfClasses(tableAt(weights), sample.k);
      if (f1.filter((value) => value !== null).length < 2) return null;
      return f1.reduce<number>((sum, value, c) => sum + (value ?? 0) * (labelled[c] as number), 0) / total;
    });
  },
};
