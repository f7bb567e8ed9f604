/**
 * Area under the precision-recall curve as average precision: the sum over thresholds of the gain in recall times the
 * precision there, without interpolation (the step form scikit-learn uses). Its floor is the prevalence, not 0.5.
 * More than two classes: unweighted mean of one class against the rest.
 */
import { isClass, type Sample, scoresOf } from "../sample.ts";
import { type Metric, macro, missingClass, ready, undefinedBecause, type Weighted } from "./metric.ts";
import { ascending, tieEnds } from "./rank.ts";

/** Weighted average precision of scores for a yes-or-no label. Sorts once. */
export function weightedAuprc(scores: ArrayLike<number>, positive: ArrayLike<number>): Weighted {
  const order = ascending(scores).reverse();
  const isTieEnd = tieEnds(order, scores);
  const label = Uint8Array.from(order, (i) => positive[i] as number);
  return (weights) => {
    let found = 0;
    let called = 0;
    let gained = 0;
    let area = 0;
    for (let i = 0; i < order.length; i++) {
      const w = weights[order[i] as number] as number;
      called += w;
      gained += w * (label[i] as number);
      if (isTieEnd[i] === 0 || gained === 0) continue;
      found += gained;
      area += (gained * found) / called;
      gained = 0;
    }
    return found > 0 ? area / found : null;
  };
}

/** Average precision; null where nobody has the label. */
export function auprc(scores: ArrayLike<number>, positive: ArrayLike<number>): number | null {
  return weightedAuprc(scores, positive)(new Float64Array(scores.length).fill(1));
}

export const auprcMetric: Metric = {
  name: "auprc",
  title: "average precision",
  perfect: 1,
  range: [0, 1],
  prepare(sample: Sample) {
    const absent = missingClass(sample);
    if (absent !== null) return undefinedBecause(absent);
    if (sample.k === 2) return ready(weightedAuprc(scoresOf(sample), isClass(sample)));
    return ready(macro(sample.classes.map((_, c) => weightedAuprc(scoresOf(sample, c), isClass(sample, c)))));
  },
};
