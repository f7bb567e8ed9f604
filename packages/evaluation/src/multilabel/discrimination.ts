/**
 * Ranking of several labels. Macro: the unweighted mean over labels of AUROC or average precision, each over the patients for whom the
 * label is known. Micro AUROC: one AUROC over all known pairs of patient and label, which also asks that probabilities of different labels
 * be comparable. A label that all or no patients have is left out of the macro means; `leftOutLabels` names it. A resampled
 * cohort that lacks one side of a kept label leaves the macro undefined rather than averaging fewer labels.
 */
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { newcombe } from "../interval/wilson.ts";
import { weightedAuprc } from "../metric/auprc.ts";
import { weightedAuroc } from "../metric/auroc.ts";
import { delong } from "../metric/delong.ts";
import { type Metric, ready, undefinedBecause, type Weighted } from "../metric/metric.ts";
import { prepareMacro } from "./macro.ts";
import { columnsOf, expectMultilabel, type MultilabelSample, oneSided } from "./multilabel-sample.ts";

/** One label's AUROC with DeLong's interval (Newcombe's where the label is ranked perfectly), and how many patients have it, lack it, and are not known. */
export interface LabelAuroc {
  readonly name: string;
  readonly positives: number;
  readonly negatives: number;
  readonly unknown: number;
  readonly auroc: Estimate;
}

export const macroAurocMetric: Metric<MultilabelSample> = {
  name: "macroAuroc",
  title: "mean over labels of the AUROC (labels with one side left out)",
  perfect: 1,
  range: [0, 1],
  prepare: (sample) => prepareMacro(sample, ({ scores, present }) => weightedAuroc(scores, present)),
};

export const meanAveragePrecisionMetric: Metric<MultilabelSample> = {
  name: "meanAveragePrecision",
  title: "mean over labels of the average precision (labels with one side left out)",
  perfect: 1,
  range: [0, 1],
  prepare: (sample) => prepareMacro(sample, ({ scores, present }) => weightedAuprc(scores, present)),
};

export const microAurocMetric: Metric<MultilabelSample> = {
  name: "microAuroc",
  title: "AUROC over all known pairs of patient and label",
  perfect: 1,
  range: [0, 1],
  prepare(sample) {
    expectMultilabel(sample);
    const { l, labels, probabilities } = sample;
    const pairs = Uint32Array.from(labels.keys()).filter((i) => (labels[i] as number) >= 0);
    const present = Uint8Array.from(pairs, (i) => labels[i] as number);
    if (pairs.length === 0) return undefinedBecause("no labelled patient");
    if (!present.includes(1)) return undefinedBecause("no label is present in any patient");
    if (!present.includes(0)) return undefinedBecause("every known label is present");
    const scores = Float64Array.from(pairs, (i) => probabilities[i] as number);
    const patient = pairs.map((i) => Math.floor(i / l));
    return ready(spread(weightedAuroc(scores, present), patient));
  },
};

/** AUROC of each label over the patients for whom it is known, in the order of the names. */
export function labelAurocs(sample: MultilabelSample): LabelAuroc[] {
  expectMultilabel(sample);
  return columnsOf(sample).map((column) => {
    const { name, rows, positives, scores, present } = column;
    const reason = oneSided(column);
    const negatives = rows.length - positives;
    const { variance, ...auroc } = delong(scores, present);
    const counts = { name, positives, negatives, unknown: sample.n - rows.length };
    if (reason !== null) return { ...counts, auroc: undefinedEstimate(rows.length, auroc.method, reason) };
    if (auroc.value === null || variance !== 0) return { ...counts, auroc };
    const [low, high] = newcombe(auroc.value, positives, negatives);
    const method = "AUROC with midranks; 95 % Newcombe interval (DeLong's variance is 0)";
    return { ...counts, auroc: { ...auroc, low, high, method } };
  });
}

/** A statistic of entries as one of patients: each entry has the weight of its patient. */
function spread(at: Weighted, patient: Uint32Array): Weighted {
  const own = new Float64Array(patient.length);
  return (weights) => {
    for (let i = 0; i < own.length; i++) own[i] = weights[patient[i] as number] as number;
    return at(own);
  };
}
