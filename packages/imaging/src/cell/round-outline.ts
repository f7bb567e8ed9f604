/**
 * The closed outline around a point along which a plane falls most steeply outwards: the plane is looked at in polar coordinates
 * and the best way around is found by dynamic programming (Bellman), so that a cell's outline goes on where another cell lies
 * over it. The radius changes little from one angle to the next and is held near the one asked for.
 */
import type { Point } from "@nacre/core";
import { ANGLES, COS, SIN, type Size, type StarShape } from "./star-shape.ts";

export interface OutlineLimits {
  /** Radii an outline is looked for between, pixels. */
  readonly from: number;
  readonly to: number;
  /** Steps of the plane between bare glass and a cell: slopes are told in it. */
  readonly contrast: number;
}

export interface RoundOutline extends StarShape {
  /** Mean fall over two pixels across the outline in the picture, in units of contrast, each at most MAX_SLOPE. */
  readonly slope: number;
  /** Share of the outline in the picture that is an edge. */
  readonly seen: number;
  /** Share of the outline that lies in the picture. */
  readonly inside: number;
}

/** Bins a pixel of radius. */
const FINE = 2;
/** A steeper edge counts no more than this; a flatter one than the second is none. */
const MAX_SLOPE = 0.6;
const EDGE = 0.12;
/** Price of a change of one bin, and of a radius off by its own length, in units of contrast. */
const BEND = 0.04;
const STRAY = 0.25;
/** Bins by which the radius may change from one angle to the next. */
const REACH = 2;

/** What one outline is worked out in; kept for the next. */
interface Room {
  readonly bins: number;
  /** [ANGLES, bins] fall of the plane across each place, NaN beyond the picture, and what a path gains there. */
  readonly slopes: Float32Array;
  readonly gains: Float32Array;
  readonly line: Float32Array;
  /** Best sums that end in a bin, with REACH bins on both sides that no path takes, before and after an angle. */
  readonly sums: readonly [Float64Array, Float64Array];
  /** [2 ANGLES, bins] */
  readonly cameBy: Int8Array;
  readonly path: Int32Array;
}

/** Draws outlines on a plane that is brightest within cells: give a point and the radius expected, pixels. */
export function outlinesOn(
  plane: Uint8Array,
  size: Size,
  limits: OutlineLimits,
): (centre: Point, radius: number) => RoundOutline {
  const bins = Math.max(2, Math.ceil((limits.to - limits.from) * FINE));
  const padded = (): Float64Array => new Float64Array(bins + 2 * REACH);
  const room: Room = {
    bins,
    slopes: new Float32Array(ANGLES * bins),
    gains: new Float32Array(ANGLES * bins),
    line: new Float32Array(bins + 2 * FINE),
    sums: [padded(), padded()],
    cameBy: new Int8Array(2 * ANGLES * bins),
    path: new Int32Array(ANGLES),
  };
  return (centre, radius) => {
    slopesAround(plane, size, centre, limits, room);
    for (let i = 0; i < room.gains.length; i++) {
      const stray = (limits.from + (i % bins) / FINE - radius) / radius;
      const slope = room.slopes[i] as number;
      room.gains[i] = (Number.isNaN(slope) ? 0 : slope) - STRAY * stray ** 2;
    }
    bestLoop(room);
    return outlineOf(centre, limits.from, room);
  };
}

function outlineOf(centre: Point, from: number, { path, slopes, bins }: Room): RoundOutline {
  const radii = Float32Array.from(path, (bin) => from + bin / FINE);
  let [sum, seen, inside] = [0, 0, 0];
  for (let k = 0; k < ANGLES; k++) {
    const slope = slopes[k * bins + (path[k] as number)] as number;
    if (Number.isNaN(slope)) continue;
    inside++;
    sum += slope;
    if (slope > EDGE) seen++;
  }
  const n = Math.max(1, inside);
  return { centre, radii, slope: sum / n, seen: seen / n, inside: inside / ANGLES };
}

/** The fall of the plane from a pixel inside of a place to a pixel outside, for all places. */
function slopesAround(
  plane: Uint8Array,
  size: Size,
  { x, y }: Point,
  { from, contrast }: OutlineLimits,
  { bins, line, slopes }: Room,
): void {
  for (let k = 0; k < ANGLES; k++) {
    for (let j = 0; j < line.length; j++) {
      const r = from + j / FINE - 1;
      line[j] = sample(plane, size, x - 0.5 + r * (COS[k] as number), y - 0.5 + r * (SIN[k] as number));
    }
    for (let j = 0; j < bins; j++) {
      const fall = ((line[j] as number) - (line[j + 2 * FINE] as number)) / contrast;
      slopes[k * bins + j] = Math.min(MAX_SLOPE, Math.max(-MAX_SLOPE, fall));
    }
  }
}

/** Between the middles of four pixels; NaN where not all of them are in the picture. */
function sample(plane: Uint8Array, { width, height }: Size, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return Number.NaN;
  const i = top * width + left;
  const u = x - left;
  const above = (plane[i] as number) * (1 - u) + (plane[i + 1] as number) * u;
  const below = (plane[i + width] as number) * (1 - u) + (plane[i + width + 1] as number) * u;
  return above + (below - above) * (y - top);
}

/** The best bin at each angle. The walk goes around twice, and its middle is kept: its ends are free, its middle is not. */
function bestLoop({ bins, gains, sums, cameBy, path }: Room): void {
  let [best, next] = sums;
  best
    .fill(0)
    .fill(Number.NEGATIVE_INFINITY, 0, REACH)
    .fill(Number.NEGATIVE_INFINITY, bins + REACH);
  next.set(best);
  for (let t = 0; t < 2 * ANGLES; t++) {
    const row = (t % ANGLES) * bins;
    for (let j = 0; j < bins; j++) {
      const by = bestStep(best, j + REACH);
      next[j + REACH] = (best[j + REACH + by] as number) - BEND * Math.abs(by) + (gains[row + j] as number);
      cameBy[t * bins + j] = by;
    }
    [best, next] = [next, best];
  }
  let at = best.indexOf(Math.max(...best)) - REACH;
  for (let t = 2 * ANGLES - 1; t >= ANGLES / 2; t--) {
    if (t < (3 * ANGLES) / 2) path[t % ANGLES] = at;
    at += cameBy[t * bins + at] as number;
  }
}

/** From how many bins further on the best path comes. */
function bestStep(best: Float64Array, j: number): number {
  let top = best[j] as number;
  let by = 0;
  for (let d = 1; d <= REACH; d++) {
    const down = (best[j - d] as number) - BEND * d;
    const up = (best[j + d] as number) - BEND * d;
    if (down > top) {
      top = down;
      by = -d;
    }
    if (up > top) {
      top = up;
      by = d;
    }
  }
  return by;
}
