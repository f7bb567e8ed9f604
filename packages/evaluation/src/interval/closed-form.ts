/**
 * What to say when every bootstrap replicate gives the same value, as it does when the classes are ranked perfectly:
 * an interval from 1 to 1 would claim certainty from ten patients. Closed forms take its place.
 */
import { correct } from "../metric/accuracy.ts";
import { classCounts, type Sample } from "../sample.ts";
import { newcombe, wilson } from "./wilson.ts";

export interface ClosedForm {
  readonly low: number;
  readonly high: number;
  readonly method: string;
}

const DEGENERATE = "(every bootstrap replicate is the same)";

/** The interval of a share of `n` patients. */
export function closedFormOfShare(value: number, n: number): ClosedForm {
  const [low, high] = wilson(Math.round(value * n), n);
  return { low, high, method: `95 % Wilson interval ${DEGENERATE}` };
}

/** The closed-form interval of a metric that is no share of patients, or null where none is known. */
export function closedForm(metric: string, sample: Sample, value: number): ClosedForm | null {
  const counts = classCounts(sample);
  if (metric === "auroc" && sample.k === 2) {
    const positives = counts[sample.positive] as number;
    const [low, high] = newcombe(value, positives, sample.n - positives);
    return { low, high, method: `95 % Newcombe interval ${DEGENERATE}` };
  }
  return metric === "balancedAccuracy" ? meanOfRecalls(sample, counts, value) : null;
}

/** Why a metric of order has no interval here: a prediction that says the same of everybody ranks nobody. null where it ranks. */
export function noOrder(metric: string, { n, k, probabilities }: Sample): string | null {
  if (metric !== "auroc" && metric !== "auprc") return null;
  for (let e = k; e < n * k; e++) if (probabilities[e] !== probabilities[e % k]) return null;
  return "every patient has the same score";
}

/** Interval of a mean of independent shares by recovering variances from their Wilson limits (Zou and Donner 2008). */
function meanOfRecalls(sample: Sample, counts: readonly number[], value: number): ClosedForm {
  const hits = new Array<number>(sample.k).fill(0);
  correct(sample).forEach((right, i) => {
    const c = sample.labels[i] as number;
    hits[c] = (hits[c] as number) + right;
  });
  let below = 0;
  let above = 0;
  counts.forEach((n, c) => {
    const [low, high] = wilson(hits[c] as number, n);
    const recall = (hits[c] as number) / n;
    below += (recall - low) ** 2;
    above += (high - recall) ** 2;
  });
  const low = Math.max(0, value - Math.sqrt(below) / sample.k);
  const high = Math.min(1, value + Math.sqrt(above) / sample.k);
  return { low, high, method: `95 % interval recovered from Wilson limits of each class ${DEGENERATE}` };
}
