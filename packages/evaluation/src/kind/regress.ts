/** A number for each patient: how far off, how well in order, and whether the two agree. */
import type { Outcome } from "@nacre/core";
import { type BlandAltman, blandAltman } from "../regression/bland-altman.ts";
import { spearmanMetric } from "../regression/correlation.ts";
import { REGRESSION_METRICS } from "../regression/registry.ts";
import { type RegressionSample, regressionSample } from "../regression/regression-sample.ts";
import type { AnsweredRow, GatherOptions } from "./gather.ts";
import { judgeParts, type Kind, type KindScore, type Parts, type ScoreOptions, scoreKind } from "./kind.ts";

/** `prediction` is [value]. */
export type RegressRow = AnsweredRow<number>;

export interface RegressScore extends KindScore {
  readonly kind: "regress";
  readonly blandAltman: BlandAltman | null;
}

/** Numbers, as a scorecard and a board see them. */
export const REGRESS_KIND: Kind<number, RegressionSample> = {
  sampleOf: (labelled) =>
    regressionSample(
      labelled.map((p) => p.label),
      labelled.map((p) => p.prediction[0] as number),
    ),
  strataOf: () => null,
  metrics: REGRESSION_METRICS,
  headline: spearmanMetric,
};

/** Judges predicted numbers. Failures: `conflicting-label`. */
export function evaluateRegression(
  rows: readonly RegressRow[],
  options: ScoreOptions & Pick<GatherOptions<number>, "conflicts">,
): Outcome<Parts<RegressScore>> {
  return judgeParts(rows, REGRESS_KIND, { ...options, labelText: String }, (patients, name) => {
    const { score, sample } = scoreKind(patients, REGRESS_KIND, options, name);
    return { kind: "regress", ...score, blandAltman: sample.n < 2 ? null : blandAltman(sample) };
  });
}
