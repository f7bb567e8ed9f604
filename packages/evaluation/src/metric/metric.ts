/**
 * The shape of a metric. It looks at the sample once (sorting, binning) and then answers for any weights of the
 * patients, so that a bootstrap replicate costs one pass and no sort. Weight w counts a patient w times.
 */
import { classCounts, type Sample } from "../sample.ts";

/** Value for weights [n]; null where these weights leave it undefined. */
export type Weighted = (weights: Float64Array) => number | null;

export type Prepared =
  | { readonly kind: "ready"; readonly at: Weighted }
  | { readonly kind: "undefined"; readonly reason: string };

/** Anything a metric can be asked about: n patients. */
export interface Sized {
  readonly n: number;
}

export interface Metric<S extends Sized = Sample> {
  /** The name in a scorecard. */
  readonly name: string;
  /** What the value is, in one phrase. */
  readonly title: string;
  /** The value of a perfect prediction, and the range of possible values. */
  readonly perfect: number;
  readonly range: readonly [low: number, high: number];
  readonly prepare: (sample: S) => Prepared;
  /** Of a metric that is a share of patients: how many it is counted over, which may be 0. Left out by all others. */
  readonly shareOf?: (sample: S) => number;
  /** Why resampling gives this metric no interval, where it would not hold the true value. */
  readonly withoutInterval?: string;
  /** The value with other labels [n] on the same predictions, which are looked at once; the same number as preparing anew. For permutations. */
  readonly relabelled?: (sample: S) => (labels: Int32Array) => number | null;
}

export const ready = (at: Weighted): Prepared => ({ kind: "ready", at });
export const undefinedBecause = (reason: string): Prepared => ({ kind: "undefined", reason });

/** The metric on the sample as it is, every patient once. */
export function measure<S extends Sized>(metric: Metric<S>, sample: S): number | null {
  const prepared = metric.prepare(sample);
  return prepared.kind === "ready" ? prepared.at(new Float64Array(sample.n).fill(1)) : null;
}

/** Patients behind the metric: those that a share is counted over, else all. */
export function patientsBehind<S extends Sized>(metric: Metric<S>, sample: S): number {
  return metric.shareOf?.(sample) ?? sample.n;
}

/** Why a discrimination metric is undefined here, or null: it needs a patient of every class. */
export function missingClass(sample: Sample): string | null {
  if (sample.n === 0) return "no labelled patient";
  const absent = sample.classes.filter((_, c) => classCounts(sample)[c] === 0);
  return absent.length === 0 ? null : `no patient with the label ${absent.join(", ")}`;
}

/** Mean over patients of a value each patient has, [n]. */
export function weightedMean(values: ArrayLike<number>): Weighted {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      sum += (weights[i] as number) * (values[i] as number);
      total += weights[i] as number;
    }
    return total > 0 ? sum / total : null;
  };
}

/** Mean over the classes of a metric of one class against the rest; null where one of them is. */
export function macro(parts: readonly Weighted[]): Weighted {
  return (weights) => {
    let sum = 0;
    for (const part of parts) {
      const value = part(weights);
      if (value === null) return null;
      sum += value;
    }
    return sum / parts.length;
  };
}
