/**
 * A level of the pyramid while the one below it is painted. Finished tiles of the finer level are box-averaged 4 x 4 into
 * a band one tile high; when the band is full its own tiles are handed on. Memory: one band a level.
 */
import { TILE } from "./canvas.ts";

/** Step between levels. */
export const STEP = 4;
const PART = TILE / STEP;

/** Takes a tile in column and row; null pixels are bare glass. Pixels are only valid during the call. */
export type TileSink = (column: number, row: number, rgb: Uint8Array | null) => Promise<void>;

export interface LevelBand {
  readonly width: number;
  readonly height: number;
  /** Takes a tile of the finer level; tiles come row by row. */
  readonly add: TileSink;
  /** Hands on a last, partly filled band. */
  flush(): Promise<void>;
}

/** `glass` fills what no tile reaches. `sink` receives this level's tiles, row by row. */
export function createBand(width: number, height: number, glass: Uint8Array, sink: TileSink): LevelBand {
  const columns = Math.ceil(width / TILE);
  const rows = Math.ceil(height / TILE);
  const pixels = Array.from({ length: columns }, () => glass.slice());
  const isPainted = new Uint8Array(columns);
  const small = new Uint8Array(PART * PART * 3);
  let bandRow = 0;

  const flush = async (): Promise<void> => {
    if (bandRow >= rows) return;
    for (let column = 0; column < columns; column++) {
      const tile = pixels[column] as Uint8Array;
      await sink(column, bandRow, isPainted[column] === 1 ? tile : null);
      if (isPainted[column] === 1) tile.set(glass);
    }
    isPainted.fill(0);
    bandRow++;
  };

  const add: TileSink = async (column, row, rgb) => {
    const target = Math.floor(row / STEP);
    while (bandRow < target) await flush();
    const into = Math.floor(column / STEP);
    if (rgb === null || into >= columns) return;
    shrink(rgb, small);
    paste(small, pixels[into] as Uint8Array, (column % STEP) * PART, (row % STEP) * PART);
    isPainted[into] = 1;
  };
  return { width, height, add, flush };
}

/** Mean of 4 x 4 pixels, [256, 256, 3] → [64, 64, 3]. */
function shrink(rgb: Uint8Array, out: Uint8Array): void {
  const sums = new Uint16Array(PART * 3);
  for (let y = 0; y < PART; y++) {
    sums.fill(STEP * STEP * 0.5);
    for (let j = 0; j < STEP; j++) {
      let p = (y * STEP + j) * TILE * 3;
      for (let i = 0; i < PART * 3; i += 3, p += 12) {
        sums[i] = at(sums, i) + at(rgb, p) + at(rgb, p + 3) + at(rgb, p + 6) + at(rgb, p + 9);
        sums[i + 1] = at(sums, i + 1) + at(rgb, p + 1) + at(rgb, p + 4) + at(rgb, p + 7) + at(rgb, p + 10);
        sums[i + 2] = at(sums, i + 2) + at(rgb, p + 2) + at(rgb, p + 5) + at(rgb, p + 8) + at(rgb, p + 11);
      }
    }
    for (let i = 0; i < PART * 3; i++) out[y * PART * 3 + i] = at(sums, i) >> 4;
  }
}

const at = (values: Uint8Array | Uint16Array, i: number): number => values[i] as number;

function paste(part: Uint8Array, tile: Uint8Array, x: number, y: number): void {
  for (let row = 0; row < PART; row++) {
    tile.set(part.subarray(row * PART * 3, (row + 1) * PART * 3), ((y + row) * TILE + x) * 3);
  }
}
