/** Time to an event: who comes first, how well the curves fit, and whether those of high risk fare worse. */
import type { Outcome } from "@nacre/core";
import type { Estimate } from "../estimate.ts";
import { type Metric, measure } from "../metric/metric.ts";
import { brierAt, integratedBrier, nullBrierAt, nullIntegratedBrier } from "../survival/brier.ts";
import { harrellMetric } from "../survival/harrell.ts";
import { type KaplanMeier, kaplanMeier, medianSurvival } from "../survival/kaplan-meier.ts";
import { type LogRank, logRank } from "../survival/log-rank.ts";
import type { SurvivalSample } from "../survival/sample.ts";
import { timeAuroc } from "../survival/time-auroc.ts";
import { unoMetric } from "../survival/uno.ts";
import type { Answered, AnsweredRow, GatherOptions } from "./gather.ts";
import { judgeParts, type Kind, type KindScore, type Parts, type ScoreOptions, scoreKind } from "./kind.ts";
import { type SurvivalCalibration, survivalCalibration } from "./survival-calibration.ts";

export interface FollowUp {
  readonly time: number;
  readonly event: 0 | 1;
}

/** `prediction` is [risk, S(times[0]), S(times[1]), ...]; higher risk, earlier event. */
export type SurviveRow = AnsweredRow<FollowUp>;

export interface SurviveTask {
  readonly kind: "survive";
  /** Times of the foretold survival, ascending; empty where the model gives a risk alone. */
  readonly times: readonly number[];
  /** Times at which the time-dependent AUROC is given; empty: the quartiles of the event times, of test patients where there are any. */
  readonly horizons: readonly number[];
}

/** The error of the foretold survival beside that of one curve for everybody (Kaplan-Meier of the same patients). */
export interface BrierOverTime {
  readonly over: readonly { readonly time: number; readonly brier: Estimate; readonly reference: number | null }[];
  /** Over the span of all foretold times; null where there is one time alone. */
  readonly integrated: { readonly brier: Estimate; readonly reference: number | null } | null;
}

export interface SurviveScore extends KindScore {
  readonly kind: "survive";
  readonly events: number;
  readonly cIndex: Estimate;
  readonly timeAuroc: readonly { readonly time: number; readonly auroc: Estimate }[];
  /** Kaplan-Meier of all, and of those above and up to the median risk. */
  readonly curves: readonly { readonly group: string; readonly curve: KaplanMeier; readonly median: Estimate }[];
  /** High against low risk; null where there are no two groups. */
  readonly logRank: LogRank | null;
  /** null where the model foretells no survival. */
  readonly brier: BrierOverTime | null;
  /** At the foretold time nearest to each horizon, ascending; empty without foretold survival. */
  readonly calibration: readonly SurvivalCalibration[];
}

/** Most times at which the Brier score is given. */
const MOST_TIMES = 12;

/** "31" for an event at 31, "31+" for somebody seen until then without it. */
export const followUpText = ({ time, event }: FollowUp): string => `${time}${event === 1 ? "" : "+"}`;

/**
 * Risks, as a scorecard and a board see them; `timed` are asked beside the two concordance indices. Patients are drawn without strata: how many
 * events a cohort has is chance too, and intervals with the number of events held fixed are too narrow.
 */
export function surviveKind(
  task: SurviveTask,
  timed: readonly Metric<SurvivalSample>[],
): Kind<FollowUp, SurvivalSample> {
  return {
    sampleOf: (labelled) => survivalSampleOf(labelled, task),
    strataOf: () => null,
    metrics: [harrellMetric, unoMetric(null), ...timed],
    headline: harrellMetric,
  };
}

/** Judges risks. Failures: `conflicting-label` (a patient with two follow-ups). */
export function evaluateSurvival(
  rows: readonly SurviveRow[],
  task: SurviveTask,
  options: ScoreOptions & Pick<GatherOptions<FollowUp>, "conflicts">,
): Outcome<Parts<SurviveScore>> {
  const horizons = task.horizons.length > 0 ? task.horizons : quartiles(rows);
  return judgeParts(rows, surviveKind(task, []), { ...options, labelText: followUpText }, (patients, name) =>
    scoreSurvival(patients, { ...task, horizons }, options, name),
  );
}

function scoreSurvival(
  patients: readonly Answered<FollowUp>[],
  task: SurviveTask,
  options: ScoreOptions,
  name: string,
): SurviveScore {
  const { horizons } = task;
  const timed = horizons.map((t): Metric<SurvivalSample> => ({ ...timeAuroc(t), name: `auroc@${t}` }));
  const brierTimes = evenly(task.times, MOST_TIMES);
  const brier = [...brierTimes.map(brierAt), ...(task.times.length >= 2 ? [integratedBrier(task.times)] : [])];
  const kind = surviveKind(task, [...timed, ...brier]);
  const { score, sample } = scoreKind(patients, kind, options, name);
  return {
    kind: "survive",
    ...score,
    events: sample.event.reduce((a, b) => a + b, 0),
    cIndex: score.measures.cIndex as Estimate,
    timeAuroc: horizons.map((time) => ({ time, auroc: score.measures[`auroc@${time}`] as Estimate })),
    ...riskGroups(sample),
    brier: task.times.length === 0 ? null : brierOf(score, sample, { over: brierTimes, all: task.times }),
    calibration: nearest(task.times, horizons).map((time) => survivalCalibration(sample, time)),
  };
}

function brierOf(
  { measures }: KindScore,
  sample: SurvivalSample,
  { over, all }: { readonly over: readonly number[]; readonly all: readonly number[] },
): BrierOverTime {
  const integrated = measures.integratedBrier;
  return {
    over: over.map((time) => ({
      time,
      brier: measures[brierAt(time).name] as Estimate,
      reference: measure(nullBrierAt(time), sample),
    })),
    integrated:
      integrated === undefined ? null : { brier: integrated, reference: measure(nullIntegratedBrier(all), sample) },
  };
}

/** At most `most` of the times, evenly taken, the first and last among them. */
function evenly(times: readonly number[], most: number): number[] {
  if (times.length <= most) return [...times];
  return Array.from({ length: most }, (_, i) => times[Math.round((i * (times.length - 1)) / (most - 1))] as number);
}

/** The time nearest to each horizon, each once, ascending. */
function nearest(times: readonly number[], horizons: readonly number[]): number[] {
  if (times.length === 0) return [];
  const near = horizons.map((h) => times.reduce((best, t) => (Math.abs(t - h) < Math.abs(best - h) ? t : best)));
  return [...new Set(near)].sort((a, b) => a - b);
}

function survivalSampleOf(
  labelled: readonly (Answered<FollowUp> & { label: FollowUp })[],
  { times }: SurviveTask,
): SurvivalSample {
  const survival = Float64Array.from(labelled.flatMap((p) => p.prediction.slice(1, 1 + times.length)));
  return {
    n: labelled.length,
    time: Float64Array.from(labelled, (p) => p.label.time),
    event: Uint8Array.from(labelled, (p) => p.label.event),
    risk: Float64Array.from(labelled, (p) => p.prediction[0] as number),
    curves: times.length === 0 ? null : { times, survival },
  };
}

/** Groups by the median of the risk: a description, not a rule that was tested elsewhere. */
function riskGroups({ n, time, event, risk }: SurvivalSample): Pick<SurviveScore, "curves" | "logRank"> {
  const sorted = Float64Array.from(risk).sort();
  const middle = sorted[Math.floor((n - 1) / 2)] ?? 0;
  const groups = Array.from(risk, (r) => (r > middle ? "higher risk" : "lower risk"));
  const curve = (group: string, keep: (i: number) => boolean) => {
    const km = kaplanMeier(
      time,
      event,
      Float64Array.from({ length: n }, (_, i) => (keep(i) ? 1 : 0)),
    );
    return { group, curve: km, median: medianSurvival(km) };
  };
  const names = [...new Set(groups)].sort();
  return {
    curves: [curve("all", () => true), ...(names.length < 2 ? [] : names.map((g) => curve(g, (i) => groups[i] === g)))],
    logRank: names.length < 2 ? null : logRank({ time, event, groups }),
  };
}

/** Of the event times of the test patients, else of the external ones: one set of times for both parts. */
function quartiles(rows: readonly SurviveRow[]): number[] {
  const timesIn = (part: SurviveRow["part"]): number[] => {
    const events = rows.flatMap((r) =>
      r.part === part && r.label?.event === 1 ? [[r.patient, r.label.time] as const] : [],
    );
    return [...new Map(events).values()].sort((a, b) => a - b);
  };
  const test = timesIn("test");
  const times = test.length > 0 ? test : timesIn("external");
  if (times.length === 0) return [];
  const at = [0.25, 0.5, 0.75].map((q) => times[Math.floor(q * (times.length - 1))] as number);
  return [...new Set(at)];
}
