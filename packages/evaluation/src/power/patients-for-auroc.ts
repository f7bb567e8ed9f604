/** How many patients an AUROC needs: to be known to within a half-width, or to be shown to lie above a value. */
import { Z95 } from "../estimate.ts";
import { plannedVariance, type VarianceModel } from "./auroc-variance.ts";
import { type Certainty, expectShare, leastPatients, type Plan, points } from "./plan.ts";

export interface AurocPrecision {
  /** The AUROC expected. */
  readonly auroc: number;
  /** Half of the width of the 95 % interval. */
  readonly halfWidth: number;
  readonly prevalence: number;
  /** Default `hanley-mcneil`. */
  readonly variance?: VarianceModel;
}

/** Patients for a 95 % interval of the AUROC no wider than twice `halfWidth`, on average. @throws RangeError for shares outside 0 to 1 */
export function patientsForAuroc({ auroc, halfWidth, prevalence, variance = "hanley-mcneil" }: AurocPrecision): Plan {
  expectShare("an AUROC", auroc);
  expectShare("a half-width", halfWidth);
  const method = `1.96 standard errors (${variance}) of an AUROC of ${auroc} within ${halfWidth}`;
  return leastPatients(
    prevalence,
    (m, n) => Z95 ** 2 * plannedVariance(auroc, m, n, variance) <= halfWidth ** 2,
    method,
  );
}

export interface AurocClaim extends Certainty {
  /** The AUROC believed to be true. */
  readonly auroc: number;
  /** The AUROC to be excluded. Default 0.5. */
  readonly nullAuroc?: number;
  readonly prevalence: number;
  /** Default `hanley-mcneil`. */
  readonly variance?: VarianceModel;
}

/**
 * Patients for showing that the AUROC is not `nullAuroc`: z_level SE(null) + z_power SE(believed) within their distance
 * (Obuchowski and McClish 1997). @throws RangeError for shares outside 0 to 1 or an AUROC that is the null
 */
export function patientsForAurocAbove(claim: AurocClaim): Plan {
  const { auroc, nullAuroc = 0.5, prevalence, variance = "hanley-mcneil" } = claim;
  expectShare("an AUROC", auroc);
  expectShare("a null AUROC", nullAuroc);
  if (!(auroc > nullAuroc))
    throw new RangeError(`expected an AUROC above the null of ${nullAuroc}, received ${auroc}; nothing could be shown`);
  const { alpha, beta } = points(claim);
  const method = `test of an AUROC of ${auroc} against ${nullAuroc}, ${variance}, power ${claim.power ?? 0.8}, two-sided level ${claim.level ?? 0.05}`;
  const isEnough = (m: number, n: number): boolean => {
    const underNull = Math.sqrt(plannedVariance(nullAuroc, m, n, variance));
    const believed = Math.sqrt(plannedVariance(auroc, m, n, variance));
    return alpha * underNull + beta * believed <= auroc - nullAuroc;
  };
  return leastPatients(prevalence, isEnough, method);
}
