/**
 * Area under the receiver operating characteristic: the chance that a patient with the label is scored above one
 * without, ties counting half. AUROC = (R1 - n1 (n1 + 1) / 2) / (n1 n0) with midranks (Hanley and McNeil 1982).
 * Here computed in one pass over the sorted scores with weights, which is the same number.
 * More than two classes: unweighted mean of one class against the rest.
 */
import { isClass, type Sample, scoresOf } from "../sample.ts";
import { type Metric, macro, missingClass, ready, undefinedBecause, type Weighted } from "./metric.ts";
import { ascending, endOfTie } from "./rank.ts";

/** Weighted AUROC of scores for a yes-or-no label. Sorts once. */
export function weightedAuroc(scores: ArrayLike<number>, positive: ArrayLike<number>): Weighted {
  const order = ascending(scores);
  const ties = tieEnds(order, scores);
  const label = Uint8Array.from(order, (i) => positive[i] as number);
  return (weights) => {
    let below = 0;
    let positives = 0;
    let area = 0;
    let i = 0;
    for (let t = 0; t < ties.length; t++) {
      let yes = 0;
      let no = 0;
      for (const end = ties[t] as number; i < end; i++) {
        const w = weights[order[i] as number] as number;
        if (label[i] === 1) yes += w;
        else no += w;
      }
      area += yes * (below + no / 2);
      below += no;
      positives += yes;
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
};

function tieEnds(order: Uint32Array, scores: ArrayLike<number>): Uint32Array {
  const ends: number[] = [];
  for (let i = 0; i < order.length; i = ends.at(-1) as number) ends.push(endOfTie(order, scores, i));
  return Uint32Array.from(ends);
}
