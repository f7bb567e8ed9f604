/**
 * A level whose blocks lie anywhere, may overlap and may leave gaps: mosaics (CZI, BIF) and several scanned areas on one glass (SCN). Blocks
 * are painted in their order, later ones over earlier ones; what none covers is background.
 */
import { FailureError, intersect, type Rect } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import { drive, type Reading } from "../bytes/reading.ts";
import { BlockCache } from "./block-cache.ts";
import type { BlockPainter } from "./block-level.ts";
import { brokenBlock } from "./broken-block.ts";
import { BACKGROUND } from "./raster.ts";
import type { ReadLevel } from "./region-slide.ts";
import type { Level } from "./slide.ts";

export interface PlacedBlock extends Rect {
  /** Byte offset and length of the stored bytes; a length of 0 is a missing block. */
  readonly offset: number;
  readonly length: number;
  /** Where its place was left to be read later: to be driven before offset and length are looked at. @throws FailureError truncated-file */
  readonly fill?: () => Reading<void>;
  /** Which of the level's painters; default the first. */
  readonly painter?: number;
  /** Where its pixels lie in the stored block, and the size of that; absent: the stored block is the block. */
  readonly from?: Rect;
}

export interface PlacedLevel extends Level {
  /** x, y, width, height in pixels of this level, whole numbers; in the order of painting. */
  readonly blocks: readonly PlacedBlock[];
  readonly painters: readonly BlockPainter[];
  /** Where the blocks lie, if not in the slide's own source. */
  readonly source?: ByteSource;
}

/** Side of a cell of the index, level pixels. */
const CELL = 1024;

/** The level reader of placed levels, for `regionSlide`. */
export function placedReader(source: ByteSource, levels: readonly PlacedLevel[]): ReadLevel {
  const cache = new BlockCache();
  const index = levels.map(indexOf);
  return async ({ index: at }, place, signal) => {
    const level = levels[at] as PlacedLevel;
    const data = new Uint8Array(place.width * place.height * 3).fill(BACKGROUND);
    const near = touched(index[at] as CellIndex, place).filter((number) =>
      intersect(level.blocks[number] as PlacedBlock, place),
    );
    for (const number of near) {
      const places = level.blocks[number]?.fill?.();
      if (places) await drive(places, level.source ?? source, signal);
    }
    const numbers = near.filter((number) => (level.blocks[number] as PlacedBlock).length > 0);
    let ahead: Ahead = new Map();
    for (const [i, number] of numbers.entries()) {
      if (i % AHEAD === 0) ahead = fetchAhead(level, numbers.slice(i, i + AHEAD), signal);
      const block = level.blocks[number] as PlacedBlock;
      const part = intersect(block, place);
      if (!part) continue;
      const whole = await decoded(level, number, ahead, signal);
      const { x, y, width } = block.from ?? { x: 0, y: 0, width: block.width };
      for (let row = 0; row < part.height; row++) {
        const from = ((part.y - block.y + y + row) * width + part.x - block.x + x) * 3;
        const to = ((part.y - place.y + row) * place.width + part.x - place.x) * 3;
        data.set(whole.subarray(from, from + part.width * 3), to);
      }
    }
    return data;
  };

  /** A source that answers later is asked for many blocks at once: one on a server joins what lies together. */
  function fetchAhead(level: PlacedLevel, numbers: readonly number[], signal?: AbortSignal): Ahead {
    const ahead = new Map<number, Promise<Uint8Array>>();
    const from = level.source ?? source;
    if (from.readSync) return ahead;
    for (const number of numbers) {
      const { offset, length } = level.blocks[number] as PlacedBlock;
      if (ahead.has(offset) || cache.find(keyOf(level, offset))) continue;
      const stored = from.read(offset, length, signal);
      // one that is never waited for, after another has failed, has nobody to tell
      stored.catch(() => {});
      ahead.set(offset, stored);
    }
    return ahead;
  }

  async function decoded(level: PlacedLevel, number: number, ahead: Ahead, signal?: AbortSignal): Promise<Uint8Array> {
    const block = level.blocks[number] as PlacedBlock;
    const key = keyOf(level, block.offset);
    const cached = cache.find(key);
    if (cached) return cached.data;
    const painter = level.painters[block.painter ?? 0] as BlockPainter;
    const { width, height } = block.from ?? block;
    const from = level.source ?? source;
    const stored = await (ahead.get(block.offset) ?? from.read(block.offset, block.length, signal));
    const data = new Uint8Array(width * height * 3);
    try {
      const bytes = painter.unpack ? await painter.unpack(stored) : stored;
      const buffer = new Uint8Array(painter.headroom + bytes.length);
      buffer.set(bytes, painter.headroom);
      painter.paint(buffer, { x: 0, y: 0, width, height }, { data, offset: 0, pitch: width * 3 });
    } catch (error) {
      if (error instanceof FailureError || error instanceof RangeError) throw error;
      brokenBlock(from.name, level, { column: block.x, row: block.y }, error);
    }
    cache.keep(key, { width, height, data });
    return data;
  }
}

/** Stored bytes on their way, by their offset. */
type Ahead = ReadonlyMap<number, Promise<Uint8Array>>;

/** Blocks that are fetched together. */
const AHEAD = 32;

/** Several blocks may be parts of one stored block, which is decoded once. */
const keyOf = (level: PlacedLevel, offset: number): number => level.index * 2 ** 45 + offset;

/** The blocks that touch each cell, by number, ascending. */
type CellIndex = ReadonlyMap<number, readonly number[]>;

const cellOf = (column: number, row: number): number => row * 2 ** 26 + column;

function indexOf({ blocks }: PlacedLevel): CellIndex {
  const index = new Map<number, number[]>();
  for (const [number, block] of blocks.entries()) {
    forCells(block, (cell) => {
      const there = index.get(cell);
      if (there === undefined) index.set(cell, [number]);
      else there.push(number);
    });
  }
  return index;
}

function touched(index: CellIndex, place: Rect): number[] {
  const numbers = new Set<number>();
  forCells(place, (cell) => {
    for (const number of index.get(cell) ?? []) numbers.add(number);
  });
  return [...numbers].sort((a, b) => a - b);
}

function forCells({ x, y, width, height }: Rect, visit: (cell: number) => void): void {
  const last = (at: number, length: number): number => Math.floor((at + length - 1) / CELL);
  for (let row = Math.max(0, Math.floor(y / CELL)); row <= last(y, height); row++) {
    for (let column = Math.max(0, Math.floor(x / CELL)); column <= last(x, width); column++) visit(cellOf(column, row));
  }
}
