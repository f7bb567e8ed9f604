/** The grid tiles lie on: anchored at the slide's top-left corner, stepping by physical size, never beyond the edge. */
import type { Mpp } from "@nacre/core";
import type { TileSpec } from "./tile-spec.ts";

export interface Grid {
  /** Corners of columns and of rows, level-0 pixels. */
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  /** Side of a tile in level-0 pixels, rounded. */
  readonly side: number;
}

/** Corners are rounded each from its exact place, so steps of a fractional length do not drift. */
export function tileGrid(slide: { width: number; height: number; mpp: Mpp }, spec: TileSpec): Grid {
  const ratio = spec.mpp / slide.mpp;
  const side = Math.max(1, Math.round(spec.size * ratio));
  const step = (spec.size - (spec.overlap ?? 0)) * ratio;
  return { columns: corners(slide.width, side, step), rows: corners(slide.height, side, step), side };
}

function corners(length: number, side: number, step: number): Int32Array {
  const out: number[] = [];
  for (let i = 0; ; i++) {
    const at = Math.round(i * step);
    if (at + side > length) return Int32Array.from(out);
    if (at !== out.at(-1)) out.push(at);
  }
}
