/**
 * Lines, points with intervals and a legend in one frame. A series is told apart by colour (Okabe and Ito 2008) and by
 * dash and mark, so that it survives print and colour blindness; the same numbers follow as a table for screen readers.
 */
import { curveLinear, curveStepBefore, line } from "d3-shape";
import { html, type Markup } from "../html.ts";
import { type Axis, at, type Frame, frame } from "./frame.ts";

/** What a series stands for; fixes its colour, dash and mark in every chart. */
export type SeriesRole =
  | "internal"
  | "external"
  | "internal-reference"
  | "external-reference"
  | "reference"
  | "train"
  | "tune";

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface Mark extends ChartPoint {
  readonly low: number | null;
  readonly high: number | null;
}

export interface Series {
  readonly role: SeriesRole;
  readonly name: string;
  readonly points: readonly ChartPoint[];
  /** Each value holds from the point before up to its own point. */
  readonly step?: boolean;
  readonly marks?: readonly Mark[];
}

export interface LineChart {
  /** Unique within the page. */
  readonly id: string;
  readonly title: string;
  /** What a reader who cannot see it should know. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** More drawing inside the frame, under the lines. */
  readonly extra?: (frame: Frame) => Markup;
  /** Units kept free under the plot for `extra`. */
  readonly below?: number;
  /** Follows the legend: a sentence, a table. */
  readonly after?: Markup;
}

/** A figure: drawing, legend, whatever follows. */
export function lineChart(chart: LineChart): Markup {
  const below = chart.below ?? 0;
  const f = frame(chart.x, chart.y, 400, 330 + below, below);
  const drawn = chart.series.map((s) => html`${path(f, s)}${(s.marks ?? []).map((m) => mark(f, s.role, m))}`);
  return html`<figure class="chart"><h4>${chart.title}</h4>
<svg viewBox="0 0 ${f.width} ${f.height}" role="img" aria-labelledby="${chart.id}-t ${chart.id}-d">
<title id="${chart.id}-t">${chart.title}</title><desc id="${chart.id}-d">${chart.description}</desc>
${f.axes}${chart.extra?.(f) ?? null}${drawn}</svg>
<figcaption>${legend(chart.series)}${chart.after ?? null}</figcaption></figure>`;
}

/** Names of the series beside a sample of each. */
export function legend(series: readonly Series[]): Markup {
  return html`<ul class="legend">${series.map(
    (s) =>
      html`<li><svg viewBox="0 0 28 12" width="28" height="12" aria-hidden="true">${sample(s)}</svg><span>${s.name}</span></li>`,
  )}</ul>`;
}

function sample(s: Series): Markup {
  const stroke = s.points.length > 0 && html`<line class="series ${s.role}" x1="1" y1="6" x2="27" y2="6"/>`;
  return html`${stroke}${s.marks !== undefined && symbol(s.role, 14, 6)}`;
}

function path(f: Frame, s: Series): Markup | null {
  if (s.points.length === 0) return null;
  const draw = line<ChartPoint>(
    (p) => f.x(p.x),
    (p) => f.y(p.y),
  ).curve(s.step ? curveStepBefore : curveLinear);
  for (const p of s.points) at(p.x + p.y);
  return html`<path class="series ${s.role}" d="${draw(visible(f, s.points)) ?? ""}"/>`;
}

/** A tenth of a unit of the drawing: below it nobody sees a step. */
const FINEST = 0.1;

/** The points without those that lie as good as on the one before: a curve of 100,000 patients stays a small file. */
function visible(f: Frame, points: readonly ChartPoint[]): ChartPoint[] {
  let last: ChartPoint | null = null;
  return points.filter((p, i) => {
    const near =
      last !== null && Math.abs(f.x(p.x) - f.x(last.x)) < FINEST && Math.abs(f.y(p.y) - f.y(last.y)) < FINEST;
    if (near && i < points.length - 1) return false;
    last = p;
    return true;
  });
}

function mark(f: Frame, role: SeriesRole, m: Mark): Markup {
  const whisker =
    m.low !== null &&
    m.high !== null &&
    html`<line class="whisker ${role}" x1="${at(f.x(m.x))}" x2="${at(f.x(m.x))}" y1="${at(f.y(m.low))}" y2="${at(f.y(m.high))}"/>`;
  return html`${whisker}${symbol(role, f.x(m.x), f.y(m.y))}`;
}

/** A disc for internal, a diamond for external. */
export function symbol(role: SeriesRole, x: number, y: number): Markup {
  if (role !== "external") return html`<circle class="mark ${role}" cx="${at(x)}" cy="${at(y)}" r="4"/>`;
  return html`<path class="mark ${role}" d="M${at(x)} ${at(y - 5)}L${at(x + 5)} ${at(y)}L${at(x)} ${at(y + 5)}L${at(x - 5)} ${at(y)}Z"/>`;
}
