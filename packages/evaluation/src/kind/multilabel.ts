/** Several labels that do not exclude each other, each present, absent or not known. */
import type { Outcome } from "@nacre/core";
import { macroAurocMetric } from "../multilabel/discrimination.ts";
import { type LabelScore, labelScores } from "../multilabel/label-score.ts";
import { type LeftOutLabel, leftOutLabels, type MultilabelSample } from "../multilabel/multilabel-sample.ts";
import { MULTILABEL_METRICS } from "../multilabel/registry.ts";
import type { AnsweredRow, GatherOptions } from "./gather.ts";
import { chanceOf, judgeParts, type Kind, type KindScore, type Parts, type ScoreOptions, scoreKind } from "./kind.ts";

/** A patient's labels in the order of the names: 1 present, 0 absent, -1 not known. */
export type Labels = readonly (1 | 0 | -1)[];

/** `prediction` holds one probability a label. */
export type MultilabelRow = AnsweredRow<Labels>;

export interface MultilabelScore extends KindScore {
  readonly kind: "multilabel";
  readonly perLabel: readonly LabelScore[];
  /** Labels that the macro means leave out, and why. */
  readonly leftOut: readonly LeftOutLabel[];
}

/** Labels of these names, as a scorecard and a board see them. */
export function multilabelKind(names: readonly string[]): Kind<Labels, MultilabelSample> {
  return {
    sampleOf: (labelled) => ({
      n: labelled.length,
      l: names.length,
      labels: Int8Array.from(labelled.flatMap((p) => [...p.label])),
      probabilities: Float64Array.from(labelled.flatMap((p) => [...p.prediction])),
      names,
    }),
    strataOf: () => null,
    metrics: MULTILABEL_METRICS,
    headline: macroAurocMetric,
  };
}

/** Judges probabilities of several labels. Failures: `conflicting-label`. */
export function evaluateMultilabel(
  rows: readonly MultilabelRow[],
  names: readonly string[],
  options: ScoreOptions & Pick<GatherOptions<Labels>, "conflicts">,
): Outcome<Parts<MultilabelScore>> {
  const kind = multilabelKind(names);
  return judgeParts(rows, kind, { ...options, labelText: (labels) => labels.join(" ") }, (patients, name) => {
    const { score, sample } = scoreKind(patients, kind, options, name);
    return {
      kind: "multilabel",
      ...score,
      perLabel: labelScores(sample, chanceOf(options, name)),
      leftOut: leftOutLabels(sample),
    };
  });
}
