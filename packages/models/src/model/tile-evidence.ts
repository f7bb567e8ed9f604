/**
 * What each tile says for one class, as numbers that add up to the answer.
 * The logit of class c is the sum of the tiles' contributions plus an offset. Since the attention sums to 1 the offset can be
 * handed out by attention, and what is left is a difference of logits: for two classes exactly the log odds of the class.
 * Above zero a tile speaks for the class, below zero against it, on one scale for every slide.
 */
import { weighed } from "../explain/explanation.ts";
import type { BagPrediction } from "./predict.ts";

/**
 * Evidence of each tile for class `index` against the mean of the other classes, [n]. Its sum is
 * logit[index] - mean(other logits) of the model's linear heads.
 * @throws RangeError when there is no such class
 */
export function tileEvidence(prediction: BagPrediction, index: number): Float32Array<ArrayBuffer> {
  return weighedEvidence(prediction, classContrast(prediction.bias.length, index));
}

/** Evidence of each tile for a weighted sum of the scores, [n]; its sum is that sum. @param weights [k] */
export function weighedEvidence(prediction: BagPrediction, weights: readonly number[]): Float32Array<ArrayBuffer> {
  const { attention, contribution, bias } = prediction;
  const offset = bias.reduce((sum, value, c) => sum + value * (weights[c] as number), 0);
  return weighed(contribution, weights, bias.length).map((value, i) => value + (attention[i] as number) * offset);
}

/** One class against the mean of the others, as weights of k scores. @throws RangeError when there is no such class */
export function classContrast(k: number, index: number): number[] {
  if (!(Number.isInteger(index) && index >= 0 && index < k)) {
    throw new RangeError(`expected a class from 0 to ${k - 1}, received ${index}`);
  }
  return Array.from({ length: k }, (_, c) => (c === index ? 1 : -1 / (k - 1)));
}
