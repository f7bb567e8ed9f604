/**
 * How deep inside each kind of tissue the points of one tile lie, on a coarse lattice that is interpolated between.
 * Made anew for each tile, so memory does not grow with the slide.
 */
import type { Anatomy } from "./anatomy.ts";
import { depthInside, type Outline } from "./outline.ts";

/** Depths in level-0 pixels, negative outside, on a lattice of `POINTS` x `POINTS` points `SPACING` apart. */
export interface TileFields {
  /** Level-0 place of the first lattice point. */
  readonly x: number;
  readonly y: number;
  readonly tissue: Float64Array;
  readonly tumour: Float64Array;
  readonly fat: Float64Array;
  readonly aggregate: Float64Array;
}

export const SPACING = 32;
export const MARGIN = 64;
export const POINTS = (256 + 2 * MARGIN) / SPACING + 1;

export function createFields(): TileFields {
  const plane = (): Float64Array => new Float64Array(POINTS * POINTS);
  return { x: 0, y: 0, tissue: plane(), tumour: plane(), fat: plane(), aggregate: plane() };
}

/** Measures the tile whose corner is x, y; the planes of `fields` are filled and used again. */
export function measureFields(fields: TileFields, anatomy: Anatomy, x: number, y: number): TileFields {
  for (let j = 0, i = 0; j < POINTS; j++) {
    for (let k = 0; k < POINTS; k++, i++) {
      const px = x - MARGIN + k * SPACING;
      const py = y - MARGIN + j * SPACING;
      fields.tissue[i] = Math.min(deepest(anatomy.pieces, px, py), -deepest(anatomy.tears, px, py));
      fields.tumour[i] = deepest(anatomy.tumours, px, py);
      fields.fat[i] = deepest(anatomy.fat, px, py);
      fields.aggregate[i] = deepest(anatomy.aggregates, px, py);
    }
  }
  return { ...fields, x: x - MARGIN, y: y - MARGIN };
}

const FAR = -1e6;

export function deepest(outlines: readonly Outline[], x: number, y: number): number {
  let depth = FAR;
  for (const outline of outlines) depth = Math.max(depth, depthInside(outline, x, y));
  return depth;
}

/** Lattice points that lie outside the tile on each side. */
export const FRINGE = MARGIN / SPACING;

/** Largest value of a plane, leaving out `fringe` points on each side: whether a tile has any of it. */
export function maximum(plane: Float64Array, fringe = 0): number {
  let max = FAR;
  for (let j = fringe; j < POINTS - fringe; j++) {
    for (let i = j * POINTS + fringe; i < (j + 1) * POINTS - fringe; i++) max = Math.max(max, plane[i] as number);
  }
  return max;
}

/** A plane at a level-0 point within the lattice, bilinear. */
export function depthAt(fields: TileFields, plane: Float64Array, x: number, y: number): number {
  const u = Math.min(POINTS - 1.001, Math.max(0, (x - fields.x) / SPACING));
  const v = Math.min(POINTS - 1.001, Math.max(0, (y - fields.y) / SPACING));
  const i = Math.floor(v) * POINTS + Math.floor(u);
  const fu = u - Math.floor(u);
  const fv = v - Math.floor(v);
  const top = (plane[i] as number) * (1 - fu) + (plane[i + 1] as number) * fu;
  const bottom = (plane[i + POINTS] as number) * (1 - fu) + (plane[i + POINTS + 1] as number) * fu;
  return top * (1 - fv) + bottom * fv;
}

/** Smallest value of a plane. */
export function minimum(plane: Float64Array): number {
  let min = -FAR;
  for (const v of plane) if (v < min) min = v;
  return min;
}

/** One row of a plane: `out.length` values, one a pixel, from the level-0 point x, y on. */
export function depthRow(fields: TileFields, plane: Float64Array, x: number, y: number, out: Float32Array): void {
  for (let start = 0; start < out.length; ) {
    const cell = Math.floor((x + start - fields.x) / SPACING);
    const end = Math.min(out.length, fields.x + (cell + 1) * SPACING - x);
    const left = depthAt(fields, plane, fields.x + cell * SPACING, y);
    const right = depthAt(fields, plane, fields.x + (cell + 1) * SPACING, y);
    const slope = (right - left) / SPACING;
    const first = left + slope * (x + start - fields.x - cell * SPACING);
    for (let i = start; i < end; i++) out[i] = first + slope * (i - start);
    start = end;
  }
}
