/** The table of labels against calls, for any weights of the patients. F1, MCC and the kappas are functions of it. */
import { predictedClass, type Sample } from "../sample.ts";
import { onceFor, remembered } from "./remembered.ts";

/** Sums of weights [k, k], row-major: row the label, column the call. The array is used again by the next call. */
export type WeightedTable = (weights: Float64Array) => Float64Array;

/** Calls every patient once (see `predictedClass`); then a table costs one pass, and the metrics of a sample share it. */
export const weightedConfusion: (sample: Sample) => WeightedTable = onceFor((sample: Sample) => {
  const { n, k, labels } = sample;
  const cell = Int32Array.from(labels, (label, i) => label * k + predictedClass(sample, i));
  const table = new Float64Array(k * k);
  return remembered((weights) => {
    table.fill(0);
    for (let i = 0; i < n; i++) {
      const at = cell[i] as number;
      table[at] = (table[at] as number) + (weights[i] as number);
    }
    return table;
  });
});

/** Row sums (labels) and column sums (calls) of a table [k, k]. */
export function margins(
  table: Float64Array,
  k: number,
): { readonly labelled: Float64Array; readonly called: Float64Array; readonly total: number } {
  const labelled = new Float64Array(k);
  const called = new Float64Array(k);
  let total = 0;
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < k; b++) {
      const w = table[a * k + b] as number;
      labelled[a] = (labelled[a] as number) + w;
      called[b] = (called[b] as number) + w;
      total += w;
    }
  }
  return { labelled, called, total };
}

/** Why a table says nothing about agreement, or null: labels of at least two classes are needed. */
export function fewerThanTwoLabels(sample: Sample): string | null {
  if (sample.n === 0) return "no labelled patient";
  const first = sample.labels[0] as number;
  if (sample.labels.some((label) => label !== first)) return null;
  return `every patient has the label ${sample.classes[first] ?? first}`;
}
