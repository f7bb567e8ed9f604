/** What was examined beyond the numbers, as lines for a terminal: what a reader has to know; all of it stands in the JSON. */

import type { Examination, PairPower, PartExamination, SeedSpread, SharePower } from "@nacre/evaluation";
import { measureName } from "../report/answers/measure-name.ts";
import { counted } from "../report/number-text.ts";

/** Shift, drift, power and seeds of both parts. Nothing for what there is no data for. */
export function examinationLines({ internal, external, seeds }: Examination): string[] {
  const parts = [
    ["internal", internal],
    ["external", external],
  ] as const;
  const lines = [
    ...parts.flatMap(([name, part]) => (part === null ? [] : partLines(part).map((line) => `  ${name}: ${line}`))),
    ...seedLines(seeds ?? null),
  ];
  return lines.length === 0 ? [] : ["beyond the headline", ...lines];
}

function partLines({ groupShift, drift, operatingPoint }: PartExamination): string[] {
  const shifted = groupShift.flatMap(({ column, groups, withinLabel }) => {
    const names = groups.filter((g) => g.isShifted).map((g) => g.group);
    if (names.length === 0) return [];
    const held = withinLabel.some((w) => w.groups.some((g) => g.isShifted));
    return [`scores differ by ${column} (${names.join(", ")}), ${held ? "also" : "not"} among patients of one label`];
  });
  const alarms = (["outcomes", "scores"] as const).flatMap((kind) => {
    const alarm = drift.report?.[kind].firstAlarm ?? null;
    if (alarm === null) return [];
    return [`drift of ${kind} ${alarm.direction}: alarm on ${alarm.date}, after ${counted(alarm.after, "patient")}`];
  });
  const quiet =
    drift.report !== null && alarms.length === 0
      ? [`no drift alarm over ${counted(drift.report.periods.length, "period")} (${drift.window})`]
      : [];
  const power =
    operatingPoint === null
      ? []
      : (["sensitivity", "specificity"] as const).flatMap((name) => shareLine(name, operatingPoint[name]));
  return [...shifted, ...alarms, ...quiet, ...power];
}

function shareLine(name: string, { share, shown, n, lowerBound, plan }: SharePower): string[] {
  if (share === null || shown === null) return [];
  const seen = `${name} at 0.5 is ${share.toFixed(3)} on ${counted(n, "patient")}, which shows at least ${shown.toFixed(3)}`;
  if (plan === null || lowerBound === null) return [seen];
  return [`${seen}; to show ${lowerBound.toFixed(3)} takes ${plan.patients}`];
}

/** A line for each part of a table of several seeds. */
export function seedLines(seeds: readonly SeedSpread[] | null): string[] {
  return (seeds ?? []).map((spread) => `  ${spread.part}: ${seedLine(spread)}`);
}

function seedLine({ measure, runs, mean, spread }: SeedSpread): string {
  if (mean.value === null || spread === null) return `by seed: ${mean.reason ?? "one run"}`;
  const interval =
    mean.low === null || mean.high === null ? "" : ` (${mean.low.toFixed(3)} to ${mean.high.toFixed(3)})`;
  return `${measureName(measure)} by seed: mean of ${counted(runs.length, "run")} ${mean.value.toFixed(3)}${interval}, runs from ${spread.low.toFixed(3)} to ${spread.high.toFixed(3)}; noise of the optimiser. The interval above is over patients, for the mean prediction of all runs`;
}

/** How many patients a comparison would have needed. */
export function pairPowerLine({ a, b, n, plan, detectable, reason }: PairPower): string {
  const gain = detectable === null ? "" : `; ${n} patients show a gain of ${detectable.toFixed(3)}`;
  if (plan === null) return `     ${a} against ${b}: no plan, ${reason ?? ""}${gain}`;
  return `     ${a} against ${b}: the difference seen takes ${plan.patients} patients to show (power 0.8)${gain}`;
}
