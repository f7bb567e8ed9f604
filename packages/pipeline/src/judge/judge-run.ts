/** The scorecard of a run of classes or grades: the referee's numbers, beside two baselines that cost nothing and often win. */
import { type ClassifyTask, type CohortRow, type Outcome, ok, type Task, unwrap } from "@nacre/core";
import {
  type AuditReport,
  type Estimate,
  type Evaluation,
  evaluate,
  type PredictionRow,
  pairedDelong,
  type Sample,
  sampleOf,
  siteOnlyBaseline,
  toPatients,
} from "@nacre/evaluation";
import type { BagAnswer, PredictedBag } from "../predict/bag-answer.ts";
import type { Study } from "../study/read-study.ts";

export interface RunScorecard extends Evaluation {
  readonly task: ClassifyTask;
  /** The unit of every number. */
  readonly unit: "patient";
  readonly baselines: {
    /** Site alone, in patient-stratified folds: what a model could reach without looking at a slide. */
    readonly siteOnly: Estimate;
    /** The mean of the tiles with a linear head, on the same parts. */
    readonly meanPool: {
      readonly internal: Estimate;
      readonly external: Estimate | null;
      /** AUROC of the model minus that of the baseline on the same patients; null beyond two classes and without such patients. */
      readonly difference: { readonly internal: Estimate | null; readonly external: Estimate | null };
    };
  };
  readonly audit: AuditReport;
}

export interface JudgeOptions {
  readonly study: Study;
  /** What was asked. */
  readonly question: Task;
  /** Its classes, as the referee takes them: grades too. */
  readonly task: ClassifyTask;
  readonly audit: AuditReport;
  /** The labelled slides that were ready. */
  readonly cohort: readonly CohortRow[];
  /** The model on the tune part of each fold: what recalibration and thresholds are learned from. Never scored. */
  readonly tune: readonly BagAnswer[];
}

/** Judges the predictions of the model and of the mean-pool baseline. Failures: conflicting-label. */
export function judgeRun(
  model: readonly PredictedBag[],
  baseline: readonly PredictedBag[],
  { study, question, task, audit, cohort, tune }: JudgeOptions,
): Outcome<RunScorecard> {
  const allowed = study.allow.some((a) => a.finding === "conflicting-label");
  const conflicts = allowed ? ("separate" as const) : ("refuse" as const);
  const options = { ...study.evaluate, seed: study.seed, conflicts, ordered: question.kind === "ordinal" };
  const rows = predictionRows([...model, ...tune]);
  const score = evaluate(rows, task, options);
  if (!score.ok) return score;
  const meanPool = unwrap(evaluate(predictionRows(baseline), task, { ...options, subgroups: [] }));
  return ok({
    task,
    unit: "patient",
    ...score.value,
    baselines: {
      siteOnly: siteOnlyBaseline(cohort, task, { seed: study.seed }),
      meanPool: {
        internal: meanPool.internal.auroc,
        external: meanPool.external?.auroc ?? null,
        difference: {
          internal: difference(model, baseline, task, "test"),
          external: difference(model, baseline, task, "external"),
        },
      },
    },
    audit,
  });
}

function difference(
  model: readonly PredictedBag[],
  baseline: readonly PredictedBag[],
  task: ClassifyTask,
  part: PredictedBag["part"],
): Estimate | null {
  const [ours, theirs] = [model, baseline].map((predicted) => {
    const rows = predictionRows(predicted.filter((p) => p.part === part));
    return sampleOf(unwrap(toPatients(rows, task, { conflicts: "separate" })), task);
  });
  // Both tables name the same bags in the same order, and so the same patients.
  if (task.classes.length !== 2 || ours === undefined || theirs === undefined || ours.n === 0) return null;
  const score = ({ probabilities, n }: Sample): number[] =>
    Array.from({ length: n }, (_, i) => probabilities[i * 2 + ours.positive] as number);
  const isPositive = Array.from(ours.labels, (label) => (label === ours.positive ? 1 : 0));
  return pairedDelong(score(ours), score(theirs), isPositive).difference;
}

export function predictionRows(predicted: readonly BagAnswer[]): PredictionRow[] {
  return predicted.map((p) => ({
    slide: p.bag.id,
    case: p.bag.row.case,
    patient: p.bag.row.patient,
    site: p.bag.row.site,
    part: p.part,
    fold: p.fold,
    label: p.bag.label,
    probabilities: p.probabilities,
    columns: p.bag.row.columns,
  }));
}
