/**
 * Is the model still what it was? Predictions in the order of their dates, cut into periods; the first is the baseline.
 * Each period has its n, mean score, observed rate, Brier score and stability index against the baseline; two CUSUMs run over
 * the patients after the baseline, one on outcomes and one on scores alone, each with a threshold and the date of its first alarm.
 */
import { type Outcome, ok } from "@nacre/core";
import { studentQuantile } from "../distribution/quantile.ts";
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { wilson } from "../interval/wilson.ts";
import { type Monitor, type MonitorOptions, watchOutcomes, watchScores } from "./monitor.ts";
import { type DatedPrediction, inPeriods, type Window } from "./period.ts";
import { type StabilityIndex, stabilityIndex } from "./stability-index.ts";

export interface DriftOptions extends MonitorOptions {
  /** Default `month`. */
  readonly window?: Window;
  /** Periods that make the baseline, from the first. Default 1. */
  readonly baseline?: number;
}

export interface DriftPeriod {
  readonly name: string;
  readonly isBaseline: boolean;
  readonly n: number;
  /** Patients with a label. */
  readonly labelled: number;
  readonly meanScore: Estimate;
  /** Share of the labelled who are positive. */
  readonly observedRate: Estimate;
  readonly brier: Estimate;
  /** Against all periods of the baseline; null inside it. */
  readonly stability: StabilityIndex | null;
}

export interface DriftReport {
  readonly periods: readonly DriftPeriod[];
  readonly outcomes: Monitor;
  readonly scores: Monitor;
}

/** Failures: `bad-value` (a date, probability or label), `too-few` (nothing to judge). Deterministic in the seed. */
export function driftOverTime(
  points: readonly DatedPrediction[],
  { window = "month", baseline = 1, ...monitor }: DriftOptions = {},
): Outcome<DriftReport> {
  if (!(Number.isInteger(baseline) && baseline >= 1))
    throw new RangeError(`expected a baseline of at least one period, received ${baseline}`);
  const cut = inPeriods(points, window);
  if (!cut.ok) return cut;
  const before = cut.value.slice(0, baseline).flatMap((p) => p.points);
  const after = cut.value.slice(baseline).flatMap((p) => p.points);
  const reference = before.map((p) => p.probability);
  const periods = cut.value.map(({ name, points: own }, i): DriftPeriod => {
    const scores = own.map((p) => p.probability);
    const labelled = own.filter((p) => p.label !== null);
    return {
      name,
      isBaseline: i < baseline,
      n: own.length,
      labelled: labelled.length,
      meanScore: meanEstimate(scores, "mean score"),
      observedRate: rateOf(labelled),
      brier: meanEstimate(
        labelled.map((p) => (p.probability - (p.label as number)) ** 2),
        "Brier score",
      ),
      stability: i < baseline ? null : stabilityIndex(reference, scores),
    };
  });
  return ok({ periods, outcomes: watchOutcomes(before, after, monitor), scores: watchScores(before, after, monitor) });
}

function meanEstimate(values: readonly number[], title: string): Estimate {
  const n = values.length;
  const method = `${title}; 95 % t interval over patients`;
  if (n === 0) return undefinedEstimate(0, method, "no labelled patient");
  const value = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { value, low: null, high: null, n, method, reason: "one patient has no spread" };
  const variance = values.reduce((sum, v) => sum + (v - value) ** 2, 0) / (n - 1);
  const half = studentQuantile(0.975, n - 1) * Math.sqrt(variance / n);
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half), n, method };
}

function rateOf(labelled: readonly DatedPrediction[]): Estimate {
  const n = labelled.length;
  const method = "share of labelled patients who are positive; 95 % Wilson interval";
  if (n === 0) return undefinedEstimate(0, method, "no labelled patient");
  const hits = labelled.filter((p) => p.label === 1).length;
  const [low, high] = wilson(hits, n);
  return { value: hits / n, low, high, n, method };
}
