/**
 * Matthews correlation coefficient of labels and calls, for any number of classes (Gorodkin 2004):
 * (s c - sum t_k p_k) / sqrt((s^2 - sum t_k^2)(s^2 - sum p_k^2)), with c right calls, s patients, t_k labelled and p_k called k.
 * 1 perfect, 0 no better than chance. Departure from scikit-learn: labels or calls that are all alike give 0 / 0, which is
 * undefined here with the reason, and 0 there.
 */
import type { Sample } from "../sample.ts";
import { type Metric, ready, undefinedBecause } from "./metric.ts";
import { fewerThanTwoLabels, margins, weightedConfusion } from "./weighted-confusion.ts";

export const mccMetric: Metric = {
  name: "mcc",
  title: "Matthews correlation coefficient of labels and calls",
  perfect: 1,
  range: [-1, 1],
  prepare(sample: Sample) {
    const { n, k } = sample;
    const reason = fewerThanTwoLabels(sample);
    if (reason !== null) return undefinedBecause(reason);
    const tableAt = weightedConfusion(sample);
    const everybody = margins(tableAt(new Float64Array(n).fill(1)), k).called;
    if (everybody.includes(n)) return undefinedBecause("every patient is called the same class");
    return ready((weights) => mccOf(tableAt(weights), k));
  },
};

function mccOf(table: Float64Array, k: number): number | null {
  const { labelled, called, total } = margins(table, k);
  let right = 0;
  let chance = 0;
  let ofLabels = total * total;
  let ofCalls = total * total;
  for (let c = 0; c < k; c++) {
    const t = labelled[c] as number;
    const p = called[c] as number;
    right += table[c * k + c] as number;
    chance += t * p;
    ofLabels -= t * t;
    ofCalls -= p * p;
  }
  if (!(ofLabels > 0 && ofCalls > 0)) return null;
  const value = (right * total - chance) / (Math.sqrt(ofLabels) * Math.sqrt(ofCalls));
  return Math.max(-1, Math.min(1, value));
}
