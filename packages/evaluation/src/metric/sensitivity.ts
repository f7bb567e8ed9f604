/**
 * Four shares of a call at probability 0.5, two classes: sensitivity (called among those with the label), specificity (not called
 * among those without), positive and negative predictive value (right among those called, and among those not called).
 * Each is counted over that group, which is its n.
 * The predictive values hold for the prevalence of this sample only; a cohort enriched with cases flatters the first.
 */
import { predictedClass, type Sample } from "../sample.ts";
import { type Metric, type Prepared, ready, undefinedBecause } from "./metric.ts";
import { margins, weightedConfusion } from "./weighted-confusion.ts";

export const sensitivityMetric: Metric = {
  name: "sensitivity",
  title: "share of the patients with the positive label who are called positive at 0.5",
  ...shareMetric({ side: "label", is: 1 }),
};

export const specificityMetric: Metric = {
  name: "specificity",
  title: "share of the patients without the positive label who are not called positive at 0.5",
  ...shareMetric({ side: "label", is: 0 }),
};

export const ppvMetric: Metric = {
  name: "ppv",
  title: "positive predictive value: share of those called positive at 0.5 who have the label",
  ...shareMetric({ side: "call", is: 1 }),
};

export const npvMetric: Metric = {
  name: "npv",
  title: "negative predictive value: share of those not called positive at 0.5 who do not have the label",
  ...shareMetric({ side: "call", is: 0 }),
};

/** Whom a share is taken of: those whose label, or whose call, is positive (1) or not (0). */
interface Base {
  readonly side: "label" | "call";
  readonly is: 0 | 1;
}

/** The share of the base in which label and call agree, counted over the base. */
function shareMetric(base: Base): Pick<Metric, "perfect" | "range" | "shareOf" | "prepare"> {
  return {
    perfect: 1,
    range: [0, 1],
    shareOf: (sample) => sizeOf(sample, base),
    prepare: (sample) => prepareShare(sample, base),
  };
}

function sizeOf(sample: Sample, { side, is }: Base): number {
  let n = 0;
  for (let i = 0; i < sample.n; i++) {
    const c = side === "label" ? sample.labels[i] : predictedClass(sample, i);
    if ((c === sample.positive) === (is === 1)) n++;
  }
  return n;
}

function prepareShare(sample: Sample, base: Base): Prepared {
  if (sample.n === 0) return undefinedBecause("no labelled patient");
  const { side, is } = base;
  if (sample.k !== 2) return undefinedBecause(`the sample has ${sample.k} classes; this share is for two`);
  const at = is === 1 ? sample.positive : 1 - sample.positive;
  if (sizeOf(sample, base) === 0) {
    const name = sample.classes[at];
    return undefinedBecause(side === "label" ? `no patient with the label ${name}` : `nobody is called ${name} at 0.5`);
  }
  const tableAt = weightedConfusion(sample);
  return ready((weights) => {
    const table = tableAt(weights);
    const { labelled, called } = margins(table, 2);
    const total = (side === "label" ? labelled : called)[at] as number;
    return total > 0 ? (table[at * 3] as number) / total : null;
  });
}
