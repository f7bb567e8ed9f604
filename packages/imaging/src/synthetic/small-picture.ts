/** The thumbnail page of an SVS file, gathered from the tiles of the coarsest level as they are written. */
import { TILE } from "./canvas.ts";

const LONG_SIDE = 1024;

export interface SmallPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3]. */
  readonly rgb: Uint8Array;
  add(column: number, row: number, tile: Uint8Array): void;
}

/** For a level of the given size; the picture is 1, 2, 4, ... times smaller, at most 1024 px on its longer side. */
export function createSmallPicture(levelWidth: number, levelHeight: number): SmallPicture {
  let step = 1;
  while (Math.max(levelWidth, levelHeight) / step > LONG_SIDE && step < TILE) step *= 2;
  const width = Math.max(1, Math.floor(levelWidth / step));
  const height = Math.max(1, Math.floor(levelHeight / step));
  const rgb = new Uint8Array(width * height * 3);
  const side = TILE / step;
  const add = (column: number, row: number, tile: Uint8Array): void => {
    for (let y = 0; y < side && row * side + y < height; y++) {
      for (let x = 0; x < side && column * side + x < width; x++) {
        const to = ((row * side + y) * width + column * side + x) * 3;
        for (let c = 0; c < 3; c++) rgb[to + c] = meanOf(tile, x * step, y * step, step, c);
      }
    }
  };
  return { width, height, rgb, add };
}

function meanOf(tile: Uint8Array, x: number, y: number, step: number, channel: number): number {
  let sum = 0;
  for (let j = 0; j < step; j++) {
    for (let i = 0; i < step; i++) sum += tile[((y + j) * TILE + x + i) * 3 + channel] as number;
  }
  return Math.round(sum / (step * step));
}
