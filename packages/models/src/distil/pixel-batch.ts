/** Tiles as a network is fed with them: planes of (pixel / 255 - 0.5) / 0.5, cropped and turned at random while it learns. */
import type { Random } from "@nacre/core";

/** What the pixels are centred and scaled by, for values from 0 to 1: the same for all channels. */
export const PIXEL_MEAN = 0.5;
export const PIXEL_STD = 0.5;

/** A square part of a tile, turned by quarter turns and mirrored. */
export interface Look {
  readonly left: number;
  readonly top: number;
  /** Whether rows and columns change places, and each runs backwards. */
  readonly isTurned: boolean;
  readonly isMirrored: boolean;
  readonly isFlipped: boolean;
}

export const WHOLE: Look = { left: 0, top: 0, isTurned: false, isMirrored: false, isFlipped: false };

/** One of the eight ways to lay a square of side `crop` somewhere on a tile. Tissue has no up. */
export function drawLook(size: number, crop: number, random: Random): Look {
  const room = size - crop + 1;
  const [left, top, way] = [random.below(room), random.below(room), random.below(8)];
  return { left, top, isTurned: (way & 1) > 0, isMirrored: (way & 2) > 0, isFlipped: (way & 4) > 0 };
}

/** Writes a look of side `crop` at a tile (RGB, row-major, side `size`) into `into`, three planes, from `offset` on. */
export function writePlanes(
  rgb: Uint8Array,
  size: number,
  crop: number,
  look: Look,
  into: Float32Array,
  offset = 0,
): void {
  const area = crop * crop;
  for (let row = 0; row < crop; row++) {
    for (let column = 0; column < crop; column++) {
      const [r, c] = look.isTurned ? [column, row] : [row, column];
      const y = look.top + (look.isFlipped ? crop - 1 - r : r);
      const x = look.left + (look.isMirrored ? crop - 1 - c : c);
      const from = 3 * (y * size + x);
      const to = offset + row * crop + column;
      into[to] = planeValue(rgb[from] as number);
      into[to + area] = planeValue(rgb[from + 1] as number);
      into[to + 2 * area] = planeValue(rgb[from + 2] as number);
    }
  }
}

function planeValue(value: number): number {
  return (value / 255 - PIXEL_MEAN) / PIXEL_STD;
}
