/**
 * How many patients tell two AUROCs on the same patients apart (Obuchowski and McClish 1997): z_level sqrt(V0) + z_power sqrt(V1)
 * within the difference, V = V_a + V_b - 2 r sqrt(V_a V_b), V0 with both at the mean of the two. r is the correlation of the two
 * AUROC estimates (Hanley and McNeil 1983); it is a little below that of the scores, 0.5 is cautious for models on one encoder.
 */
import { plannedVariance, type VarianceModel } from "./auroc-variance.ts";
import { type Certainty, expectShare, leastPatients, type Plan, points } from "./plan.ts";

export interface DifferenceClaim extends Certainty {
  readonly aurocA: number;
  readonly aurocB: number;
  /** Correlation of the two AUROC estimates, -1 to below 1. Default 0.5. */
  readonly correlation?: number;
  readonly prevalence: number;
  /** Default `hanley-mcneil`. */
  readonly variance?: VarianceModel;
}

/** Patients for a paired test of two AUROCs. @throws RangeError for shares outside 0 to 1, equal AUROCs or a correlation of 1 */
export function patientsForDifference(claim: DifferenceClaim): Plan {
  expectClaim(claim);
  if (claim.aurocA === claim.aurocB)
    throw new RangeError(`expected two AUROCs that differ, received ${claim.aurocA} twice; nothing could be shown`);
  const method = `paired test of AUROCs ${claim.aurocA} and ${claim.aurocB} with correlation ${claim.correlation ?? 0.5}, power ${claim.power ?? 0.8}, two-sided level ${claim.level ?? 0.05}`;
  return leastPatients(claim.prevalence, (m, n) => isSeen(claim, m, n), method);
}

export interface DetectableQuestion extends Omit<DifferenceClaim, "aurocA" | "aurocB"> {
  readonly patients: number;
  /** The AUROC of the weaker model. */
  readonly auroc: number;
}

export interface Detectable {
  /** Smallest gain over `auroc` that these patients show with the power asked for; null where even a perfect model would not be told apart. */
  readonly difference: number | null;
  readonly method: string;
}

/** The smallest gain in AUROC that a number of patients can show. @throws RangeError for shares outside 0 to 1 or fewer than 4 patients */
export function detectableDifference({ patients, auroc, ...rest }: DetectableQuestion): Detectable {
  if (!(patients >= 4)) throw new RangeError(`expected at least 4 patients, received ${patients}`);
  expectClaim({ ...rest, aurocA: auroc, aurocB: auroc });
  const positives = patients * rest.prevalence;
  const isShown = (gain: number): boolean =>
    isSeen({ ...rest, aurocA: auroc + gain, aurocB: auroc }, positives, patients - positives);
  const method = `gain over an AUROC of ${auroc} that ${patients} patients show in a paired test, power ${rest.power ?? 0.8}, two-sided level ${rest.level ?? 0.05}`;
  let low = 0;
  let high = (1 - auroc) * (1 - 1e-9);
  if (!isShown(high)) return { difference: null, method };
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (isShown(middle)) high = middle;
    else low = middle;
  }
  return { difference: high, method };
}

function isSeen(claim: DifferenceClaim, positives: number, negatives: number): boolean {
  const { aurocA, aurocB, correlation = 0.5, variance = "hanley-mcneil" } = claim;
  const { alpha, beta } = points(claim);
  const spread = (a: number, b: number): number => {
    const va = plannedVariance(a, positives, negatives, variance);
    const vb = plannedVariance(b, positives, negatives, variance);
    return Math.sqrt(va + vb - 2 * correlation * Math.sqrt(va * vb));
  };
  const middle = (aurocA + aurocB) / 2;
  return alpha * spread(middle, middle) + beta * spread(aurocA, aurocB) <= Math.abs(aurocA - aurocB);
}

function expectClaim({ aurocA, aurocB, correlation = 0.5, prevalence }: DifferenceClaim): void {
  expectShare("an AUROC", aurocA);
  expectShare("an AUROC", aurocB);
  expectShare("a prevalence", prevalence);
  if (!(correlation >= -1 && correlation < 1))
    throw new RangeError(`expected a correlation from -1 to below 1, received ${correlation}`);
}
