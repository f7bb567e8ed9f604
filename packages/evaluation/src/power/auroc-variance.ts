/**
 * Variance of an AUROC before there is data. Hanley and McNeil (1982): scores exponential. Obuchowski (1994): scores
 * normal with equal spread, V = 0.0099 e^(-a^2/2) (5 a^2 + 8 + (a^2 + 8) / r) / positives with a = 1.414 times the normal point of the
 * AUROC and r negatives for each positive. They differ by a few per cent.
 */
import { normalQuantile } from "../distribution/quantile.ts";
import { hanleyVariance } from "../metric/delong.ts";

export type VarianceModel = "hanley-mcneil" | "binormal";

/** Variance of an AUROC between 0 and 1 with these class sizes, which need not be whole. */
export function plannedVariance(
  auroc: number,
  positives: number,
  negatives: number,
  model: VarianceModel = "hanley-mcneil",
): number {
  if (model === "hanley-mcneil") return hanleyVariance(auroc, positives, negatives);
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the published constant, and the one of pROC
  const a = 1.414 * normalQuantile(auroc);
  const a2 = a * a;
  return (0.0099 * Math.exp(-a2 / 2) * (5 * a2 + 8 + (a2 + 8) / (negatives / positives))) / positives;
}
