/**
 * What each tile says for one class, as numbers that add up to the answer.
 * The logit of class c is the sum of the tiles' contributions plus an offset. Since the attention sums to 1 the offset can be
 * handed out by attention, and what is left is a difference of logits: for two classes exactly the log odds of the class.
 * Above zero a tile speaks for the class, below zero against it, on one scale for every slide.
 */
import type { BagPrediction } from "./predict.ts";

/**
 * Evidence of each tile for class `index` against the mean of the other classes, [n]. Its sum is
 * logit[index] - mean(other logits) of the model's linear heads.
 * @throws RangeError when there is no such class
 */
export function tileEvidence(prediction: BagPrediction, index: number): Float32Array<ArrayBuffer> {
  const { attention, contribution, bias } = prediction;
  const k = bias.length;
  if (!(Number.isInteger(index) && index >= 0 && index < k)) {
    throw new RangeError(`expected a class from 0 to ${k - 1}, received ${index}`);
  }
  const offset = contrast(bias, 0, k, index);
  return Float32Array.from(attention, (share, i) => contrast(contribution, i * k, k, index) + share * offset);
}

/** Value of one class minus the mean of the others, in a row that starts at `start`. */
function contrast(values: ArrayLike<number>, start: number, k: number, index: number): number {
  let others = 0;
  for (let c = 0; c < k; c++) if (c !== index) others += values[start + c] as number;
  return (values[start + index] as number) - others / (k - 1);
}
