/** What a tile is (a square of tissue of a physical size), and where the tiles of a slide lie. */
import type { Mpp } from "@nacre/core";

export interface TileSpec {
  /** Scale at which the encoder sees the tile. */
  readonly mpp: Mpp;
  /** Side in pixels at that scale. */
  readonly size: number;
  /** Pixels at that scale shared with the next tile. Default 0. */
  readonly overlap?: number;
  /** Least share of tissue, 0..1. */
  readonly minTissue: number;
}

/** Places of tiles, row by row from the top left. No pixels. */
export interface Tiles {
  readonly spec: TileSpec;
  readonly n: number;
  /** Top-left corners, level-0 pixels, [n]. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** Side of a tile in level-0 pixels, rounded. */
  readonly side: number;
  /** Share of tissue of each tile, 0..1, [n]. */
  readonly tissue: Float32Array;
}

/** @throws RangeError for a size, overlap or share that no grid can have */
export function checkTileSpec(spec: TileSpec): void {
  const { size, overlap = 0, minTissue } = spec;
  if (!(Number.isInteger(size) && size >= 1)) {
    throw new RangeError(`expected a tile size of at least 1 pixel, received ${size}; 224 or 256 is usual`);
  }
  if (!(Number.isInteger(overlap) && overlap >= 0 && overlap < size)) {
    throw new RangeError(
      `expected an overlap of 0 to ${size - 1} pixels, received ${overlap}; it must be below the size`,
    );
  }
  if (!(minTissue >= 0 && minTissue <= 1)) {
    throw new RangeError(`expected a share of tissue of 0 to 1, received ${minTissue}; 0.5 is usual`);
  }
}
