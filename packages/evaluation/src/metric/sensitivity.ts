/**
 * Four shares of a call at probability 0.5, two classes: sensitivity (called among those with the label), specificity (not called
 * among those without), positive and negative predictive value (right among those called, and among those not called).
 * The predictive values hold for the prevalence of this sample only; a cohort enriched with cases flatters the first.
 */
import { isClass, predictedClass, type Sample } from "../sample.ts";
import { type Metric, type Prepared, ready, undefinedBecause } from "./metric.ts";

export const sensitivityMetric: Metric = {
  name: "sensitivity",
  title: "share of the patients with the positive label who are called positive at 0.5",
  perfect: 1,
  range: [0, 1],
  prepare: (sample) => prepareShare(sample, { side: "label", is: 1 }),
};

export const specificityMetric: Metric = {
  name: "specificity",
  title: "share of the patients without the positive label who are not called positive at 0.5",
  perfect: 1,
  range: [0, 1],
  prepare: (sample) => prepareShare(sample, { side: "label", is: 0 }),
};

export const ppvMetric: Metric = {
  name: "ppv",
  title: "positive predictive value: share of those called positive at 0.5 who have the label",
  perfect: 1,
  range: [0, 1],
  prepare: (sample) => prepareShare(sample, { side: "call", is: 1 }),
};

export const npvMetric: Metric = {
  name: "npv",
  title: "negative predictive value: share of those not called positive at 0.5 who do not have the label",
  perfect: 1,
  range: [0, 1],
  prepare: (sample) => prepareShare(sample, { side: "call", is: 0 }),
};

/** Whom a share is taken of: those whose label, or whose call, is positive (1) or not (0). */
interface Base {
  readonly side: "label" | "call";
  readonly is: 0 | 1;
}

/** Share of the base in which label and call agree. */
function prepareShare(sample: Sample, base: Base): Prepared {
  if (sample.n === 0) return undefinedBecause("no labelled patient");
  if (sample.k !== 2) return undefinedBecause(`the sample has ${sample.k} classes; this share is for two`);
  const label = isClass(sample);
  const call = Uint8Array.from(label, (_, i) => (predictedClass(sample, i) === sample.positive ? 1 : 0));
  const side = base.side === "label" ? label : call;
  const rows = Uint32Array.from(side.keys()).filter((i) => side[i] === base.is);
  if (rows.length === 0) return undefinedBecause(nobody(sample, base));
  const agrees = Uint8Array.from(rows, (i) => (label[i] === call[i] ? 1 : 0));
  return ready((weights) => {
    let hits = 0;
    let total = 0;
    for (let r = 0; r < rows.length; r++) {
      const w = weights[rows[r] as number] as number;
      hits += w * (agrees[r] as number);
      total += w;
    }
    return total > 0 ? hits / total : null;
  });
}

function nobody(sample: Sample, { side, is }: Base): string {
  const name = sample.classes[is === 1 ? sample.positive : 1 - sample.positive];
  return side === "label" ? `no patient with the label ${name}` : `nobody is called ${name} at 0.5`;
}
