/** A blood smear drawn by formula: places and sizes of its cells are known. Lengths are micrometres. */
import { type Point, type Rect, randomStream } from "@nacre/core";
import type { Raster } from "../src/index.ts";

export interface DrawnCell extends Point {
  readonly radius: number;
  /** Half of the longer over half of the shorter axis; the longer lies at `turn` radians. Default 1. */
  readonly stretch?: number;
  readonly turn?: number;
  /** How much of its colour the middle lacks, 0..1. Default 0.6. */
  readonly pallor?: number;
}

export interface DrawnSmear {
  readonly width: number;
  readonly height: number;
  readonly mpp: number;
  readonly red: readonly DrawnCell[];
  /** Round cells with a purple nucleus of six tenths of their radius. */
  readonly white?: readonly DrawnCell[];
}

/** Optical density of a red cell, of a nucleus and of cytoplasm in red, green and blue. */
const RED = [0.04, 0.2, 0.16] as const;
const NUCLEUS = [0.45, 0.55, 0.15] as const;
const CYTOPLASM = [0.1, 0.14, 0.06] as const;

/** Cells that lie over each other absorb together, except that a white cell hides what is below. */
export function drawSmear({ width, height, mpp, red, white = [] }: DrawnSmear): Raster {
  const random = randomStream(5, "smear-picture", red.length);
  const [w, h] = [Math.round(width / mpp), Math.round(height / mpp)];
  const data = new Uint8Array(w * h * 3);
  for (let i = 0; i < w * h; i++) {
    const at = { x: ((i % w) + 0.5) * mpp, y: (Math.floor(i / w) + 0.5) * mpp };
    const haemoglobin = red.reduce((sum, cell) => sum + amount(cell, at, mpp), 0);
    const body = Math.max(0, ...white.map((c) => cover(Math.hypot(at.x - c.x, at.y - c.y) - c.radius, mpp)));
    const nucleus = Math.max(0, ...white.map((c) => cover(Math.hypot(at.x - c.x, at.y - c.y) - 0.6 * c.radius, mpp)));
    for (let c = 0; c < 3; c++) {
      const under = haemoglobin * (RED[c] as number);
      const over = nucleus * (NUCLEUS[c] as number) + (1 - nucleus) * (CYTOPLASM[c] as number);
      const density = body * over + (1 - body) * under + 0.004 * random.normal();
      data[3 * i + c] = Math.max(0, Math.min(255, Math.round(240 * 10 ** -density)));
    }
  }
  return { width: w, height: h, data };
}

/** 1 within an edge at 0, 0 beyond it, over half a micrometre: no smear is sharper. */
const cover = (beyond: number, mpp: number): number => Math.min(1, Math.max(0, 0.5 - beyond / Math.max(0.5, mpp)));

function amount({ x, y, radius, stretch = 1, turn = 0, pallor = 0.6 }: DrawnCell, at: Point, mpp: number): number {
  const [dx, dy] = [at.x - x, at.y - y];
  const along = (dx * Math.cos(turn) + dy * Math.sin(turn)) / Math.sqrt(stretch);
  const across = (dy * Math.cos(turn) - dx * Math.sin(turn)) * Math.sqrt(stretch);
  const r = Math.hypot(along, across);
  return cover(r - radius, mpp) * (1 - pallor * Math.exp(-((r / (0.4 * radius)) ** 2)));
}

/** The box of a drawn red cell in pixels of its picture. */
export function boxOfDrawn({ x, y, radius, stretch = 1, turn = 0 }: DrawnCell, mpp: number): Rect {
  const [a, b] = [radius * Math.sqrt(stretch), radius / Math.sqrt(stretch)];
  const halfWidth = Math.hypot(a * Math.cos(turn), b * Math.sin(turn)) / mpp;
  const halfHeight = Math.hypot(a * Math.sin(turn), b * Math.cos(turn)) / mpp;
  return { x: x / mpp - halfWidth, y: y / mpp - halfHeight, width: 2 * halfWidth, height: 2 * halfHeight };
}
