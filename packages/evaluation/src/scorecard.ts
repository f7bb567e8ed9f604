/**
 * The scorecard: every number of a study with its interval and n. The unit is the patient. `internal` pools the test
 * patients of all folds, each predicted by the model that never saw them; `external` are the patients of sites no fold saw.
 * Rows of the parts train and tune are never scored.
 */
import type { ClassifyTask, Outcome } from "@nacre/core";
import { ok, randomStream } from "@nacre/core";
import { type CalibrationComparison, calibrateByFold } from "./calibration/on-tune.ts";
import { type TunedFold, tunedFolds } from "./calibration/tuned-fold.ts";
import type { CorrectedColumn } from "./compare/subgroup-difference.ts";
import type { Estimate } from "./estimate.ts";
import { type Examination, examine } from "./examine.ts";
import { type BootstrapOptions, bootstrap } from "./interval/bootstrap.ts";
import { confusion } from "./metric/accuracy.ts";
import { aurocMetric, weightedAuroc } from "./metric/auroc.ts";
import { type DecisionPoint, decisionCurve } from "./metric/decision.ts";
import { delong } from "./metric/delong.ts";
import { besideChance, type EceEstimate } from "./metric/ece-chance.ts";
import { eceMassMetric } from "./metric/ece-mass.ts";
import { f1Metric, weightedF1Metric } from "./metric/f1.ts";
import { logLossMetric } from "./metric/log-loss.ts";
import { mccMetric } from "./metric/mcc.ts";
import { type Metric, ready, undefinedBecause } from "./metric/metric.ts";
import { METRICS } from "./metric/registry.ts";
import { npvMetric, ppvMetric, sensitivityMetric, specificityMetric } from "./metric/sensitivity.ts";
import { topKMetric } from "./metric/top-k.ts";
import { ORDINAL_METRICS } from "./ordinal/registry.ts";
import {
  type PatientPrediction,
  type PredictionRow,
  sampleOf,
  type ToPatientsOptions,
  toPatients,
} from "./prediction.ts";
import { classCounts, isClass, type Sample, scoresOf } from "./sample.ts";
import { type SubgroupResult, subgroups } from "./subgroup.ts";
import { type Triage, triageByFold } from "./triage/triage.ts";

export interface EvaluateOptions extends ToPatientsOptions {
  /** Bootstrap replicates behind every interval. */
  readonly bootstrap: number;
  /** Columns to report by. */
  readonly subgroups: readonly string[];
  readonly seed: number;
  readonly interval?: "percentile" | "bca";
  /** The classes are grades, lowest first: agreement that counts the distance is given too. Default false. */
  readonly ordered?: boolean;
}

/** The AUROC by bootstrap, with DeLong's closed form beside it (two classes only). */
export interface AurocEstimate extends Estimate {
  readonly delong: {
    readonly low: number | null;
    readonly high: number | null;
    readonly variance: number | null;
    readonly reason?: string;
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
  /** No interval: it is biased upwards. What a calibrated model shows by chance stands beside it; so too in `more.eceMass`. */
  readonly ece: EceEstimate;
  readonly calibration: { readonly slope: Estimate; readonly intercept: Estimate; readonly inTheLarge: Estimate };
  readonly cIndex: null;
  /** F1, MCC, log loss and their kin by name; two classes also hold sensitivity, specificity, ppv and npv at 0.5. */
  readonly more: Readonly<Record<string, Estimate>>;
  /** Agreement of grades by name; null where the classes have no order. */
  readonly ordinal: Readonly<Record<string, Estimate>> | null;
  /** Calibration before and after, fitted fold by fold on tune patients (`tunedFolds`); null where the table has none. */
  readonly recalibration: CalibrationComparison | null;
  /** Who needs no second look; thresholds of each fold from its tune part, or from this part and then marked optimistic. Two classes only. */
  readonly triage: Triage | null;
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
  /** Chance, subgroups tested together, shift, power. */
  readonly examination: Examination;
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
  const tune = rows.filter((r) => r.part === "tune");
  const readable = toPatients(tune, task, { conflicts: "separate" });
  if (!readable.ok) return readable;
  const parts = { internal: test.value, external: external.value };
  const chance = { replicates: options.bootstrap, seed: randomStream(options.seed, "examine").bits() };
  const seeds = { internal: seedOf(options, "internal"), external: seedOf(options, "external") };
  const examination = examine(parts, task, options.subgroups, chance, seeds);
  const score = (patients: readonly PatientPrediction[], name: "internal" | "external"): PartScore => {
    const judged = rows.filter((r) => r.part === (name === "internal" ? "test" : "external"));
    const tuned = tune.length === 0 ? [] : tunedFolds({ judged, patients, tune }, task, options);
    return scorePatients(patients, task, { ...options, tuned, examined: examination[name]?.subgroups ?? [] }, name);
  };
  return ok({
    examination,
    internal: score(test.value, "internal"),
    external: external.value.length === 0 ? null : score(external.value, "external"),
  });
}

/** All numbers of one part. `tuned`: what its models may learn from (`tunedFolds`). `name` keeps the chance of the parts apart. */
export function scorePatients(
  patients: readonly PatientPrediction[],
  task: ClassifyTask,
  options: EvaluateOptions & {
    readonly tuned?: readonly TunedFold[];
    /** The subgroups as `examine` found them, from the same draws. */
    readonly examined?: readonly CorrectedColumn[];
  },
  name: string,
): PartScore {
  const sample = sampleOf(patients, task);
  const chance: BootstrapOptions = {
    replicates: options.bootstrap,
    seed: seedOf(options, name),
    ...(options.interval === undefined ? {} : { interval: options.interval }),
  };
  const more = moreMetrics(sample.k);
  const ordinal = options.ordered === true ? ORDINAL_METRICS : [];
  // One bootstrap for all: the draws are the dearest part of it, and metrics of one sample share their sums.
  const metrics: readonly Metric[] = [...METRICS, ...more, ...ordinal];
  const estimates = bootstrap(sample, metrics, chance);
  const by = (metric: string): Estimate => estimates[metrics.findIndex((m) => m.name === metric)] as Estimate;
  const named = (some: readonly Metric[]): Record<string, Estimate> =>
    Object.fromEntries(some.map((m) => [m.name, by(m.name)]));
  const tuned = options.tuned ?? [];
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
    ece: besideChance(by("ece"), sample, "width"),
    calibration: {
      slope: by("calibrationSlope"),
      intercept: by("calibrationIntercept"),
      inTheLarge: by("calibrationInTheLarge"),
    },
    cIndex: null,
    more: { ...named(more), eceMass: besideChance(by("eceMass"), sample, "mass") },
    ordinal: options.ordered === true ? named(ordinal) : null,
    recalibration: tuned.length === 0 ? null : calibrateByFold(tuned, sample, chance),
    triage: sample.k === 2 && sample.n > 0 ? triageByFold(tuned, sample) : null,
    confusion: confusion(sample),
    perClass: perClass(sample, chance),
    subgroups: examinedGroups(options) ?? subgroups(patients, task, options.subgroups, chance),
    decision: decisionCurve(sample),
    folds: folds(patients, task, chance),
  };
}

function seedOf({ seed }: EvaluateOptions, part: string): number {
  return randomStream(seed, "evaluate", part).bits();
}

/** Subgroups that were examined already; null where they were not, or with another kind of interval. */
function examinedGroups({
  examined,
  interval,
}: EvaluateOptions & { readonly examined?: readonly CorrectedColumn[] }): SubgroupResult[] | null {
  if (examined === undefined || interval === "bca") return null;
  return examined.flatMap(({ column, difference }) =>
    difference.groups.map(({ group, n, estimate }) => ({ column, group, n, auroc: estimate })),
  );
}

function moreMetrics(k: number): Metric[] {
  const shared = [f1Metric, weightedF1Metric, mccMetric, logLossMetric, eceMassMetric];
  if (k === 2) return [...shared, sensitivityMetric, specificityMetric, ppvMetric, npvMetric];
  return k > 3 ? [...shared, topKMetric(3)] : shared;
}

/** pROC prints 1 to 1 here; nobody is shown that. */
const NO_VARIANCE = "no interval: DeLong's variance is 0, which says nothing about how sure the AUROC is";

function delongBeside(sample: Sample): AurocEstimate["delong"] {
  if (sample.k !== 2) return null;
  const { low, high, variance, reason } = delong(scoresOf(sample), isClass(sample));
  if (variance === 0) return { low: null, high: null, variance, reason: NO_VARIANCE };
  return { low, high, variance, ...(reason === undefined ? {} : { reason }) };
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
