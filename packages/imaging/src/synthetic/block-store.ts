/** Encodes the 256 px blocks of a level and remembers where they lie in the file. Bare glass is encoded once and shared. */

import type { TileSink } from "../write/band.ts";
import type { JpegEncoder } from "../write/jpeg-encoder.ts";
import type { TiffWriter } from "../write/tiff-writer.ts";
import { TILE } from "./canvas.ts";
import { splitJpeg } from "./jpeg-tables.ts";

export interface BlockStore {
  /** Tables that all blocks share; null where each block carries its own. */
  readonly tables: Uint8Array | null;
  /** Appends a block and returns where it lies; null is bare glass. */
  put(rgb: Uint8Array | null): Promise<{ offset: number; count: number }>;
}

export async function createBlockStore(
  writer: TiffWriter,
  encoder: JpegEncoder,
  glass: Uint8Array,
  isShared: boolean,
): Promise<BlockStore> {
  const glassStream = await encoder.encode(glass, TILE, TILE);
  const tables = isShared ? splitJpeg(glassStream).tables : null;
  const stored = (stream: Uint8Array): Uint8Array => {
    if (tables === null) return stream;
    const split = splitJpeg(stream);
    return isSame(split.tables, tables) ? split.block : stream;
  };
  const append = (stream: Uint8Array) => {
    const bytes = stored(stream);
    return { offset: writer.append(bytes), count: bytes.length };
  };
  const bare = append(glassStream);
  return { tables, put: async (rgb) => (rgb === null ? bare : append(await encoder.encode(rgb, TILE, TILE))) };
}

/** One level's table of blocks, filled as its tiles come. */
export interface LevelBlocks {
  readonly width: number;
  readonly height: number;
  readonly offsets: Float64Array;
  readonly counts: Float64Array;
  readonly put: TileSink;
}

export function createLevelBlocks(store: BlockStore, width: number, height: number): LevelBlocks {
  const columns = Math.ceil(width / TILE);
  const n = columns * Math.ceil(height / TILE);
  const offsets = new Float64Array(n);
  const counts = new Float64Array(n);
  const put: TileSink = async (column, row, rgb) => {
    const at = await store.put(rgb);
    offsets[row * columns + column] = at.offset;
    counts[row * columns + column] = at.count;
  };
  return { width, height, offsets, counts, put };
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((v, i) => v === b[i]);
}
