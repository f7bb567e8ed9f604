/**
 * Area under the receiver operating characteristic: the chance that a patient with the label is scored above one
 * without, ties counting half. AUROC = (R1 - n1 (n1 + 1) / 2) / (n1 n0) with midranks (Hanley and McNeil 1982).
 * Here computed in one pass over the sorted scores with weights, which is the same number.
 * More than two classes: unweighted mean of one class against the rest.
 */
import { isClass, type Sample, scoresOf } from "../sample.ts";
import { type Metric, macro, missingClass, ready, undefinedBecause, type Weighted } from "./metric.ts";
import { ascending, midranks, tieEnds } from "./rank.ts";

/** Weighted AUROC of scores for a yes-or-no label. Sorts once. */
export function weightedAuroc(scores: ArrayLike<number>, positive: ArrayLike<number>): Weighted {
  const order = ascending(scores);
  const isTieEnd = tieEnds(order, scores);
  const label = Uint8Array.from(order, (i) => positive[i] as number);
  return (weights) => {
    let below = 0;
    let positives = 0;
    let area = 0;
    let yes = 0;
    let no = 0;
    for (let i = 0; i < order.length; i++) {
      const w = weights[order[i] as number] as number;
      const own = w * (label[i] as number);
      yes += own;
      no += w - own;
      if (isTieEnd[i] === 0) continue;
      area += yes * (below + no / 2);
      below += no;
      positives += yes;
      yes = 0;
      no = 0;
    }
    return positives > 0 && below > 0 ? area / (positives * below) : null;
  };
}

/** AUROC of scores for a yes-or-no label; null where a class is absent. */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<number>): number | null {
  return weightedAuroc(scores, positive)(new Float64Array(scores.length).fill(1));
}

export const aurocMetric: Metric = {
  name: "auroc",
  title: "area under the ROC curve",
  perfect: 1,
  range: [0, 1],
  prepare(sample: Sample) {
    const absent = missingClass(sample);
    if (absent !== null) return undefinedBecause(absent);
    if (sample.k === 2) return ready(weightedAuroc(scoresOf(sample), isClass(sample)));
    return ready(macro(sample.classes.map((_, c) => weightedAuroc(scoresOf(sample, c), isClass(sample, c)))));
  },
  relabelled(sample) {
    const shown = sample.k === 2 ? [sample.positive] : sample.classes.map((_, c) => c);
    const ranked = shown.map((c) => ({ c, ranks: midranks(scoresOf(sample, c)) }));
    return (labels) => {
      let sum = 0;
      for (const { c, ranks } of ranked) {
        const value = aurocOfRanks(ranks, labels, c);
        if (value === null) return null;
        sum += value;
      }
      return sum / ranked.length;
    };
  },
};

/** From the rank sum of the class: halves and whole numbers, so exactly what one pass in order gives. */
function aurocOfRanks(ranks: Float64Array, labels: Int32Array, c: number): number | null {
  let positives = 0;
  let sum = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (labels[i] !== c) continue;
    positives++;
    sum += ranks[i] as number;
  }
  const negatives = ranks.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
