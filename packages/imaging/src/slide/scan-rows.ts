/**
 * Which rows of a block a scan decodes. A scan goes along a row of blocks and wants the same rows of each, so their columns are decoded
 * whole; but the rows above a tile were needed by another row of tiles, or by none, and those below are needed only if the scan goes on there.
 * Rows that are not wanted cost the entropy decoder alone where they lie above, and nothing where they lie below.
 */
import type { Rect } from "@nacre/core";
import type { DecodedImage } from "../codec/codec.ts";

/** Rows `from` to `to` of a block, the end not included. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** A block in the making: room for all of it, of which the rows `from` to `to` are pixels already. */
export interface ScannedBlock extends DecodedImage, Rows {
  from: number;
  to: number;
}

export const holdsRows = ({ from, to }: Rows, { y, height }: Rect): boolean => from <= y && y + height <= to;

/** A block of which at least one part in so many is wanted from its top is decoded whole, once a scan was seen to go on below. */
const WORTH = 4;

/** What was seen of the scans of one slide. */
export class ScanRows {
  #goesOn = false;

  /** The rows to decode next for `crop` of a block of `height` rows, of which `held` are there. They adjoin those. */
  next(crop: Rect, height: number, held: Rows): Rows {
    const end = crop.y + crop.height;
    if (held.from < held.to) {
      this.#goesOn = true;
      return crop.y < held.from ? { from: 0, to: end > held.to ? height : held.from } : { from: held.to, to: height };
    }
    if (crop.y > 0) return { from: crop.y, to: height };
    return { from: 0, to: this.#goesOn && WORTH * end >= height ? height : end };
  }
}
