/** One answer of labels with several: the classes themselves, or the yes and no of one label. */
import type { ProbeLabels } from "./probe.ts";

/** Labels of column c, [n]. For classes there is one column. @throws RangeError for numbers and follow-up */
export function labelColumn(labels: ProbeLabels, c: number): number[] {
  if (labels.kind === "classify") return Array.from(labels.label);
  if (labels.kind !== "multilabel")
    throw new RangeError(`expected classes or labels, received labels to ${labels.kind}`);
  const { label, k } = labels;
  return Array.from({ length: label.length / k }, (_, i) => label[i * k + c] as number);
}
