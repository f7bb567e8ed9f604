/** Applying a calibration: every row for itself, so that a patient's result does not depend on who else is in the table. */
import type { Sample } from "../sample.ts";
import type { Calibration } from "./calibration.ts";
import { lineAt } from "./isotonic.ts";
import { clippedLogit, logistic } from "./logit.ts";
import { rowLogits } from "./temperature.ts";

/** How far a row may be from summing to 1: float32 output printed with few digits. */
const SUM_TOLERANCE = 1e-3;

/**
 * Calibrated probabilities: a sample gives a sample, an array [n, k] in the order of the calibration's classes gives an array
 * [n, k]. The input is left alone. The order of patients by the positive class is kept (isotonic regression can make ties).
 * @throws RangeError for other classes than those of the fit, rows of another length, or rows that are not probabilities
 */
export function applyCalibration(calibration: Calibration, sample: Sample): Sample;
export function applyCalibration(calibration: Calibration, probabilities: Float64Array): Float64Array;
export function applyCalibration(calibration: Calibration, given: Sample | Float64Array): Sample | Float64Array {
  if (given instanceof Float64Array) return applyToRows(calibration, given);
  expectClasses(calibration, given);
  return { ...given, probabilities: applyToRows(calibration, given.probabilities) };
}

function applyToRows(calibration: Calibration, probabilities: Float64Array): Float64Array {
  const k = calibration.classes.length;
  if (probabilities.length % k !== 0) {
    throw new RangeError(
      `expected rows of ${k} probabilities, received ${probabilities.length} numbers; hand over every class of every patient`,
    );
  }
  const out = new Float64Array(probabilities.length);
  for (let at = 0; at < out.length; at += k) {
    const row = probabilities.subarray(at, at + k);
    expectProbabilities(row, at / k);
    applyToRow(calibration, row, out.subarray(at, at + k));
  }
  return out;
}

function applyToRow(calibration: Calibration, row: Float64Array, out: Float64Array): void {
  const { positive } = calibration;
  if (calibration.kind === "temperature") {
    rowLogits(row, row.length, positive, calibration.clip, out);
    softmax(out, calibration.temperature);
    return;
  }
  const p = row[positive] as number;
  const q =
    calibration.kind === "platt"
      ? logistic(calibration.intercept + calibration.slope * clippedLogit(p, calibration.clip))
      : lineAt(p, calibration.x, calibration.y);
  out[positive] = q;
  out[1 - positive] = 1 - q;
}

function softmax(logits: Float64Array, temperature: number): void {
  let top = Number.NEGATIVE_INFINITY;
  for (const z of logits) top = Math.max(top, z);
  let total = 0;
  for (let c = 0; c < logits.length; c++) {
    logits[c] = Math.exp(((logits[c] as number) - top) / temperature);
    total += logits[c] as number;
  }
  for (let c = 0; c < logits.length; c++) logits[c] = (logits[c] as number) / total;
}

function expectClasses({ classes, positive }: Calibration, sample: Sample): void {
  const same = classes.length === sample.classes.length && classes.every((name, c) => name === sample.classes[c]);
  if (same && positive === sample.positive) return;
  throw new RangeError(
    `expected the classes ${classes.join(", ")} with ${classes[positive]} as positive, received ${sample.classes.join(", ")} with ` +
      `${sample.classes[sample.positive]}; fit a calibration for this task`,
  );
}

function expectProbabilities(row: Float64Array, index: number): void {
  let sum = 0;
  for (const p of row) {
    if (!(p >= 0 && p <= 1)) throw badRow(row, index);
    sum += p;
  }
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) throw badRow(row, index);
}

function badRow(row: Float64Array, index: number): RangeError {
  return new RangeError(
    `expected probabilities between 0 and 1 that sum to 1, received ${[...row].join(", ")} in row ${index + 1}; correct that row`,
  );
}
