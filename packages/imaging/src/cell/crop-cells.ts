/** Cells as pictures: each box with a margin, at one scale and size, for an encoder of single cells. */
import { type Mpp, mpp, type Outcome, ok } from "@nacre/core";
import { readDownsampled } from "../slide/scaled-read.ts";
import type { Raster, Slide } from "../slide/slide.ts";
import { knownScale } from "../tissue/known-scale.ts";
import type { Cell } from "./cell.ts";

export type CropOptions =
  /** Every cell alike: a square of `size` pixels at `mpp` around its centre. Sizes of cells can be compared. */
  | { readonly fit: "scale"; readonly mpp: Mpp | number; readonly size: number }
  /** The box and `margin` of its longer side around it, made `size` pixels wide. Sizes of cells are lost. */
  | { readonly fit: "box"; readonly margin?: number; readonly size: number };

/**
 * A square picture of one cell (places at level 0), white where it reaches beyond the slide. Fails with no-scale where a scale is
 * asked of a slide that has none, or as reading does.
 * @throws RangeError for a size that is not a whole number above 0, or a margin below 0
 */
export async function cropCell(
  slide: Slide,
  cell: Pick<Cell, "box" | "centre">,
  options: CropOptions,
  signal?: AbortSignal,
): Promise<Outcome<Raster>> {
  const { size } = options;
  if (!(Number.isInteger(size) && size > 0)) throw new RangeError(`expected a whole size above 0, received ${size}`);
  const side = sideOf(slide, cell, options);
  if (!side.ok) return side;
  const centre =
    options.fit === "scale" ? cell.centre : { x: cell.box.x + cell.box.width / 2, y: cell.box.y + cell.box.height / 2 };
  const place = { x: centre.x - side.value / 2, y: centre.y - side.value / 2, width: size, height: size };
  return readDownsampled(slide, side.value / size, place, signal);
}

/** Side of the square at level 0. */
function sideOf(slide: Slide, cell: Pick<Cell, "box">, options: CropOptions): Outcome<number> {
  if (options.fit === "scale") {
    const scale = knownScale(slide.info);
    return scale.ok ? ok((options.size * mpp(options.mpp)) / scale.value) : scale;
  }
  const { margin = 0.15 } = options;
  if (!(margin >= 0)) throw new RangeError(`expected a margin of 0 or more, received ${margin}`);
  return ok(Math.max(cell.box.width, cell.box.height) * (1 + 2 * margin));
}
