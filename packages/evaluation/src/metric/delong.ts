/**
 * The variance of an AUROC and the test of two AUROCs on the same patients (DeLong, DeLong and Clarke-Pearson 1988,
 * with the midrank form of Sun and Xu 2014). Each positive's placement is the share of negatives below it, each
 * negative's the share of positives above it; the variance of the AUROC is var(placements of positives) / m plus
 * var(placements of negatives) / n. Interval: plain normal, cut to 0 and 1, as pROC gives it.
 */

import { normalTail } from "../distribution/normal.ts";
import { type Estimate, undefinedEstimate, Z95 } from "../estimate.ts";
import { midranks } from "./rank.ts";

interface Placements {
  readonly auroc: number;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

const METHOD = "AUROC with midranks; 95 % DeLong interval over patients";

/** AUROC and its DeLong interval; `variance` beside it. Undefined with fewer than two patients of a class. */
export function delong(
  scores: ArrayLike<number>,
  positive: ArrayLike<number>,
): Estimate & { readonly variance: number | null } {
  const n = scores.length;
  const p = placements(scores, positive);
  if (p === null) return { ...undefinedEstimate(n, METHOD, "one class has no patient"), variance: null };
  if (p.positives.length < 2 || p.negatives.length < 2) {
    const reason = "a variance needs two patients of each class";
    return { value: p.auroc, low: null, high: null, n, method: METHOD, reason, variance: null };
  }
  const variance = covariance(p, p);
  const half = Z95 * Math.sqrt(variance);
  return {
    value: p.auroc,
    low: Math.max(0, p.auroc - half),
    high: Math.min(1, p.auroc + half),
    n,
    method: METHOD,
    variance,
  };
}

export interface PairedDelong {
  /** AUROC of a minus AUROC of b. */
  readonly difference: Estimate;
  /** null where DeLong's variance is 0: both rank the patients alike, or one is better by the same for every patient. */
  readonly z: number | null;
  /** Two-sided. */
  readonly p: number | null;
}

/**
 * Compares two predictions of the same patients. Null statistics where a class has fewer than two patients; a difference
 * without variance (perfect against reversed) has a value and the reason why it has neither interval nor p.
 */
export function pairedDelong(a: ArrayLike<number>, b: ArrayLike<number>, positive: ArrayLike<number>): PairedDelong {
  const method = "difference of AUROCs; paired DeLong";
  const n = positive.length;
  const pa = placements(a, positive);
  const pb = placements(b, positive);
  if (pa === null || pb === null || pa.positives.length < 2 || pa.negatives.length < 2) {
    const difference = undefinedEstimate(n, method, "a variance needs two patients of each class");
    return { difference, z: null, p: null };
  }
  const value = pa.auroc - pb.auroc;
  const variance = Math.max(0, covariance(pa, pa) + covariance(pb, pb) - 2 * covariance(pa, pb));
  if (variance === 0 && value !== 0) {
    return { difference: { value, low: null, high: null, n, method, reason: NO_VARIANCE }, z: null, p: null };
  }
  const half = Z95 * Math.sqrt(variance);
  const z = variance > 0 ? value / Math.sqrt(variance) : null;
  const difference = { value, low: value - half, high: value + half, n, method };
  return { difference, z, p: z === null ? null : 2 * normalTail(Math.abs(z)) };
}

const NO_VARIANCE =
  "no interval and no p: every patient adds the same to the difference, so DeLong's variance is 0 and cannot say how sure it is";

/**
 * Variance of an AUROC from its value and the class sizes alone (Hanley and McNeil 1982), for planning and for
 * classes too small for DeLong.
 */
export function hanleyVariance(auroc: number, positives: number, negatives: number): number {
  const q1 = auroc / (2 - auroc);
  const q2 = (2 * auroc * auroc) / (1 + auroc);
  const own = auroc * (1 - auroc) + (positives - 1) * (q1 - auroc * auroc) + (negatives - 1) * (q2 - auroc * auroc);
  return own / (positives * negatives);
}

function placements(scores: ArrayLike<number>, positive: ArrayLike<number>): Placements | null {
  const rows = Array.from({ length: scores.length }, (_, i) => i);
  const yes = rows.filter((i) => positive[i] === 1).map((i) => scores[i] as number);
  const no = rows.filter((i) => positive[i] !== 1).map((i) => scores[i] as number);
  if (yes.length === 0 || no.length === 0) return null;
  const all = midranks([...yes, ...no]);
  const amongYes = midranks(yes);
  const amongNo = midranks(no);
  const positives = amongYes.map((r, i) => ((all[i] as number) - r) / no.length);
  const negatives = amongNo.map((r, j) => 1 - ((all[yes.length + j] as number) - r) / yes.length);
  return { auroc: mean(positives), positives, negatives };
}

function covariance(a: Placements, b: Placements): number {
  return (
    sampleCovariance(a.positives, b.positives) / a.positives.length +
    sampleCovariance(a.negatives, b.negatives) / a.negatives.length
  );
}

function sampleCovariance(a: Float64Array, b: Float64Array): number {
  const ma = mean(a);
  const mb = mean(b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - ma) * ((b[i] as number) - mb);
  return sum / (a.length - 1);
}

function mean(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
