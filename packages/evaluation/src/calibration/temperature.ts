/**
 * Temperature scaling (Guo 2017): q = softmax(log p / T), the one T > 0 that makes the tune labels most likely. Written in
 * beta = 1 / T the log likelihood is concave, so Newton's method inside a bracket finds its only maximum. Departure: the logits of a
 * model are not in a predictions table; log p differs from them by a constant for each patient, which softmax does not see.
 */
import { type Sample, scoresOf } from "../sample.ts";
import {
  fittedFor,
  type NoCalibration,
  noCalibration,
  type TemperatureCalibration,
  unfitReason,
} from "./calibration.ts";
import { clipOf, clippedLogit } from "./logit.ts";

const STEPS = 200;
const TOLERANCE = 1e-13;

/**
 * The temperature of a tune sample of two or more classes. Undefined where the likelihood has no maximum: one class, every call
 * right (T would be 0), or calls no better than chance (T would be infinite).
 */
export function fitTemperature(tune: Sample): TemperatureCalibration | NoCalibration {
  const unfit = unfitReason(tune);
  if (unfit !== null) return noCalibration("temperature", tune, unfit);
  const clip = clipOf(tune.k === 2 ? scoresOf(tune) : tune.probabilities);
  const logits = logitsOf(tune, clip);
  if (slopeAt(logits, tune, 0).slope <= 0) {
    const reason = "the probabilities say no more about the labels than chance does, so no finite temperature exists";
    return noCalibration("temperature", tune, reason);
  }
  if (isAlwaysRight(logits, tune)) {
    const reason = "every call is right (perfect separation), so the best temperature would be 0";
    return noCalibration("temperature", tune, reason);
  }
  return { kind: "temperature", ...fittedFor(tune), temperature: 1 / bestBeta(logits, tune), clip };
}

/** Natural logarithms of one row, up to a constant: [0, logit p] for two classes in the order (other, positive). */
export function rowLogits(row: Float64Array, k: number, positive: number, clip: number, out: Float64Array): void {
  if (k === 2) {
    out[1 - positive] = 0;
    out[positive] = clippedLogit(row[positive] as number, clip);
    return;
  }
  for (let c = 0; c < k; c++) out[c] = Math.log(Math.max(clip, row[c] as number));
}

function logitsOf({ n, k, positive, probabilities }: Sample, clip: number): Float64Array {
  const out = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    rowLogits(probabilities.subarray(i * k, (i + 1) * k), k, positive, clip, out.subarray(i * k, (i + 1) * k));
  }
  return out;
}

/** First derivative of the log likelihood in beta, and minus the second. */
function slopeAt(logits: Float64Array, { n, k, labels }: Sample, beta: number): { slope: number; curve: number } {
  let slope = 0;
  let curve = 0;
  for (let i = 0; i < n; i++) {
    const at = i * k;
    let top = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < k; c++) top = Math.max(top, logits[at + c] as number);
    let total = 0;
    let mean = 0;
    let square = 0;
    for (let c = 0; c < k; c++) {
      const z = (logits[at + c] as number) - top;
      const q = Math.exp(beta * z);
      total += q;
      mean += q * z;
      square += q * z * z;
    }
    mean /= total;
    slope += (logits[at + (labels[i] as number)] as number) - top - mean;
    curve += square / total - mean * mean;
  }
  return { slope, curve };
}

function isAlwaysRight(logits: Float64Array, { n, k, labels }: Sample): boolean {
  for (let i = 0; i < n; i++) {
    const own = logits[i * k + (labels[i] as number)] as number;
    for (let c = 0; c < k; c++) if ((logits[i * k + c] as number) > own) return false;
  }
  return true;
}

/** The root of a falling derivative that is above 0 at beta = 0 and below it far out. */
function bestBeta(logits: Float64Array, sample: Sample): number {
  let low = 0;
  let high = 1;
  while (slopeAt(logits, sample, high).slope > 0) {
    low = high;
    high *= 2;
  }
  let beta = (low + high) / 2;
  for (let step = 0; step < STEPS; step++) {
    const { slope, curve } = slopeAt(logits, sample, beta);
    if (slope > 0) low = beta;
    else high = beta;
    const newton = beta + slope / curve;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - beta) <= TOLERANCE * beta) return next;
    beta = next;
  }
  return beta;
}
