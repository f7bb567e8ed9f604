/**
 * How many patients a sensitivity and a specificity at 0.5 need: what the patients at hand show of each (Clopper-Pearson), and how many of
 * that label would show, with power 0.8, that it is no more than 0.05 below what was seen.
 */
import { clopperPearson } from "../interval/clopper-pearson.ts";
import { predictedClass, type Sample } from "../sample.ts";
import { patientsForShare, type SharePlan } from "./patients-for-share.ts";

/** A share as it was seen, and what it would take to promise nearly as much. */
export interface SharePower {
  /** Patients with the label, and those of them called rightly. */
  readonly n: number;
  readonly hits: number;
  readonly share: number | null;
  /** Lower end of the exact 95 % interval: what may be promised now. */
  readonly shown: number | null;
  /** The share less the margin: what a study would promise. */
  readonly lowerBound: number | null;
  readonly plan: SharePlan | null;
  /** Why there is no plan; null where there is one. */
  readonly reason: string | null;
}

export interface OperatingPoint {
  readonly threshold: number;
  readonly sensitivity: SharePower;
  readonly specificity: SharePower;
}

const MARGIN = 0.05;

/** null unless there are two classes. */
export function operatingPointOf(sample: Sample): OperatingPoint | null {
  if (sample.k !== 2) return null;
  const hits: [number, number] = [0, 0];
  const n: [number, number] = [0, 0];
  for (let i = 0; i < sample.n; i++) {
    const side = sample.labels[i] === sample.positive ? 0 : 1;
    n[side]++;
    if (predictedClass(sample, i) === sample.labels[i]) hits[side]++;
  }
  return { threshold: 0.5, sensitivity: powerOf(hits[0], n[0]), specificity: powerOf(hits[1], n[1]) };
}

function powerOf(hits: number, n: number): SharePower {
  if (n === 0) {
    return { n, hits, share: null, shown: null, lowerBound: null, plan: null, reason: "no patient has the label" };
  }
  const share = hits / n;
  const shown = clopperPearson(hits, n)[0];
  const lowerBound = Math.round((share - MARGIN) * 1e6) / 1e6;
  if (lowerBound <= 0) {
    return {
      n,
      hits,
      share,
      shown,
      lowerBound: null,
      plan: null,
      reason: `a share of ${MARGIN} or less promises nothing`,
    };
  }
  return { n, hits, share, shown, lowerBound, plan: patientsForShare({ share, lowerBound }), reason: null };
}
