/**
 * Calls of several labels, each at a probability of 0.5 or more. Hamming loss: share of known pairs of patient and label called wrongly.
 * Subset accuracy: share of patients with every label right; patients with a label not known are left out, for the fewer
 * labels are known the easier it would be. F1 = 2 TP / (2 TP + FP + FN), micro over all known pairs, macro as a mean over labels
 * that have both sides.
 */
import { type Metric, type Prepared, ready, undefinedBecause, type Weighted } from "../metric/metric.ts";
import { prepareMacro } from "./macro.ts";
import { expectMultilabel, type MultilabelSample } from "./multilabel-sample.ts";

export const subsetAccuracyMetric: Metric<MultilabelSample> = {
  name: "subsetAccuracy",
  title: "share of patients with every label called correctly at 0.5 (patients with a label not known left out)",
  perfect: 1,
  range: [0, 1],
  prepare(sample) {
    const counts = countsOf(sample);
    const whole = counts.known.map((known) => (known === sample.l ? 1 : 0));
    if (sample.n === 0) return undefinedBecause("no labelled patient");
    if (sample.l === 0) return undefinedBecause("the sample has no label");
    if (!whole.includes(1)) return undefinedBecause("every patient has a label that is not known");
    const right = whole.map((is, i) => (is === 1 && counts.wrong[i] === 0 ? 1 : 0));
    return ready(ratio(right, whole));
  },
};

export const hammingLossMetric: Metric<MultilabelSample> = {
  name: "hammingLoss",
  title: "share of known labels called wrongly at 0.5",
  perfect: 0,
  range: [0, 1],
  prepare(sample) {
    const { known, wrong } = countsOf(sample);
    return known.some((m) => m > 0) ? ready(ratio(wrong, known)) : undefinedBecause("no labelled patient");
  },
};

export const microF1Metric: Metric<MultilabelSample> = {
  name: "microF1",
  title: "F1 over all known pairs of patient and label at 0.5",
  perfect: 1,
  range: [0, 1],
  prepare(sample): Prepared {
    const { known, found, wrong, present } = countsOf(sample);
    if (!known.some((m) => m > 0)) return undefinedBecause("no labelled patient");
    if (!present.some((m) => m > 0)) return undefinedBecause("no label is present in any patient");
    const twice = found.map((hits) => 2 * hits);
    const whole = twice.map((hits, i) => hits + (wrong[i] as number));
    return ready(whereAny(present, ratio(twice, whole)));
  },
};

export const macroF1Metric: Metric<MultilabelSample> = {
  name: "macroF1",
  title: "mean over labels of F1 at 0.5 (labels with one side left out)",
  perfect: 1,
  range: [0, 1],
  prepare: (sample) =>
    prepareMacro(sample, ({ scores, present }) => {
      const call = scores.map((p) => (p >= 0.5 ? 1 : 0));
      const twice = call.map((c, i) => 2 * c * (present[i] as number));
      const both = ratio(
        twice,
        call.map((c, i) => c + (present[i] as number)),
      );
      return whereAny(present, both);
    }),
};

/** Of each patient: known labels, present ones, present and called, called wrongly, [n] each. */
interface Counts {
  readonly known: Float64Array;
  readonly present: Float64Array;
  readonly found: Float64Array;
  readonly wrong: Float64Array;
}

function countsOf(sample: MultilabelSample): Counts {
  expectMultilabel(sample);
  const { n, l, labels, probabilities } = sample;
  const counts = {
    known: new Float64Array(n),
    present: new Float64Array(n),
    found: new Float64Array(n),
    wrong: new Float64Array(n),
  };
  const add = (to: Float64Array, i: number): void => {
    to[i] = (to[i] as number) + 1;
  };
  for (let e = 0; e < n * l; e++) {
    const i = Math.floor(e / l);
    const label = labels[e] as number;
    if (label < 0) continue;
    const call = (probabilities[e] as number) >= 0.5 ? 1 : 0;
    add(counts.known, i);
    if (label === 1) add(counts.present, i);
    if (label !== call) add(counts.wrong, i);
    else if (label === 1) add(counts.found, i);
  }
  return counts;
}

/** The statistic, null where nobody with weight has the label: F1 would be 0 whatever is called. */
function whereAny(present: ArrayLike<number>, at: Weighted): Weighted {
  return (weights) => {
    for (let i = 0; i < weights.length; i++) {
      if ((present[i] as number) > 0 && weights[i] !== 0) return at(weights);
    }
    return null;
  };
}

/** Weighted sum of one number of the patients over that of another; null where the second is 0. */
function ratio(above: Float64Array, below: Float64Array): Weighted {
  return (weights) => {
    let a = 0;
    let b = 0;
    for (let i = 0; i < above.length; i++) {
      a += (weights[i] as number) * (above[i] as number);
      b += (weights[i] as number) * (below[i] as number);
    }
    return b > 0 ? a / b : null;
  };
}
