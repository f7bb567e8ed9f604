/**
 * The numbers that say how well calibrated probabilities are, for several sets of probabilities of the same patients at once: one
 * bootstrap for all of them, so that before, after and the change between them rest on the same draws, and no fit is
 * made twice for a draw.
 */
import type { Estimate } from "../estimate.ts";
import { bootstrap } from "../interval/bootstrap.ts";
import { brierMetric } from "../metric/brier.ts";
import { calibrationInterceptMetric, calibrationSlopeMetric, logits } from "../metric/calibration.ts";
import { claimsOf, eceMetric } from "../metric/ece.ts";
import { eceMassMetric } from "../metric/ece-mass.ts";
import { impossibleLabels, logLossMetric } from "../metric/log-loss.ts";
import { fitLogistic, type LogisticFit } from "../metric/logistic.ts";
import { type Metric, type Prepared, ready } from "../metric/metric.ts";
import { type ReliabilityBin, reliabilityBins } from "../metric/reliability.ts";
import type { Sample } from "../sample.ts";

/** How well calibrated one set of probabilities is. */
export interface CalibrationMeasures extends Readonly<Record<MeasureName, Estimate>> {
  readonly reliability: readonly ReliabilityBin[];
  /** Patients whose label was given the probability 0: each adds 34.5 / n to the log loss. */
  readonly impossibleLabels: number;
}

const METRICS = {
  ece: eceMetric,
  eceMass: eceMassMetric,
  brier: brierMetric,
  logLoss: logLossMetric,
  slope: calibrationSlopeMetric,
  intercept: calibrationInterceptMetric,
} as const satisfies Record<string, Metric>;

export type MeasureName = keyof typeof METRICS;
/** The measures of which less is better, so that a change has a direction. */
export type ChangeName = "ece" | "eceMass" | "brier" | "logLoss";
export type CalibrationChange = Readonly<Record<ChangeName, Estimate>>;

const NAMES = Object.keys(METRICS) as MeasureName[];
const CHANGES: readonly ChangeName[] = ["ece", "eceMass", "brier", "logLoss"];

type Judge = Readonly<Record<MeasureName, Prepared>>;

export interface MeasuredSets {
  readonly before: CalibrationMeasures;
  readonly after: readonly { readonly measures: CalibrationMeasures; readonly change: CalibrationChange }[];
}

/** Measures of `before` and of each of `after`, which holds other probabilities of the same patients in the same order. */
export function measureSets(
  before: Sample,
  after: readonly Sample[],
  chance: { readonly replicates: number; readonly seed: number },
): MeasuredSets {
  const sets = [before, ...after];
  const judges = sets.map(judgeOf);
  const first = judges[0] as Judge;
  const values = judges.flatMap((judge) => NAMES.map((name) => told(METRICS[name], judge[name])));
  const changes = judges
    .slice(1)
    .flatMap((judge) => CHANGES.map((name) => changeOf(METRICS[name], judge[name], first[name])));
  const estimates = bootstrap(before, [...values, ...changes], chance);
  const take = <N extends string>(names: readonly N[], start: number): Record<N, Estimate> =>
    Object.fromEntries(names.map((name, i) => [name, estimates[start + i]])) as Record<N, Estimate>;
  const measured = sets.map((sample, s) => ({
    ...take(NAMES, s * NAMES.length),
    reliability: reliabilityBins(sample),
    impossibleLabels: impossibleLabels(sample),
  }));
  return {
    before: measured[0] as CalibrationMeasures,
    after: measured.slice(1).map((measures, s) => ({
      measures,
      change: take(CHANGES, values.length + s * CHANGES.length),
    })),
  };
}

/** Every measure of one sample, prepared once. Slope and intercept share their fit. */
function judgeOf(sample: Sample): Judge {
  const of = (metric: Metric): Prepared => {
    const prepared = metric.prepare(sample);
    return prepared.kind === "ready" ? ready(remembered(prepared.at)) : prepared;
  };
  return {
    ece: of(eceMetric),
    eceMass: of(eceMassMetric),
    brier: of(brierMetric),
    logLoss: of(logLossMetric),
    ...fitOf(sample),
  };
}

function fitOf(sample: Sample): { readonly slope: Prepared; readonly intercept: Prepared } {
  const known = calibrationSlopeMetric.prepare(sample);
  if (known.kind === "undefined") return { slope: known, intercept: known };
  const { probability, outcome } = claimsOf(sample);
  const x = logits(probability);
  const start = fitLogistic(x, outcome, new Float64Array(sample.n).fill(1)) ?? { intercept: 0, slope: 1 };
  const fit = remembered((weights): LogisticFit | null => fitLogistic(x, outcome, weights, { start }));
  return { slope: ready((w) => fit(w)?.slope ?? null), intercept: ready((w) => fit(w)?.intercept ?? null) };
}

/** The metric with an answer that is already prepared. */
function told(metric: Metric, prepared: Prepared): Metric {
  return { ...metric, prepare: () => prepared };
}

function changeOf(metric: Metric, after: Prepared, before: Prepared): Metric {
  const reach = metric.range[1] - metric.range[0];
  const named = { name: `${metric.name}Change`, title: `change of the ${metric.title}, after minus before` };
  const prepare = (): Prepared => {
    if (after.kind === "undefined") return after;
    if (before.kind === "undefined") return before;
    return ready((weights) => {
      const [a, b] = [after.at(weights), before.at(weights)];
      return a === null || b === null ? null : a - b;
    });
  };
  return { ...named, perfect: -reach, range: [-reach, reach], prepare };
}

/** The same function, answering from memory when it is asked about the same weights again. */
function remembered<T>(of: (weights: Float64Array) => T): (weights: Float64Array) => T {
  let last: { readonly weights: Float64Array; readonly answer: T } | null = null;
  return (weights) => {
    if (last === null || !isSame(last.weights, weights)) last = { weights: weights.slice(), answer: of(weights) };
    return last.answer;
  };
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
