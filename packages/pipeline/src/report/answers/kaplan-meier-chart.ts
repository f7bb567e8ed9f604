/**
 * Kaplan-Meier curves of the groups of higher and lower risk with their intervals, and below the axis how many patients are
 * still followed at each tick, without which nobody can tell how much the end of a curve is worth.
 */
import type { KaplanMeier, SurviveScore } from "@nacre/evaluation";
import { at, type Frame } from "../chart/frame.ts";
import { type ChartPoint, lineChart, type Series, type SeriesRole } from "../chart/line-chart.ts";
import { html, type Markup } from "../html.ts";
import { count, counted, decimal } from "../number-text.ts";
import { chartTable } from "../table.ts";
import { axisOf, timeText } from "./axis.ts";

type Group = SurviveScore["curves"][number];

const LINE = 14;

/** Curves of one part; all patients together where the risk makes no two groups. */
export function kaplanMeierChart(part: string, score: SurviveScore, after: Markup): Markup {
  const groups = score.curves.length > 1 ? score.curves.filter((c) => c.group !== "all") : score.curves;
  const last = Math.max(1e-9, ...groups.map((g) => g.curve.followUp));
  const below = LINE * (groups.length + 1) + 6;
  const series = groups.map((g): Series => ({ role: roleOf(g), name: nameOf(g), points: steps(g.curve), step: true }));
  return lineChart({
    id: `km-${part}`,
    title: `${part}: patients without the event`,
    description: `Kaplan-Meier curves. ${series.map((s) => s.name).join("; ")}. Numbers below the axis: patients at risk.`,
    x: axisOf("time", [0, last]),
    y: { name: "share without the event", domain: [0, 1] },
    below,
    extra: (f) => html`${groups.map((g) => band(f, g))}${atRiskRows(f, groups, below)}`,
    series,
    after: html`<p class="note">Bands: 95 % log-log intervals. The groups are above and up to the median risk of these patients: a description, not a threshold that was tested elsewhere.</p>${after}${groups.map(
      (g) =>
        chartTable(
          g.group,
          ["time", "at risk", "share", "95 % interval"],
          g.curve.steps.map((s) => row(s, g.curve.followUp)),
        ),
    )}`,
  });
}

/** Patients followed to `time` or longer. */
export function atRisk({ steps: all }: KaplanMeier, time: number): number {
  return all.find((s) => s.time >= time)?.atRisk ?? 0;
}

function roleOf({ group }: Group): SeriesRole {
  return group === "higher risk" ? "tune" : "train";
}

function nameOf({ group, curve, median }: Group): string {
  const { value, low, high } = median;
  const told = (time: number | null): string => (time === null ? "not reached" : timeText(time, curve.followUp));
  const half = value === null ? "median not reached" : `median ${told(value)} (${told(low)} to ${told(high)})`;
  return `${group}: ${counted(curve.n, "patient")}, ${counted(curve.events, "event")}, ${half}`;
}

/** A drawn step holds from the point before: each value ends where the next begins. */
function steps({ steps: all, followUp }: KaplanMeier): ChartPoint[] {
  const points: ChartPoint[] = [{ x: 0, y: 1 }];
  let y = 1;
  for (const s of all) {
    if (s.survival === y) continue;
    points.push({ x: s.time, y });
    y = s.survival;
  }
  points.push({ x: followUp, y });
  return points;
}

/** The interval as steps: there and back again. */
function band(f: Frame, group: Group): Markup | null {
  const known = group.curve.steps.filter((s) => s.low !== null && s.high !== null);
  const ends = known.map((s, i) => ({ ...s, until: known[i + 1]?.time ?? group.curve.followUp }));
  if (ends.length === 0) return null;
  const point = (x: number, y: number): string => `${at(f.x(x))} ${at(f.y(y))}`;
  const there = ends.flatMap((s) => [point(s.time, s.high as number), point(s.until, s.high as number)]);
  const back = ends.toReversed().flatMap((s) => [point(s.until, s.low as number), point(s.time, s.low as number)]);
  const colour = roleOf(group) === "tune" ? "external" : "internal";
  return html`<path class="bar ${colour}" fill-opacity="0.14" d="M${[...there, ...back].join("L")}Z"/>`;
}

function atRiskRows(f: Frame, groups: readonly Group[], below: number): Markup {
  const top = f.height - below + 12;
  const left = f.x.range()[0] as number;
  return html`<text class="tick" x="${at(left - 16)}" y="${at(top)}" text-anchor="end">at risk</text>${groups.map(
    (g, i) =>
      html`<text class="tick" x="${at(left - 16)}" y="${at(top + LINE * (i + 1))}" text-anchor="end">${g.group.replace(" risk", "")}</text>${f.x
        .ticks(5)
        .map(
          (t) =>
            html`<text class="tick" x="${at(f.x(t))}" y="${at(top + LINE * (i + 1))}" text-anchor="middle">${count(atRisk(g.curve, t))}</text>`,
        )}`,
  )}`;
}

function row(s: KaplanMeier["steps"][number], followUp: number): string[] {
  const interval = s.low === null || s.high === null ? "none" : `${decimal(s.low)} to ${decimal(s.high)}`;
  return [timeText(s.time, followUp), count(s.atRisk), decimal(s.survival), interval];
}
