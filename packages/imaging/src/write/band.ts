/**
 * A level of a pyramid while the finer one goes by. Tiles of the finer level are box-averaged into a band one tile high;
 * when the band is full its own tiles are handed on. Memory: one band a level, whatever the height of the slide.
 */

/** Takes a tile in column and row; null pixels are the fill. Pixels are only valid during the call. */
export type TileSink = (column: number, row: number, rgb: Uint8Array | null) => Promise<void>;

export interface BandSpec {
  readonly width: number;
  readonly height: number;
  /** Side of a tile; a multiple of `step`. */
  readonly tile: number;
  /** Pixels of the finer level along one of this level, 2 to 16. */
  readonly step: number;
  /** A tile of what lies where nothing was painted, RGB. */
  readonly fill: Uint8Array;
}

export interface LevelBand {
  readonly width: number;
  readonly height: number;
  /** Takes a tile of the finer level; tiles come row by row. */
  readonly add: TileSink;
  /** Hands on a last, partly filled band. */
  flush(): Promise<void>;
}

/** `sink` receives this level's tiles, row by row. */
export function createBand({ width, height, tile, step, fill }: BandSpec, sink: TileSink): LevelBand {
  if (tile % step !== 0 || step < 2 || step > 16) {
    throw new RangeError(`expected a step from 2 to 16 that divides tiles of ${tile} px, received ${step}`);
  }
  const columns = Math.ceil(width / tile);
  const rows = Math.ceil(height / tile);
  const part = tile / step;
  const pixels = Array.from({ length: columns }, () => fill.slice());
  const isPainted = new Uint8Array(columns);
  const small = new Uint8Array(part * part * 3);
  const sums = new Uint16Array(part * 3);
  let bandRow = 0;

  const flush = async (): Promise<void> => {
    if (bandRow >= rows) return;
    for (let column = 0; column < columns; column++) {
      const own = pixels[column] as Uint8Array;
      await sink(column, bandRow, isPainted[column] === 1 ? own : null);
      if (isPainted[column] === 1) own.set(fill);
    }
    isPainted.fill(0);
    bandRow++;
  };

  const add: TileSink = async (column, row, rgb) => {
    const target = Math.floor(row / step);
    while (bandRow < target) await flush();
    const into = Math.floor(column / step);
    if (rgb === null || into >= columns || target >= rows) return;
    shrink(rgb, tile, step, sums, small);
    const own = pixels[into] as Uint8Array;
    const [x, y] = [(column % step) * part, (row % step) * part];
    for (let line = 0; line < part; line++) {
      own.set(small.subarray(line * part * 3, (line + 1) * part * 3), ((y + line) * tile + x) * 3);
    }
    isPainted[into] = 1;
  };
  return { width, height, add, flush };
}

/** Mean of step x step pixels, rounded: [tile, tile, 3] → [tile / step, tile / step, 3]. */
function shrink(rgb: Uint8Array, tile: number, step: number, sums: Uint16Array, out: Uint8Array): void {
  const part = tile / step;
  const n = step * step;
  for (let y = 0; y < part; y++) {
    sums.fill(n >> 1);
    for (let j = 0; j < step; j++) {
      let p = (y * step + j) * tile * 3;
      for (let i = 0; i < part * 3; i += 3) {
        let r = at(sums, i);
        let g = at(sums, i + 1);
        let b = at(sums, i + 2);
        for (const end = p + 3 * step; p < end; p += 3) {
          r += at(rgb, p);
          g += at(rgb, p + 1);
          b += at(rgb, p + 2);
        }
        sums[i] = r;
        sums[i + 1] = g;
        sums[i + 2] = b;
      }
    }
    for (let i = 0; i < part * 3; i++) out[y * part * 3 + i] = Math.floor(at(sums, i) / n);
  }
}

const at = (values: Uint8Array | Uint16Array, i: number): number => values[i] as number;
