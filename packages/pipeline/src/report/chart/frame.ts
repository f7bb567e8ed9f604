/**
 * The frame of a chart: two linear axes with ticks, grid and names, as an SVG string without a DOM.
 * Colours come from style classes, so that one drawing serves light, dark and print.
 */
import { type ScaleLinear, scaleLinear } from "d3-scale";
import { html, type Markup } from "../html.ts";

export interface Axis {
  readonly name: string;
  readonly domain: readonly [number, number];
  /** Decimals of the tick labels. Default 1. */
  readonly digits?: number;
  /** About how many ticks. Default 5. */
  readonly ticks?: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
  readonly axes: Markup;
}

export const MARGIN = { top: 10, right: 14, bottom: 40, left: 56 } as const;

/** Lays out the axes of a drawing of `width` by `height` user units; `below` units stay free under the plot. */
export function frame(x: Axis, y: Axis, width = 400, height = 340, below = 0): Frame {
  const xScale = scaleLinear()
    .domain([...x.domain])
    .range([MARGIN.left, width - MARGIN.right]);
  const yScale = scaleLinear()
    .domain([...y.domain])
    .range([height - MARGIN.bottom - below, MARGIN.top]);
  return { width, height, x: xScale, y: yScale, axes: html`${xAxis(xScale, yScale, x)}${yAxis(xScale, yScale, y)}` };
}

function xAxis(x: ScaleLinear<number, number>, y: ScaleLinear<number, number>, axis: Axis): Markup {
  const [bottom, top] = y.range() as [number, number];
  const [left, right] = x.range() as [number, number];
  return html`${x.ticks(axis.ticks ?? 5).map(
    (t) => html`<line class="grid" x1="${at(x(t))}" x2="${at(x(t))}" y1="${at(top)}" y2="${at(bottom)}"/>
<text class="tick" x="${at(x(t))}" y="${at(bottom + 15)}" text-anchor="middle">${tick(t, axis)}</text>`,
  )}<text class="axis" x="${at((left + right) / 2)}" y="${at(bottom + 33)}" text-anchor="middle">${axis.name}</text>`;
}

function yAxis(x: ScaleLinear<number, number>, y: ScaleLinear<number, number>, axis: Axis): Markup {
  const [bottom, top] = y.range() as [number, number];
  const [left, right] = x.range() as [number, number];
  const middle = (bottom + top) / 2;
  return html`${y.ticks(axis.ticks ?? 5).map(
    (t) => html`<line class="grid" x1="${at(left)}" x2="${at(right)}" y1="${at(y(t))}" y2="${at(y(t))}"/>
<text class="tick" x="${at(left - 6)}" y="${at(y(t) + 4)}" text-anchor="end">${tick(t, axis)}</text>`,
  )}<text class="axis" x="11" y="${at(middle)}" text-anchor="middle" transform="rotate(-90 11 ${at(middle)})">${axis.name}</text>`;
}

/** A coordinate as text: two decimals, no negative zero, so that the bytes do not depend on the last bit of a sum. */
export function at(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`expected a finite place in a chart, received ${value}`);
  return String(Math.round(value * 100) / 100 + 0);
}

function tick(value: number, axis: Axis): string {
  return value.toFixed(axis.digits ?? 1).replace("-", "−");
}
