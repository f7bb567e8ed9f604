/** Points of patients in one frame with reference lines: prediction against label, and Bland and Altman's plot. */
import type { BlandAltman } from "@nacre/evaluation";
import { type Axis, at, type Frame } from "../chart/frame.ts";
import { type ChartPoint, lineChart, type Series } from "../chart/line-chart.ts";
import { html, type Markup } from "../html.ts";
import { count, decimal, intervalText } from "../number-text.ts";
import { axisAround } from "./axis.ts";

type Role = "external" | "internal";

/** More points than this only blacken the drawing and swell the file. */
const MOST_POINTS = 2000;

/** Prediction against label with the line on which they agree; both axes on one scale. */
export function agreementScatter(role: Role, { points }: BlandAltman): Markup {
  const places = points.map(({ mean, difference }) => ({ x: mean - difference / 2, y: mean + difference / 2 }));
  const axis = axisAround("label", [...places.map((p) => p.x), ...places.map((p) => p.y)]);
  const [low, high] = axis.domain;
  return scatter({
    id: `scatter-${role}`,
    title: "Prediction against label",
    description: "One point a patient; on the line the prediction is the label.",
    role,
    places,
    axes: [axis, { ...axis, name: "prediction" }],
    lines: [
      {
        role: "reference",
        name: "prediction = label",
        points: [
          { x: low, y: low },
          { x: high, y: high },
        ],
      },
    ],
  });
}

/** Difference against mean, with the bias and the limits of agreement. */
export function blandAltmanChart(role: Role, agreement: BlandAltman, digits: number): Markup {
  const places = agreement.points.map(({ mean, difference }) => ({ x: mean, y: difference }));
  const x = axisAround(
    "mean of prediction and label",
    places.map((p) => p.x),
  );
  const levels = [agreement.bias.value, agreement.low.value, agreement.high.value].filter((v) => v !== null);
  const y = axisAround("prediction − label", [0, ...places.map((p) => p.y), ...levels]);
  const level = (value: number | null, name: string, isBias: boolean): Series[] =>
    value === null
      ? []
      : [
          {
            role: isBias ? "reference" : `${role}-reference`,
            name,
            points: [
              { x: x.domain[0], y: value },
              { x: x.domain[1], y: value },
            ],
          },
        ];
  const told = (e: BlandAltman["bias"]): string =>
    e.value === null ? "undefined" : `${decimal(e.value, digits)} (${intervalText(e, digits) ?? "no interval"})`;
  return scatter({
    id: `bland-altman-${role}`,
    title: "Bland and Altman",
    description: `Difference against mean. Bias ${told(agreement.bias)}, limits ${told(agreement.low)} and ${told(agreement.high)}.`,
    role,
    places,
    axes: [x, y],
    lines: [
      ...level(agreement.bias.value, `bias ${told(agreement.bias)}`, true),
      ...level(agreement.low.value, `limits of agreement ${told(agreement.low)} and ${told(agreement.high)}`, false),
      ...level(agreement.high.value, "", false),
    ],
  });
}

interface Scatter {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly role: Role;
  readonly places: readonly ChartPoint[];
  readonly axes: readonly [Axis, Axis];
  /** One without a name shares that of the line before. */
  readonly lines: readonly Series[];
}

function scatter({ id, title, description, role, places, axes, lines }: Scatter): Markup {
  const shown = evenly(places);
  const [x, y] = axes;
  const dots: Series = { role, name: `${role}: one point a patient, ${count(places.length)}`, points: [], marks: [] };
  const unnamed = lines.filter((l) => l.name === "");
  return lineChart({
    id,
    title,
    description,
    x,
    y,
    extra: (f) => html`${dotsOf(f, role, shown)}${unnamed.map((l) => straight(f, l))}`,
    series: [...lines.filter((l) => l.name !== ""), dots],
    after: html`${shown.length < places.length && html`<p class="note">${count(shown.length)} of ${count(places.length)} points drawn, evenly taken.</p>`}`,
  });
}

function dotsOf(f: Frame, role: Role, places: readonly ChartPoint[]): Markup {
  const r = places.length > 300 ? 1.8 : 2.8;
  return html`<g class="bar ${role}" fill-opacity="0.45">${places.map((p) => html`<circle cx="${at(f.x(p.x))}" cy="${at(f.y(p.y))}" r="${r}"/>`)}</g>`;
}

function straight(f: Frame, { role, points }: Series): Markup | null {
  const [a, b] = points;
  if (a === undefined || b === undefined) return null;
  return html`<line class="series ${role}" x1="${at(f.x(a.x))}" x2="${at(f.x(b.x))}" y1="${at(f.y(a.y))}" y2="${at(f.y(b.y))}"/>`;
}

function evenly<T>(all: readonly T[]): readonly T[] {
  if (all.length <= MOST_POINTS) return all;
  return Array.from(
    { length: MOST_POINTS },
    (_, i) => all[Math.round((i * (all.length - 1)) / (MOST_POINTS - 1))] as T,
  );
}
