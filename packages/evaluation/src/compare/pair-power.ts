/**
 * How many patients a comparison would have needed: for two models on the same patients, the number that shows the difference that was seen
 * with power 0.8 (`patientsForDifference`), with the correlation of their AUROCs as it was seen (DeLong), and the smallest gain that the
 * patients at hand could have shown. A difference that was seen is not the one that is true: this plans the next study, it does not
 * excuse this one.
 */
import { Z95 } from "../estimate.ts";
import { delong, pairedDelong } from "../metric/delong.ts";
import { detectableDifference, patientsForDifference } from "../power/patients-for-difference.ts";
import type { Plan } from "../power/plan.ts";
import { isClass, type Sample, scoresOf } from "../sample.ts";

export interface PairPower {
  readonly a: string;
  readonly b: string;
  /** Patients in common. */
  readonly n: number;
  /** Correlation of the two AUROC estimates; null where it cannot be had. */
  readonly correlation: number | null;
  /** Patients of this mix that show the difference seen, at level 0.05 for one pair. */
  readonly plan: Plan | null;
  /** Smallest gain over the weaker model that these patients show. */
  readonly detectable: number | null;
  /** Why a number above is null; null where none is. */
  readonly reason: string | null;
}

export interface NamedModel {
  readonly name: string;
  readonly sample: Sample;
}

/** For two classes; null otherwise. Both samples hold the same patients in the same order. */
export function pairPower(a: NamedModel, b: NamedModel): PairPower | null {
  const { n, k } = a.sample;
  if (k !== 2) return null;
  const positive = isClass(a.sample);
  const [scoresA, scoresB] = [scoresOf(a.sample), scoresOf(b.sample)];
  const [one, two] = [delong(scoresA, positive), delong(scoresB, positive)];
  const none = (reason: string): PairPower => ({
    a: a.name,
    b: b.name,
    n,
    correlation: null,
    plan: null,
    detectable: null,
    reason,
  });
  if (one.value === null || two.value === null || one.variance === null || two.variance === null)
    return none(one.reason ?? two.reason ?? "no variance");
  const [low, high] = [Math.min(one.value, two.value), Math.max(one.value, two.value)];
  if (low <= 0 || high >= 1) return none("an AUROC of 0 or 1 has no variance to plan with");
  const correlation = correlationOf(one.variance, two.variance, pairedDelong(scoresA, scoresB, positive).difference);
  if (correlation === null) return none("the two rank the patients alike");
  const prevalence = positive.reduce((sum, y) => sum + y, 0) / n;
  const shared = { correlation, prevalence };
  const detectable = n < 4 ? null : detectableDifference({ patients: n, auroc: low, ...shared }).difference;
  const known = { a: a.name, b: b.name, n, correlation, detectable };
  if (high - low < LEAST) return { ...known, plan: null, reason: "no difference was seen" };
  return { ...known, plan: patientsForDifference({ aurocA: high, aurocB: low, ...shared }), reason: null };
}

/** A smaller difference than this is none: the plan would count in millions. */
const LEAST = 1e-4;
/** A plan needs a correlation below 1. */
const MOST_CORRELATED = 0.999;

/** From var(a - b) = var a + var b - 2 r sqrt(var a var b); null where a variance is 0. */
function correlationOf(
  a: number,
  b: number,
  { value, low, high }: { readonly value: number | null; readonly low: number | null; readonly high: number | null },
): number | null {
  if (value === null || low === null || high === null || !(a > 0 && b > 0)) return null;
  const variance = ((high - low) / (2 * Z95)) ** 2;
  if (!(variance > 0)) return null;
  const r = (a + b - variance) / (2 * Math.sqrt(a * b));
  return Math.min(MOST_CORRELATED, Math.max(-1, r));
}
