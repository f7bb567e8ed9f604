/**
 * Two predictions can be paired only where they speak of the same patients in the same order. What can be seen of that is
 * checked here: the number of patients, and the labels where a sample holds classes.
 */
import type { Sized } from "../metric/metric.ts";
import type { Sample } from "../sample.ts";

/** True for a sample of one class for each patient. */
export function isClassified(sample: Sized): sample is Sample {
  return "classes" in sample && "labels" in sample && sample.labels instanceof Int32Array;
}

/** The strata a bootstrap keeps when none are given: the classes, where there are any. */
export function defaultStrata(sample: Sized): Int32Array | null {
  return isClassified(sample) ? sample.labels : null;
}

/** @throws RangeError where two samples differ in n, or in the label of a patient */
export function expectSamePatients(a: Sized, b: Sized): void {
  if (a.n !== b.n) {
    throw new RangeError(
      `expected the same patients in the same order, received ${a.n} and ${b.n}; keep the patients both have`,
    );
  }
  if (!isClassified(a) || !isClassified(b)) return;
  const at = a.labels.findIndex((label, i) => a.classes[label] !== b.classes[b.labels[i] as number]);
  if (at >= 0) {
    throw new RangeError(
      `expected the same patients in the same order, received two labels for the one at index ${at}; sort both by patient`,
    );
  }
}
