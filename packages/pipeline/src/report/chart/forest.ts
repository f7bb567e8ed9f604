/**
 * Estimates under each other with their intervals on one axis, the numbers printed beside them: the quickest honest
 * comparison of a result with its rivals. An undefined estimate keeps its row and says why.
 */
import { scaleLinear } from "d3-scale";
import { html, type Markup } from "../html.ts";
import { count, decimal, intervalText } from "../number-text.ts";
import type { Estimate } from "../score.ts";
import { at } from "./frame.ts";
import { type SeriesRole, symbol } from "./line-chart.ts";

export interface ForestRow {
  readonly name: string;
  readonly role: SeriesRole;
  readonly estimate: Estimate;
}

export interface Forest {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  /** Value of no information, drawn as a line. */
  readonly chance: number;
  readonly rows: readonly ForestRow[];
}

const ROW = 30;
const LEFT = 6;
const RIGHT = 274;
const TOP = 10;

/** A table whose middle column is one drawing; every number is text as well. */
export function forest(chart: Forest): Markup {
  const x = scaleLinear().domain(domain(chart)).range([LEFT, RIGHT]).clamp(true);
  const axis = axisDrawing(x);
  return html`<table class="forest"><caption>${chart.title}</caption><thead><tr><th scope="col">Predictor</th>
<th scope="col" class="plot">${axis}</th><th scope="col">${chart.axis}</th><th scope="col">95 % interval</th><th scope="col">n</th></tr></thead>
<tbody>${chart.rows.map((row) => forestRow(row, x, chart.chance))}</tbody></table>`;
}

function forestRow(row: ForestRow, x: (v: number) => number, chance: number): Markup {
  const e = row.estimate;
  if (e.value === null) {
    return html`<tr><th scope="row">${row.name}</th><td class="plot">${plot(null, row.role, x, chance)}</td>
<td colspan="2" class="undefined">undefined: ${e.reason ?? "no reason recorded"}</td><td class="num">${count(e.n)}</td></tr>`;
  }
  return html`<tr><th scope="row">${row.name}</th><td class="plot">${plot(e, row.role, x, chance)}</td>
<td class="num"><strong>${decimal(e.value)}</strong></td><td class="num">${intervalText(e) ?? "none"}</td><td class="num">${count(e.n)}</td></tr>`;
}

function plot(e: Estimate | null, role: SeriesRole, x: (v: number) => number, chance: number): Markup {
  const line = html`<line class="chance" x1="${at(x(chance))}" x2="${at(x(chance))}" y1="0" y2="${ROW}"/>`;
  if (e === null || e.value === null) return html`<svg viewBox="0 0 280 ${ROW}" aria-hidden="true">${line}</svg>`;
  const whisker =
    e.low !== null &&
    e.high !== null &&
    html`<line class="whisker ${role}" x1="${at(x(e.low))}" x2="${at(x(e.high))}" y1="${ROW / 2}" y2="${ROW / 2}"/>`;
  return html`<svg viewBox="0 0 280 ${ROW}" aria-hidden="true">${line}${whisker}${symbol(role, x(e.value), ROW / 2)}</svg>`;
}

function axisDrawing(x: ReturnType<typeof scaleLinear<number, number>>): Markup {
  return html`<svg viewBox="0 0 280 24" aria-hidden="true">${x
    .ticks(6)
    .map(
      (t) =>
        html`<text class="tick" x="${at(x(t))}" y="${TOP + 6}" text-anchor="${anchor(x(t))}">${decimal(t, 1)}</text>`,
    )}</svg>`;
}

function anchor(place: number): string {
  if (place < LEFT + 8) return "start";
  return place > RIGHT - 8 ? "end" : "middle";
}

/** From 0.4, or lower where an interval goes lower, to 1; tenths. */
function domain(chart: Forest): [number, number] {
  const lows = chart.rows.flatMap((r) => [r.estimate.low ?? r.estimate.value ?? 1]);
  const least = Math.min(chart.chance - 0.1, ...lows);
  return [Math.max(0, Math.floor(least * 10 + 1e-9) / 10), 1];
}
