/**
 * What a model saw, as a small picture of the slide: one pixel for each tile where tiles lie on a grid. It is drawn when the layer or the
 * threshold changes; each frame of a movement only lays it on the slide anew.
 */
import type { Heatmap } from "@nacre/api";
import type { Rect } from "@nacre/core";
import { colourOf } from "@nacre/imaging";

export type HeatLayer = Heatmap["layers"][number];

export interface HeatPicture {
  readonly canvas: HTMLCanvasElement;
  /** Where it lies, level-0 pixels. */
  readonly place: Rect;
}

/** Pixels of a picture across a tile, where tiles lie off the grid. */
const FINE = 4;
const LONGEST_SIDE = 4096;

/** The layer that is looked at; the first where the run has no such. */
export const layerOf = ({ layers }: Heatmap, name: HeatLayer["name"]): HeatLayer | undefined =>
  layers.find((layer) => layer.name === name) ?? layers[0];

/** Contribution runs both ways from 0. */
export const isSigned = ({ name }: HeatLayer): boolean => name === "contribution";

/** Colour of a value, and of the legend, `rgb()` as CSS writes it. */
export function heatColour(layer: HeatLayer, value: number): string {
  const [r, g, b] = colourOf(value, { scale: layer.scale[1], kind: isSigned(layer) ? "signed" : "sequential" });
  return `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;
}

/** Whether a value is strong enough to be drawn; `threshold` is a share of the scale, 0 to 1. */
export function isShown(layer: HeatLayer, value: number, threshold: number): boolean {
  return Math.abs(value) >= threshold * layer.scale[1];
}

/** Places of the strongest tiles, strongest first. */
export function strongest(layer: HeatLayer, most: number): number[] {
  const order = layer.values.map((_, i) => i);
  const weight = (i: number): number => Math.abs(layer.values[i] ?? 0);
  return order.sort((a, b) => weight(b) - weight(a)).slice(0, most);
}

export interface HeatGrid {
  readonly place: Rect;
  /** Level-0 pixels per pixel of the picture. */
  readonly step: number;
  readonly width: number;
  readonly height: number;
}

/** The grid that a heatmap is drawn on; null where it holds no tile. */
export function heatGrid({ x, y, tile }: Pick<Heatmap, "x" | "y" | "tile">): HeatGrid | null {
  if (x.length === 0) return null;
  const ends = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  x.forEach((left, i) => {
    const top = y[i] ?? 0;
    ends.left = Math.min(ends.left, left);
    ends.top = Math.min(ends.top, top);
    ends.right = Math.max(ends.right, left + tile);
    ends.bottom = Math.max(ends.bottom, top + tile);
  });
  const isOn = (value: number, from: number): boolean => Math.abs(((value - from) / tile) % 1) < 1e-6;
  const isGrid = x.every((left, i) => isOn(left, ends.left) && isOn(y[i] ?? 0, ends.top));
  const [width, height] = [ends.right - ends.left, ends.bottom - ends.top];
  const step = Math.max(isGrid ? tile : tile / FINE, Math.max(width, height) / LONGEST_SIDE);
  return {
    place: { x: ends.left, y: ends.top, width, height },
    step,
    width: Math.max(1, Math.ceil(width / step)),
    height: Math.max(1, Math.ceil(height / step)),
  };
}

/** Draws a layer; tiles weaker than the threshold are left out. Null where there is nothing to draw. */
export function drawHeat(heatmap: Heatmap, layer: HeatLayer, threshold: number): HeatPicture | null {
  const grid = heatGrid(heatmap);
  if (grid === null) return null;
  const { place, step, width, height } = grid;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  const side = heatmap.tile / step;
  layer.values.forEach((value, i) => {
    if (!isShown(layer, value, threshold)) return;
    context.fillStyle = heatColour(layer, value);
    context.fillRect(((heatmap.x[i] ?? 0) - place.x) / step, ((heatmap.y[i] ?? 0) - place.y) / step, side, side);
  });
  return { canvas, place: { ...place, width: width * step, height: height * step } };
}
