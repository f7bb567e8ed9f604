/**
 * The scorecard: every number of a study with its interval and n. The unit is the patient. `internal` pools the test
 * patients of all folds, each predicted by the model that never saw them; `external` are the patients of sites no fold saw.
 * Rows of the parts train and tune are never scored.
 */
import type { ClassifyTask, Outcome } from "@nacre/core";
import { ok, randomStream } from "@nacre/core";
import type { Estimate } from "./estimate.ts";
import { type BootstrapOptions, bootstrap } from "./interval/bootstrap.ts";
import { confusion } from "./metric/accuracy.ts";
import { aurocMetric, weightedAuroc } from "./metric/auroc.ts";
import { type DecisionPoint, decisionCurve } from "./metric/decision.ts";
import { delong } from "./metric/delong.ts";
import { type Metric, ready, undefinedBecause } from "./metric/metric.ts";
import { METRICS } from "./metric/registry.ts";
import {
  type PatientPrediction,
  type PredictionRow,
  sampleOf,
  type ToPatientsOptions,
  toPatients,
} from "./prediction.ts";
import { classCounts, isClass, type Sample, scoresOf } from "./sample.ts";
import { type SubgroupResult, subgroups } from "./subgroup.ts";

export interface EvaluateOptions extends ToPatientsOptions {
  /** Bootstrap replicates behind every interval. */
  readonly bootstrap: number;
  /** Columns to report by. */
  readonly subgroups: readonly string[];
  readonly seed: number;
}

/** The AUROC by bootstrap, with DeLong's closed form beside it (two classes only). */
export interface AurocEstimate extends Estimate {
  readonly delong: {
    readonly low: number | null;
    readonly high: number | null;
    readonly variance: number | null;
  } | null;
}

/** One part of a scorecard. */
export interface PartScore {
  /** Labelled patients; the rows without a label are counted beside them. */
  readonly n: number;
  readonly unlabelled: number;
  readonly bags: number;
  /** Patients with each label. */
  readonly classes: Readonly<Record<string, number>>;
  readonly auroc: AurocEstimate;
  readonly auprc: Estimate;
  readonly accuracy: Estimate;
  readonly balancedAccuracy: Estimate;
  readonly brier: Estimate;
  readonly ece: Estimate;
  readonly calibration: { readonly slope: Estimate; readonly intercept: Estimate; readonly inTheLarge: Estimate };
  readonly cIndex: null;
  /** Label (row) against call (column), in the order of the classes. */
  readonly confusion: readonly (readonly number[])[];
  /** One class against the rest, where there are more than two. */
  readonly perClass: readonly { readonly class: string; readonly n: number; readonly auroc: Estimate }[];
  readonly subgroups: readonly SubgroupResult[];
  readonly decision: readonly DecisionPoint[];
  readonly folds: readonly { readonly fold: number; readonly n: number; readonly auroc: Estimate }[];
}

export interface Evaluation {
  readonly internal: PartScore;
  /** null where no patient is external. */
  readonly external: PartScore | null;
}

/**
 * Judges a table of predictions. Failures: those of `toPatients`. A part that is too small is not a failure: its numbers
 * are null with a reason.
 */
export function evaluate(
  rows: readonly PredictionRow[],
  task: ClassifyTask,
  options: EvaluateOptions,
): Outcome<Evaluation> {
  const test = toPatients(
    rows.filter((r) => r.part === "test"),
    task,
    options,
  );
  if (!test.ok) return test;
  const external = toPatients(
    rows.filter((r) => r.part === "external"),
    task,
    options,
  );
  if (!external.ok) return external;
  return ok({
    internal: scorePatients(test.value, task, options, "internal"),
    external: external.value.length === 0 ? null : scorePatients(external.value, task, options, "external"),
  });
}

/** All numbers of one part. `name` keeps the chance of the parts apart. */
export function scorePatients(
  patients: readonly PatientPrediction[],
  task: ClassifyTask,
  options: EvaluateOptions,
  name: string,
): PartScore {
  const sample = sampleOf(patients, task);
  const chance: BootstrapOptions = {
    replicates: options.bootstrap,
    seed: randomStream(options.seed, "evaluate", name).bits(),
  };
  const estimates = bootstrap(sample, METRICS, chance);
  const by = (metric: string): Estimate => estimates[METRICS.findIndex((m) => m.name === metric)] as Estimate;
  const counts = classCounts(sample);
  return {
    n: sample.n,
    unlabelled: patients.length - sample.n,
    bags: patients.reduce((sum, p) => sum + p.bags, 0),
    classes: Object.fromEntries(task.classes.map((c, i) => [c, counts[i] as number])),
    auroc: { ...by("auroc"), delong: delongBeside(sample) },
    auprc: by("auprc"),
    accuracy: by("accuracy"),
    balancedAccuracy: by("balancedAccuracy"),
    brier: by("brier"),
    ece: by("ece"),
    calibration: {
      slope: by("calibrationSlope"),
      intercept: by("calibrationIntercept"),
      inTheLarge: by("calibrationInTheLarge"),
    },
    cIndex: null,
    confusion: confusion(sample),
    perClass: perClass(sample, chance),
    subgroups: subgroups(patients, task, options.subgroups, chance),
    decision: decisionCurve(sample),
    folds: folds(patients, task, chance),
  };
}

function delongBeside(sample: Sample): AurocEstimate["delong"] {
  if (sample.k !== 2) return null;
  const { low, high, variance } = delong(scoresOf(sample), isClass(sample));
  return { low, high, variance };
}

function perClass(sample: Sample, chance: BootstrapOptions): PartScore["perClass"] {
  if (sample.k === 2) return [];
  const estimates = bootstrap(
    sample,
    sample.classes.map((_, c) => oneAgainstRest(c)),
    chance,
  );
  const counts = classCounts(sample);
  return sample.classes.map((name, c) => ({ class: name, n: counts[c] as number, auroc: estimates[c] as Estimate }));
}

function oneAgainstRest(c: number): Metric {
  return {
    ...aurocMetric,
    title: "area under the ROC curve, this class against the rest",
    prepare(sample) {
      const n = classCounts(sample)[c] as number;
      if (n === 0) return undefinedBecause(`no patient with the label ${sample.classes[c]}`);
      if (n === sample.n) return undefinedBecause(`every patient has the label ${sample.classes[c]}`);
      return ready(weightedAuroc(scoresOf(sample, c), isClass(sample, c)));
    },
  };
}

function folds(
  patients: readonly PatientPrediction[],
  task: ClassifyTask,
  chance: BootstrapOptions,
): PartScore["folds"] {
  const numbers = [...new Set(patients.flatMap((p) => p.folds))].sort((a, b) => a - b);
  return numbers.map((fold) => {
    const sample = sampleOf(
      patients.filter((p) => p.folds.includes(fold)),
      task,
    );
    return { fold, n: sample.n, auroc: bootstrap(sample, [aurocMetric], chance)[0] as Estimate };
  });
}
