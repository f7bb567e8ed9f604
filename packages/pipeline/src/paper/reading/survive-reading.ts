/** Time to an event, as the texts for a paper read it. */
import type { SurviveTask } from "@nacre/core";
import { type Estimate, type KaplanMeier, kaplanMeier, medianSurvival, type SurviveScore } from "@nacre/evaluation";
import { timeText } from "../../report/answers/axis.ts";
import { count, counted, decimal, percent, pText } from "../../report/number-text.ts";
import { answerLimitations } from "../../report/run-answers/answer-limitation.ts";
import type { CardOfKind } from "../known.ts";
import { answerBaselines, answerVerdict, sharedPart } from "./answer-part-of.ts";
import type { Named, Reading, ReadingPart } from "./reading.ts";
import { capital, namedOf, notComputed, sizeText, titleOf, whatever } from "./wording.ts";

const HEADLINE = "C-index";
const LOST = "Whoever was lost from sight is taken to fare like those who stayed.";

export function surviveReading(card: CardOfKind<"survive">, name: string | null): Reading {
  const { internal, external } = card;
  const task = "event" in card.task ? card.task : null;
  const [time, event] = [task?.time ?? "time", task?.event ?? "event"];
  const keys = tableKeys([internal, ...(external === null ? [] : [external])]);
  return {
    name,
    does: ["tell", `who has the event of the column ${event} sooner`],
    outcome: `The outcome is the time to an event: the follow-up is the column ${time}, the event (1) or its absence until then (0, censored) the column ${event}. The unit of time is that of the column and is not recorded.`,
    reference: `Follow-up and events are taken as they stand in the columns ${time} and ${event}.`,
    output: `${riskText(task)} The higher it is, the earlier the event is expected. It orders patients: it is no probability and no time${internal.brier === null ? ", and no survival is foretold" : ""}.${foretoldText(internal)}`,
    noun: ["risk", "risks"],
    question: task === null ? "time to an event" : `time to ${event}`,
    headline: HEADLINE,
    headlineColumn: titleOf("cIndex"),
    alsoMeasured:
      ", beside curves of Kaplan and Meier for higher and lower risk (split at the median risk of the judged patients) with the log-rank test, and the median follow-up by reverse Kaplan-Meier",
    loss: lossText(task),
    bagsAStep: task === null || task.intervals === null ? "up to 32 bags a step" : "one bag a step",
    weighted: "",
    imbalance: whatever("The outcome is the time to an event: there are no classes whose loss could be weighted."),
    gaps: `Patients without the event count until they are lost from sight (censored). ${LOST}`,
    unknown: "",
    caution: LOST,
    noCalls:
      "Risks are not turned into calls: sensitivity and specificity need a threshold, and none was chosen. AUROC at a time says how well those with the event by then are told from those followed longer.",
    noCalibration: "No survival is foretold, so there is nothing whose calibration could be judged.",
    balancedBy: ", balanced by groups of the follow-up",
    columns: keys.map(titleOf),
    internal: partOf(internal, "internal", keys),
    external: external === null ? null : partOf(external, "external", keys),
    baselines: answerBaselines(card),
    verdict: () => answerVerdict(card),
    limits: (report) => answerLimitations(report, [[name ?? "", card]]),
  };
}

function riskText(task: SurviveTask | null): string {
  if (task === null) return "A risk.";
  if (task.intervals === null) return "A risk: the log relative hazard (proportional hazards, Cox), which has no unit.";
  return `A risk: minus the sum of the shares foretold to be without the event at the ends of ${task.intervals} intervals of time, which has no unit.`;
}

function foretoldText({ brier }: SurviveScore): string {
  const times = brier?.over.map(({ time }) => String(time)) ?? [];
  return times.length === 0
    ? ""
    : ` Beside it stands the share foretold to be without the event, at times from ${times[0]} to ${times.at(-1)}.`;
}

function lossText(task: SurviveTask | null): string {
  if (task === null || task.intervals === null) return "negative log partial likelihood of Cox with Efron's ties";
  return `negative log likelihood of the hazards of ${task.intervals} intervals of time`;
}

function partOf(score: SurviveScore, role: ReadingPart["role"], keys: readonly string[]): ReadingPart {
  const { measures, n, events, cIndex } = score;
  const shown = Object.keys(measures).filter((key) => !key.startsWith("survivalBrier@"));
  const named = namedOf(measures, shown);
  const follow = medianFollowUp(score);
  return {
    ...sharedPart(score, role),
    counts: [
      `${count(events)} with the event`,
      `${count(n - events)} censored`,
      ...(follow === null ? [] : [`median follow-up ${follow}`]),
    ],
    performance: named.filter((m) => m.name.startsWith(HEADLINE)),
    beside: named.filter((m) => !m.name.startsWith(HEADLINE)),
    calibration: calibrationOf(score),
    measures: namedOf(measures, Object.keys(measures)),
    remarks: [...logRankText(score), ...referenceText(score)],
    size: sizeText(events, "event", HEADLINE, cIndex),
    contrast: n === 0 ? [] : [["share with the event", `${percent(events / n)} of ${n}`], ...followContrast(follow)],
    calls: null,
    errors: disorderText(cIndex),
    performanceRows: named.map((m) => ({ ...m, name: capital(m.name) })),
    calibrationRows: calibrationOf(score).map((m) => ({ ...m, name: `${capital(m.name)} (1 is best)` })),
    tableRows: [
      {
        of: null,
        n: `${count(n)} (${counted(events, "event")})`,
        cells: keys.map((key) => ({ estimate: measures[key] ?? notComputed(n, "not asked of this part") })),
      },
    ],
  };
}

/** Observed over foretold events at each foretold time that was looked at. */
function calibrationOf({ calibration }: SurviveScore): Named[] {
  return calibration.map(({ time, ratio }) => ({
    name: `observed over foretold events by ${time}`,
    estimate: ratio,
  }));
}

function logRankText({ logRank }: SurviveScore): string[] {
  if (logRank === null || logRank.p === null || logRank.chiSquared === null) return [];
  return [
    `log-rank test of higher against lower risk: chi-squared ${decimal(logRank.chiSquared, 2)}, p ${pText(logRank.p)}`,
  ];
}

function referenceText({ brier }: SurviveScore): string[] {
  const reference = brier?.integrated?.reference ?? null;
  return reference === null
    ? []
    : [`one curve of Kaplan and Meier for everybody has an integrated Brier score of ${decimal(reference)}`];
}

/**
 * The median time that patients were followed, by Kaplan and Meier with censoring as the event (Schemper and Smith 1996). Read off the
 * steps of the curve of all patients.
 */
export function reverseMedian({ steps }: KaplanMeier): Estimate {
  const leaving = steps.flatMap((s) => [
    { time: s.time, event: 1, weight: s.censored },
    { time: s.time, event: 0, weight: s.events },
  ]);
  const there = leaving.filter((l) => l.weight > 0);
  return medianSurvival(
    kaplanMeier(
      there.map((l) => l.time),
      there.map((l) => l.event),
      there.map((l) => l.weight),
    ),
  );
}

function medianFollowUp({ curves }: SurviveScore): string | null {
  const all = curves.find((c) => c.group === "all")?.curve;
  if (all === undefined || all.n === 0) return null;
  const { value } = reverseMedian(all);
  const median = value === null ? "not reached" : timeText(value, all.followUp);
  return `${median} (longest ${timeText(all.followUp, all.followUp)})`;
}

function followContrast(follow: string | null): [string, string][] {
  return follow === null ? [] : [["median follow-up", follow]];
}

function disorderText({ value }: Estimate): string | null {
  if (value === null) return null;
  return `of 100 pairs of patients whose order is known, about ${Math.round(100 * (1 - value))} are put in the wrong order`;
}

/** The two indices, AUROC at times, integrated Brier score: of those that a part has. */
function tableKeys(parts: readonly SurviveScore[]): string[] {
  const all = [...new Set(parts.flatMap((p) => Object.keys(p.measures)))];
  const timed = all.filter((key) => key.startsWith("auroc@"));
  return [
    ...all.filter((key) => key === "cIndex" || key === "unoCIndex"),
    ...timed.slice(0, MOST_TIMES),
    ...all.filter((key) => key === "integratedBrier"),
  ];
}

/** Columns of a table that are times, at most; the others are in the scorecard. */
const MOST_TIMES = 4;
