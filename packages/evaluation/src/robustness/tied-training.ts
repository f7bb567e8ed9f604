/**
 * What a tie of class and centre in the training data costs, on paired designs: the accuracies behind PathoROB's average
 * performance drop. Training always has as many of each class; the share of class 0 that comes from centre 0, and of class 1
 * that comes from centre 1, grows from one half to all; the test has all four cells in equal numbers. Departure: the learner is
 * the nearest class mean, which has nothing to tune, instead of a logistic regression: with a few dozen patients there is no part left
 * to choose a penalty on.
 */
import { randomStream } from "@nacre/core";
import type { PairedDesign } from "./paired-design.ts";
import type { Accuracies } from "./performance-drop.ts";
import type { Rows } from "./unit-rows.ts";

/** Steps of the tie, from none to complete. */
const STEPS = 5;
/** Rows of a cell that a design must have to be divided. */
export const LEAST_DIVISIBLE = 6;

/**
 * Mean accuracy over designs for each seed and step of the tie. [seeds][5]
 * @throws RangeError for a design with fewer than 6 rows in a cell, or for none
 */
export function tiedAccuracies(rows: Rows, designs: readonly PairedDesign[], seeds: number, seed: number): Accuracies {
  if (designs.length === 0 || designs.some((d) => d.size < LEAST_DIVISIBLE))
    throw new RangeError(
      `expected designs of at least ${LEAST_DIVISIBLE} rows a cell, received ${designs.map((d) => d.size).join(", ") || "none"}`,
    );
  return Array.from({ length: seeds }, (_, s) => {
    const each = designs.map((design, at) => {
      const random = randomStream(seed, "tied-training", s, at);
      return oneDesign(
        rows,
        design.cells.map((cell) => random.shuffled(cell)),
      );
    });
    return Array.from({ length: STEPS }, (_, step) => mean(each.map((a) => a[step] as number)));
  });
}

/** Accuracy at each step, from cells in random order: the first third is the test. */
function oneDesign(rows: Rows, cells: readonly (readonly number[])[]): number[] {
  const size = cells[0]?.length as number;
  const held = Math.floor(size / 3);
  const test = cells.map((cell) => cell.slice(0, held));
  const pool = cells.map((cell) => cell.slice(held));
  const each = size - held;
  return Array.from({ length: STEPS }, (_, step) => {
    const own = Math.round((each * (1 + step / (STEPS - 1))) / 2);
    const take = (cell: number, n: number): readonly number[] => pool[cell]?.slice(0, n) ?? [];
    const zero = meanOf(rows, [...take(0, own), ...take(1, each - own)]);
    const one = meanOf(rows, [...take(3, own), ...take(2, each - own)]);
    const right = test.map((cell, at) => cell.filter((i) => isNearer(rows, i, zero, one) === at < 2).length);
    return right.reduce((a, b) => a + b, 0) / (4 * held);
  });
}

/** Is row i nearer to the first point than to the second? */
function isNearer(rows: Rows, i: number, first: Float64Array, second: Float64Array): boolean {
  let difference = 0;
  for (let j = 0; j < rows.d; j++) {
    const v = rows.values[i * rows.d + j] as number;
    difference += (v - (second[j] as number)) ** 2 - (v - (first[j] as number)) ** 2;
  }
  return difference > 0;
}

function meanOf(rows: Rows, members: readonly number[]): Float64Array {
  const sum = new Float64Array(rows.d);
  for (const i of members) {
    for (let j = 0; j < rows.d; j++)
      sum[j] = (sum[j] as number) + (rows.values[i * rows.d + j] as number) / members.length;
  }
  return sum;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
