/**
 * Expected calibration error over bins of equal mass (Nguyen and O'Connor 2015): patients in order of probability, cut into ten
 * parts of as nearly equal size as ties allow; ECE = sum over bins of n_b / n |observed_b - mean probability_b|. Patients with the same probability
 * stay in one bin: the one in which the middle of their run lies. So the bins do not depend on the order of the rows, and
 * without ties and with n divisible by ten they are exact tenths. Judged on the same claims as `ece`.
 */
import type { Sample } from "../sample.ts";
import { BINS, calibrationError, claimsOf } from "./ece.ts";
import type { Weighted } from "./metric.ts";
import { ascending, endOfTie } from "./rank.ts";

/** One bin of equal mass: the probabilities in it, how many patients, and what came true. */
export interface MassBin {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly meanProbability: number;
  readonly observed: number;
}

/** Runs of equal probability: the rows in ascending order, and one past the last place of each run. */
interface Runs {
  readonly order: Uint32Array;
  readonly ends: Uint32Array;
}

/** Calibration error over bins of equal mass, for any weights. Sorts once; the bins follow the weights. */
export function weightedEceMass(
  probability: ArrayLike<number>,
  outcome: ArrayLike<number>,
  bins: number = BINS,
): Weighted {
  const runs = runsOf(probability);
  const gap = Float64Array.from(runs.order, (i) => (outcome[i] as number) - (probability[i] as number));
  const mass = new Float64Array(runs.ends.length);
  const gaps = new Float64Array(runs.ends.length);
  const binOfRun = new Uint32Array(runs.ends.length);
  return (weights) => {
    let total = 0;
    for (let r = 0, i = 0; r < mass.length; r++) {
      let sum = 0;
      let off = 0;
      for (const end = runs.ends[r] as number; i < end; i++) {
        const w = weights[runs.order[i] as number] as number;
        sum += w;
        off += w * (gap[i] as number);
      }
      mass[r] = sum;
      gaps[r] = off;
      total += sum;
    }
    if (total === 0) return null;
    const inBin = new Float64Array(bins);
    massBinOf(mass, total, bins, binOfRun);
    for (let r = 0; r < mass.length; r++) {
      const b = binOfRun[r] as number;
      inBin[b] = (inBin[b] as number) + (gaps[r] as number);
    }
    return inBin.reduce((sum, g) => sum + Math.abs(g), 0) / total;
  };
}

export const eceMassMetric = calibrationError(
  "eceMass",
  "expected calibration error, 10 bins of equal mass",
  (probability, outcome) => weightedEceMass(probability, outcome),
);

/** The bins of the reliability diagram by equal mass, low to high; bins that ties leave empty are not listed. */
export function massBins(sample: Sample, bins: number = BINS): MassBin[] {
  const { probability, outcome } = claimsOf(sample);
  const mean = (of: readonly number[], values: ArrayLike<number>): number =>
    of.reduce((sum, i) => sum + (values[i] as number), 0) / of.length;
  return massBinRows(probability, bins)
    .filter((of) => of.length > 0)
    .map((of) => ({
      low: probability[of[0] as number] as number,
      high: probability[of.at(-1) as number] as number,
      n: of.length,
      meanProbability: mean(of, probability),
      observed: mean(of, outcome),
    }));
}

/** The rows in each bin of equal mass, [bins], in order of probability; ties may leave a bin empty. */
export function massBinRows(probability: ArrayLike<number>, bins: number = BINS): number[][] {
  const { order, ends } = runsOf(probability);
  const mass = Float64Array.from(ends, (end, r) => end - (r === 0 ? 0 : (ends[r - 1] as number)));
  const rows = Array.from({ length: bins }, () => [] as number[]);
  massBinOf(mass, probability.length, bins).forEach((b, r) => {
    for (const row of order.subarray(r === 0 ? 0 : ends[r - 1], ends[r])) rows[b]?.push(row);
  });
  return rows;
}

function runsOf(probability: ArrayLike<number>): Runs {
  const order = ascending(probability);
  const ends: number[] = [];
  for (let i = 0; i < order.length; i = ends.at(-1) as number) ends.push(endOfTie(order, probability, i));
  return { order, ends: Uint32Array.from(ends) };
}

/** Bin of each run: the one that holds the middle of its mass. `into` [runs] is filled and given back. */
function massBinOf(mass: Float64Array, total: number, bins: number, into = new Uint32Array(mass.length)): Uint32Array {
  let before = 0;
  for (let r = 0; r < mass.length; r++) {
    const m = mass[r] as number;
    into[r] = Math.min(bins - 1, Math.floor(((2 * before + m) * bins) / (2 * total)));
    before += m;
  }
  return into;
}
