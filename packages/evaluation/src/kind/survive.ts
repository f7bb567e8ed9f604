/** Time to an event: who comes first, how well the curves fit, and whether those of high risk fare worse. */
import type { Outcome } from "@nacre/core";
import type { Estimate } from "../estimate.ts";
import type { Metric } from "../metric/metric.ts";
import { integratedBrier } from "../survival/brier.ts";
import { harrellMetric } from "../survival/harrell.ts";
import { type KaplanMeier, kaplanMeier, medianSurvival } from "../survival/kaplan-meier.ts";
import { type LogRank, logRank } from "../survival/log-rank.ts";
import type { SurvivalSample } from "../survival/sample.ts";
import { timeAuroc } from "../survival/time-auroc.ts";
import { unoMetric } from "../survival/uno.ts";
import type { Answered, AnsweredRow, GatherOptions } from "./gather.ts";
import { judgeParts, type Kind, type KindScore, type Parts, type ScoreOptions, scoreKind } from "./kind.ts";

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
  /** Times at which the time-dependent AUROC is given; empty: the quartiles of the event times. */
  readonly horizons: readonly number[];
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
}

/** Judges risks. Failures: `conflicting-label` (a patient with two follow-ups). */
export function evaluateSurvival(
  rows: readonly SurviveRow[],
  task: SurviveTask,
  options: ScoreOptions & Pick<GatherOptions<FollowUp>, "conflicts">,
): Outcome<Parts<SurviveScore>> {
  const labelText = (l: FollowUp): string => `${l.time}${l.event === 1 ? "" : "+"}`;
  return judgeParts(rows, { ...options, labelText }, (patients, name) => scoreSurvival(patients, task, options, name));
}

function scoreSurvival(
  patients: readonly Answered<FollowUp>[],
  task: SurviveTask,
  options: ScoreOptions,
  name: string,
): SurviveScore {
  const horizons = task.horizons.length > 0 ? task.horizons : quartiles(patients);
  const timed = horizons.map((t): Metric<SurvivalSample> => ({ ...timeAuroc(t), name: `auroc@${t}` }));
  const brier = task.times.length >= 2 ? [integratedBrier(task.times)] : [];
  const kind: Kind<FollowUp, SurvivalSample> = {
    sampleOf: (labelled) => survivalSampleOf(labelled, task),
    strataOf: (sample) => sample.event,
    metrics: [harrellMetric, unoMetric(null), ...timed, ...brier],
    headline: harrellMetric,
  };
  const { score, sample } = scoreKind(patients, kind, options, name);
  return {
    kind: "survive",
    ...score,
    events: sample.event.reduce((a, b) => a + b, 0),
    cIndex: score.measures.cIndex as Estimate,
    timeAuroc: horizons.map((time) => ({ time, auroc: score.measures[`auroc@${time}`] as Estimate })),
    ...riskGroups(sample),
  };
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

function quartiles(patients: readonly Answered<FollowUp>[]): number[] {
  const times = patients.flatMap((p) => (p.label?.event === 1 ? [p.label.time] : [])).sort((a, b) => a - b);
  if (times.length === 0) return [];
  const at = [0.25, 0.5, 0.75].map((q) => times[Math.floor(q * (times.length - 1))] as number);
  return [...new Set(at)];
}
