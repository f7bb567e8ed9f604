/**
 * Expected calibration error: ECE = sum over bins of n_b / n |observed_b - mean probability_b| (Naeini 2015), lower is
 * better. Ten bins of equal width: [0, 0.1], (0.1, 0.2], ... Two classes: the probability of the positive class against how
 * often it came true. More: the probability of the called class against how often the call was right (Guo 2017).
 * It depends on the bins and is biased upwards in small samples, a replicate of a sample even more so: a percentile interval does not
 * hold the true value, so there is none. Hold it against the value expected of a calibrated model (`ece-chance.ts`), and read it beside the slope.
 */
import { isClass, predictedClass, type Sample, scoresOf } from "../sample.ts";
import { correct } from "./accuracy.ts";
import { type Metric, ready, undefinedBecause, type Weighted } from "./metric.ts";

/** The bins of the reliability diagram and of the calibration error. */
export const BINS = 10;

/** Bin of a probability: bin b covers (b / bins, (b + 1) / bins]; 0 belongs to the first. */
export function binOf(p: number, bins: number = BINS): number {
  let b = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1));
  // The product rounds; the edges decide.
  if (b > 0 && p <= b / bins) b--;
  else if (b < bins - 1 && p > (b + 1) / bins) b++;
  return b;
}

/** What calibration is judged on: a probability for each patient and whether it came true, [n] each. */
export function claimsOf(sample: Sample): { probability: Float64Array; outcome: Uint8Array } {
  if (sample.k === 2) return { probability: scoresOf(sample), outcome: isClass(sample) };
  const { k, probabilities } = sample;
  const probability = Float64Array.from(sample.labels, (_, i) => probabilities[i * k + predictedClass(sample, i)] ?? 0);
  return { probability, outcome: correct(sample) };
}

/** Why neither calibration error nor a change of it has an interval. */
export const ECE_WITHOUT_INTERVAL =
  "no interval: ECE is biased upwards, and a bootstrap of it more so; hold it against what a calibrated model is expected to show";

/** A calibration error of some bins: `of` looks at the claims once and gives the value for any weights. */
export function calibrationError(
  name: string,
  title: string,
  of: (probability: Float64Array, outcome: Uint8Array) => Weighted,
): Metric {
  return {
    name,
    title,
    perfect: 0,
    range: [0, 1],
    withoutInterval: ECE_WITHOUT_INTERVAL,
    prepare(sample) {
      if (sample.n === 0) return undefinedBecause("no labelled patient");
      const { probability, outcome } = claimsOf(sample);
      return ready(of(probability, outcome));
    },
  };
}

export const eceMetric = calibrationError(
  "ece",
  "expected calibration error, 10 bins of equal width",
  (probability, outcome) => {
    const bin = Uint8Array.from(probability, (p) => binOf(p));
    return (weights) => {
      const gap = new Float64Array(BINS);
      let total = 0;
      for (let i = 0; i < bin.length; i++) {
        const w = weights[i] as number;
        const b = bin[i] as number;
        gap[b] = (gap[b] as number) + w * ((outcome[i] as number) - (probability[i] as number));
        total += w;
      }
      let sum = 0;
      for (const g of gap) sum += Math.abs(g);
      return total > 0 ? sum / total : null;
    };
  },
);
