/** A number over the time of follow-up, with intervals, internal and external in the same axes. */
import type { Estimate } from "@nacre/evaluation";
import { lineChart, type Mark, type Series } from "../chart/line-chart.ts";
import { html, type Markup } from "../html.ts";
import { count, decimal, intervalText, sentence } from "../number-text.ts";
import { chartTable } from "../table.ts";
import { axisOf, timeText } from "./axis.ts";

export interface TimedPart {
  readonly role: "external" | "internal";
  readonly over: readonly {
    readonly time: number;
    readonly estimate: Estimate;
    /** What a model that tells nobody apart would have; null where it is not known. */
    readonly reference?: number | null;
  }[];
}

export interface TimeChart {
  readonly id: string;
  readonly title: string;
  /** Name of the axis of values. */
  readonly measure: string;
  /** One line for all times, or what the references are called. */
  readonly reference: { readonly name: string; readonly value: number } | string;
  /** The value axis reaches at least from and to here. */
  readonly reach: readonly [number, number];
}

/** null where no value is defined. */
export function timeChart(parts: readonly TimedPart[], chart: TimeChart): Markup | null {
  const known = parts.flatMap((p) => p.over.filter((o) => o.estimate.value !== null));
  if (known.length === 0) return null;
  const last = Math.max(...known.map((o) => o.time)) * 1.05 || 1;
  const lows = known.map((o) => o.estimate.low ?? (o.estimate.value as number));
  const highs = known.map((o) => Math.max(o.estimate.high ?? (o.estimate.value as number), o.reference ?? 0));
  const [from, to] = [Math.min(chart.reach[0], ...lows), Math.max(chart.reach[1], ...highs)];
  const flat = typeof chart.reference === "string" ? [] : [flatLine(chart.reference, last)];
  return lineChart({
    id: chart.id,
    title: chart.title,
    description: `${chart.measure} over time with 95 % intervals.`,
    x: axisOf("time", [0, last]),
    y: axisOf(chart.measure, [Math.floor(from * 20 + 1e-9) / 20, Math.ceil(to * 20 - 1e-9) / 20]),
    series: [...flat, ...parts.flatMap((p) => seriesOf(p, chart))],
    after: html`<p class="note">${[...new Set(known.map((o) => o.estimate.method.replace(/ at [\d.e+-]+/, " at each time")))].map(sentence).join(" ")}</p>${parts.map(
      (p) =>
        chartTable(
          p.role,
          ["time", chart.measure, "95 % interval", "n"],
          p.over.map((o) => row(o, last)),
        ),
    )}`,
  });
}

function flatLine({ name, value }: { readonly name: string; readonly value: number }, last: number): Series {
  return {
    role: "reference",
    name,
    points: [
      { x: 0, y: value },
      { x: last, y: value },
    ],
  };
}

function seriesOf({ role, over }: TimedPart, { measure, reference }: TimeChart): Series[] {
  const marks = over.flatMap(({ time, estimate: { value, low, high } }): Mark[] =>
    value === null ? [] : [{ x: time, y: value, low, high }],
  );
  const beside = over.flatMap((o) => (o.reference == null ? [] : [{ x: o.time, y: o.reference }]));
  return [
    ...(typeof reference === "string" && beside.length > 0
      ? [{ role: `${role}-reference`, name: `${role}: ${reference}`, points: beside } as const]
      : []),
    { role, name: `${role}: ${measure}`, points: marks, marks },
  ];
}

function row({ time, estimate }: TimedPart["over"][number], last: number): string[] {
  return [
    timeText(time, last),
    estimate.value === null ? `undefined: ${estimate.reason ?? ""}` : decimal(estimate.value),
    intervalText(estimate) ?? "none",
    count(estimate.n),
  ];
}
