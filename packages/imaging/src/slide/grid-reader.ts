/**
 * Levels that are a plain grid of blocks which something else fetches and decodes, later: a chunk of an array, a picture in a
 * folder. A few are fetched at once, each is remembered, and what is missing is background.
 */
import { intersect, type Rect } from "@nacre/core";
import { BlockCache, type WholeBlock } from "./block-cache.ts";
import { BACKGROUND } from "./raster.ts";
import type { ReadLevel } from "./region-slide.ts";
import type { Level } from "./slide.ts";

/** The pixels of one block, which may reach beyond the level; null where it is missing. @throws FailureError */
export type ReadBlock = (
  level: Level,
  place: { readonly column: number; readonly row: number },
  signal?: AbortSignal,
) => Promise<WholeBlock | null>;

/** Blocks under way at once, and the pixels they may hold together. */
const AT_ONCE = 8;
const PIXELS_AT_ONCE = 2 ** 25;

export interface GridReader {
  readonly readLevel: ReadLevel;
  /** Forgets what was read. */
  clear(): void;
}

export function gridReader(readBlock: ReadBlock): GridReader {
  const cache = new BlockCache();

  async function blockAt(level: Level, column: number, row: number, signal?: AbortSignal): Promise<WholeBlock | null> {
    // levels are fewer than 2^7, rows and columns fewer than 2^23
    const key = (level.index * 2 ** 23 + row) * 2 ** 23 + column;
    const here = cache.find(key);
    if (here) return here;
    const block = await readBlock(level, { column, row }, signal);
    if (block) cache.keep(key, block);
    return block;
  }

  async function readLevel(level: Level, place: Rect, signal?: AbortSignal): Promise<Uint8Array> {
    const { blockWidth, blockHeight } = level;
    const out = new Uint8Array(place.width * place.height * 3);
    const left = Math.floor(place.x / blockWidth);
    const top = Math.floor(place.y / blockHeight);
    const columns = Math.floor((place.x + place.width - 1) / blockWidth) - left + 1;
    const rows = Math.floor((place.y + place.height - 1) / blockHeight) - top + 1;
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < columns * rows) {
        const i = next++;
        signal?.throwIfAborted();
        const [column, row] = [left + (i % columns), top + Math.floor(i / columns)];
        const block = await blockAt(level, column, row, signal);
        copyBlock(out, place, block, {
          x: column * blockWidth,
          y: row * blockHeight,
          width: blockWidth,
          height: blockHeight,
        });
      }
    };
    const atOnce = Math.max(1, Math.min(AT_ONCE, Math.floor(PIXELS_AT_ONCE / (blockWidth * blockHeight))));
    await Promise.all(Array.from({ length: Math.min(atOnce, columns * rows) }, work));
    return out;
  }

  return { readLevel, clear: () => cache.clear() };
}

/** `at`: where the block belongs in the level. */
function copyBlock(out: Uint8Array, place: Rect, block: WholeBlock | null, at: Rect): void {
  const part = intersect(place, at);
  if (!part) return;
  for (let y = part.y; y < part.y + part.height; y++) {
    const to = ((y - place.y) * place.width + part.x - place.x) * 3;
    if (block === null) {
      out.fill(BACKGROUND, to, to + part.width * 3);
      continue;
    }
    const from = ((y - at.y) * block.width + part.x - at.x) * 3;
    out.set(block.data.subarray(from, from + part.width * 3), to);
  }
}
