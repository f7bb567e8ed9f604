/**
 * What an explanation is: numbers for the tiles of a bag, with the name of the method, what a number means, and how far the numbers are
 * from adding up to what they explain. Every method gives this one form, so that they can be drawn, ranked and tested alike.
 */
import type { BagPrediction } from "../model/predict.ts";

export type ExplainMethod =
  | "attention"
  | "contribution"
  | "gradient-input"
  | "integrated-gradients"
  | "occlusion"
  | "rollout";

export interface Explanation {
  readonly method: ExplainMethod;
  /** What one number means, in words. */
  readonly unit: string;
  /** Row-major [n, columns]. */
  readonly values: Float32Array<ArrayBuffer>;
  /** k, or 1 for shares, which are the same for every score. */
  readonly columns: number;
  /** Whether a value speaks for a score or against it; shares do neither. */
  readonly isSigned: boolean;
  /** What no tile brought: scores = sum of the values + rest, [k]; null where the values are no parts of the scores. */
  readonly rest: readonly number[] | null;
  /** How far the values are from what they should add up to, in units of a score, the largest over scores; null where they need not. */
  readonly error: number | null;
  /** Times the model was run. */
  readonly runs: number;
}

/**
 * One number a tile, higher for a tile that speaks more for the answer `towards` (weights of the scores, [k]). Shares say nothing of
 * directions and are handed back as they are. [n]
 * @throws RangeError for another number of weights
 */
export function ranking(
  { values, columns, isSigned }: Pick<Explanation, "values" | "columns" | "isSigned">,
  towards: readonly number[],
): Float32Array<ArrayBuffer> {
  return isSigned ? weighed(values, towards, columns) : values;
}

/** Sum over columns of weight x value, for each row: [n, k] -> [n]. @throws RangeError for another number of weights */
export function weighed(values: Float32Array, weights: readonly number[], columns: number): Float32Array<ArrayBuffer> {
  if (weights.length !== columns) {
    throw new RangeError(`expected ${columns} weights, one a score, received ${weights.length}`);
  }
  const sums = new Float32Array(values.length / columns);
  for (let i = 0; i < sums.length; i++) sums[i] = dot(values, i * columns, weights);
  return sums;
}

function dot(values: ArrayLike<number>, start: number, weights: readonly number[]): number {
  let sum = 0;
  for (const [c, weight] of weights.entries()) sum += weight * (values[start + c] as number);
  return sum;
}

/**
 * The scores that contributions add up to, [k]: the logits; of several models the mean of theirs, which for classes is not the
 * logarithm of their mean probabilities.
 */
export function scoresOf({ contribution, bias }: Pick<BagPrediction, "contribution" | "bias">): number[] {
  const sums = columnSums(contribution, bias.length);
  return bias.map((own, c) => own + (sums[c] as number));
}

/** [n, k] -> [k] */
export function columnSums(values: ArrayLike<number>, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) sums[i % columns] = (sums[i % columns] as number) + (values[i] as number);
  return sums;
}

/** A prediction whose contributions are those of an explanation, for all that draws contributions. @throws RangeError where its values are no parts of the scores */
export function withExplanation(prediction: BagPrediction, { values, rest, method }: Explanation): BagPrediction {
  if (rest !== null) return { ...prediction, contribution: values, bias: rest };
  throw new RangeError(`expected an explanation whose values add up to the scores, received one by ${method}`);
}
