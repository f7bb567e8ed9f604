/** The measures of a part by the names that sentences use, in the order of the scorecard. */
import type { Estimate, PartScore } from "./score.ts";

export function partMeasures(part: PartScore): [name: string, estimate: Estimate][] {
  return [
    ["AUROC", part.auroc],
    ["AUPRC", part.auprc],
    ["accuracy", part.accuracy],
    ["balanced accuracy", part.balancedAccuracy],
    ["Brier score", part.brier],
    ["ECE", part.ece],
    ["calibration slope", part.calibration.slope],
    ["calibration intercept", part.calibration.intercept],
    ["calibration in the large", part.calibration.inTheLarge],
  ];
}
