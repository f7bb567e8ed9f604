/**
 * What a calibrated model would show as its calibration error by chance alone. With the probabilities and bins of the sample as they
 * are and outcomes that come true exactly as often as foretold, the sum of outcomes of a bin is Poisson-binomial, and
 * E[ECE] = sum over bins of E|sum of outcomes - sum of probabilities| / n. Exact, by adding one patient after another to the distribution of
 * the sum (Howard 1972); what has less than 1e-18 of the probability at its ends is dropped. An observed error near this value is no error.
 */
import type { Estimate } from "../estimate.ts";
import type { Sample } from "../sample.ts";
import { BINS, binOf, claimsOf } from "./ece.ts";
import { massBinRows } from "./ece-mass.ts";

/** A calibration error, which has no interval, beside what chance alone gives. */
export interface EceEstimate extends Estimate {
  /** The error a calibrated model with these probabilities shows on average; null without patients. */
  readonly expectedIfCalibrated: number | null;
}

/** The estimate of `ece` (bins of equal width) or `eceMass` (bins of equal mass) with the expectation beside it. */
export function besideChance(estimate: Estimate, sample: Sample, bins: "width" | "mass"): EceEstimate {
  return { ...estimate, expectedIfCalibrated: estimate.value === null ? null : expectedEce(sample, bins) };
}

/** Mean calibration error of a calibrated model with the probabilities of the sample; null without patients. */
export function expectedEce(sample: Sample, bins: "width" | "mass"): number | null {
  if (sample.n === 0) return null;
  const { probability } = claimsOf(sample);
  const rows = bins === "mass" ? massBinRows(probability) : widthBinRows(probability);
  const gap = (of: readonly number[]): number => expectedGap(of.map((i) => probability[i] as number));
  return rows.reduce((sum, of) => sum + gap(of), 0) / sample.n;
}

function widthBinRows(probability: Float64Array): number[][] {
  const rows = Array.from({ length: BINS }, () => [] as number[]);
  probability.forEach((p, i) => {
    rows[binOf(p)]?.push(i);
  });
  return rows;
}

const NEGLIGIBLE = 1e-18;

/** E|S - E S| of a sum S of independent outcomes with these probabilities. */
function expectedGap(probabilities: readonly number[]): number {
  const chance = new Float64Array(probabilities.length + 2);
  chance[0] = 1;
  let mean = 0;
  let low = 0;
  let high = 0;
  for (const p of probabilities) {
    high++;
    for (let s = high; s > low; s--) chance[s] = (chance[s] as number) * (1 - p) + (chance[s - 1] as number) * p;
    chance[low] = (chance[low] as number) * (1 - p);
    while (low < high && (chance[low] as number) < NEGLIGIBLE) chance[low++] = 0;
    while (high > low && (chance[high] as number) < NEGLIGIBLE) chance[high--] = 0;
    mean += p;
  }
  let gap = 0;
  for (let s = low; s <= high; s++) gap += (chance[s] as number) * Math.abs(s - mean);
  return gap;
}
