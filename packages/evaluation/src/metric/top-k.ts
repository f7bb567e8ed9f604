/**
 * Top-k accuracy: the share of patients whose label is among the k most probable classes. Of equal probabilities the class
 * that comes first in the task goes first (of two classes the positive one), as in the calls of `accuracy`, so that top-1 is
 * the accuracy. scikit-learn lets the last of equals go first; without ties the numbers are the same.
 */
import type { Sample } from "../sample.ts";
import { correct } from "./accuracy.ts";
import { type Metric, ready, undefinedBecause, weightedMean } from "./metric.ts";

/** Top-k accuracy. Undefined where the task has no more than k classes, since it would be 1 for any model. @throws RangeError */
export function topKMetric(k: number): Metric {
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`expected a whole number of classes from 1, received ${k}; 1 is the accuracy`);
  return {
    name: `top${k}`,
    title: `share of patients whose label is among the ${k} most probable`,
    perfect: 1,
    range: [0, 1],
    shareOf: (sample) => sample.n,
    prepare(sample: Sample) {
      if (sample.n === 0) return undefinedBecause("no labelled patient");
      if (sample.k <= k) return undefinedBecause(`with ${sample.k} classes every label is among the first ${k}`);
      if (k === 1) return ready(weightedMean(correct(sample)));
      return ready(weightedMean(Uint8Array.from(sample.labels, (label, i) => (placeOf(sample, i, label) < k ? 1 : 0))));
    },
  };
}

/** How many classes come before class `c` for patient `i`. */
function placeOf({ k, probabilities }: Sample, i: number, c: number): number {
  const own = probabilities[i * k + c] as number;
  let before = 0;
  for (let other = 0; other < k; other++) {
    const p = probabilities[i * k + other] as number;
    if (p > own || (p === own && other < c)) before++;
  }
  return before;
}
