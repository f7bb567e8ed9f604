/**
 * A slide whose levels are stored as a grid of compressed blocks. The reading loop is synchronous and allocates one
 * array, the answer; at random only the wanted parts of blocks are decoded, in a scan the rows of blocks that it will want (scan-rows.ts).
 * Departure from OpenSlide: where a level's downsample is not a whole number, OpenSlide resamples; here the stored
 * pixels are given, from the pixel nearest to x, y.
 */
import { attempt, FailureError, type Mpp, type Outcome, type Rect } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import { drive } from "../bytes/reading.ts";
import type { Target } from "../codec/codec.ts";
import { copyPart } from "../codec/copy-part.ts";
import { BlockCache } from "./block-cache.ts";
import { type BlockGrid, type BlockPart, blockSize, blocksOf, gridOf, partOf } from "./block-grid.ts";
import type { BlockLevel, BlockPainter } from "./block-level.ts";
import { brokenBlock, isFiller } from "./broken-block.ts";
import { checkRegion } from "./check-region.ts";
import { giveRoom, putTogether, takeRoom } from "./pixel-memory.ts";
import { withReductions } from "./preview.ts";
import { BACKGROUND, roomOf } from "./raster.ts";
import { readAtScale } from "./scaled-read.ts";
import { holdsRows, type ScannedBlock, ScanRows } from "./scan-rows.ts";
import type { Level, Place, Preview, Raster, Region, Slide, SlideInfo, StoredBlock } from "./slide.ts";

export function blockSlide(source: ByteSource, info: Omit<SlideInfo, "levels">, levels: readonly BlockLevel[]): Slide {
  return new BlockSlide(source, info, levels);
}

/** Stored bytes that were fetched ahead, by block, for sources that cannot read at once. */
type Fetched = ReadonlyMap<number, Uint8Array>;

/** Blocks that are already pixels, by number: those of decoders that answer later. */
type Ready = ReadonlyMap<number, ScannedBlock>;

/** One read on its way: where the region lies in level pixels, and where its pixels go. */
interface Canvas {
  readonly level: BlockLevel;
  readonly region: Rect;
  readonly data: Uint8Array;
  readonly fetched: Fetched | null;
  readonly ready: Ready | null;
}

/** Blocks of all levels share one cache; levels are few and blocks fewer than 2^40. */
const keyOf = (level: Level, block: number): number => level.index * 2 ** 40 + block;

class BlockSlide implements Slide {
  readonly info: SlideInfo;
  readonly preview: Preview;
  readonly #source: ByteSource;
  readonly #levels: readonly BlockLevel[];
  readonly #cache: BlockCache<ScannedBlock>;
  readonly #scan = new ScanRows();
  /** Whether blocks are only used within one turn, so that the rooms of forgotten ones serve again. */
  readonly #isAtOnce: boolean;
  #scratch = new Uint8Array(1 << 16);
  #isOpen = true;

  constructor(source: ByteSource, info: Omit<SlideInfo, "levels">, levels: readonly BlockLevel[]) {
    this.#source = source;
    this.#levels = levels;
    this.#isAtOnce = levels.every(({ painter }) => !painter.unpack);
    this.#cache = new BlockCache(this.#isAtOnce ? { forget: giveRoom } : {});
    this.info = { ...info, levels: levels.map(publicLevel) };
    const all = withReductions(levels);
    this.preview = {
      levels: all.map((level) => ({ ...publicLevel(level), lag: level.painter.lag ?? 0 })),
      read: (region, signal) => this.#read(all, region, signal),
    };
  }

  read(region: Region, signal?: AbortSignal): Promise<Outcome<Raster>> {
    return this.#read(this.#levels, region, signal);
  }

  #read(levels: readonly BlockLevel[], region: Region, signal?: AbortSignal): Promise<Outcome<Raster>> {
    return attempt(async () => {
      if (!this.#isOpen)
        throw new TypeError(`expected an open slide, received a read of ${this.#source.name} after close()`);
      signal?.throwIfAborted();
      const level = checkRegion(levels, region);
      const { width, height } = region;
      const x = Math.round(region.x / level.downsample);
      const y = Math.round(region.y / level.downsample);
      const place = { x, y, width, height };
      if (level.fill) await this.#fill(level, gridOf(level, place), signal);
      const ready = level.painter.unpack ? await this.#unpack(level, place, signal) : null;
      const fetched = ready || this.#sourceOf(level).readSync ? null : await this.#fetch(level, place, signal);
      const bytes = width * height * 3;
      const paint = (data: Uint8Array): Uint8Array => {
        if (x < 0 || y < 0 || x + width > level.width || y + height > level.height) data.fill(BACKGROUND);
        this.#paint({ level, region: place, data, fetched, ready });
        return data;
      };
      const data = isOneBlock(level, place) ? paint(roomOf(region, bytes)) : putTogether(region, bytes, paint);
      return { width, height, data };
    });
  }

  readAt(mpp: Mpp, place: Place, signal?: AbortSignal): Promise<Outcome<Raster>> {
    return readAtScale(this, mpp, place, signal);
  }

  close(): void {
    this.#isOpen = false;
    this.#cache.clear();
    for (const source of new Set([this.#source, ...this.#levels.map((level) => this.#sourceOf(level))])) source.close();
  }

  async stored(index: number, column: number, row: number, signal?: AbortSignal): Promise<StoredBlock | null> {
    const level = this.#levels[index];
    if (!level || !(column >= 0 && column < level.columns && row >= 0 && row < level.rows)) {
      throw new RangeError(`expected a block of the slide, received ${column}, ${row} of level ${index}`);
    }
    const block = row * level.columns + column;
    if (level.fill) await this.#fill(level, { left: column, right: column, top: row, bottom: row }, signal);
    const length = level.lengths[block] as number;
    if (length === 0) return null;
    const bytes = await this.#sourceOf(level).read(level.offsets[block] as number, length, signal);
    if (isFiller(bytes)) return null;
    return level.painter.complete?.(bytes) ?? null;
  }

  /** Reads the places of blocks that were left for later. */
  async #fill(level: BlockLevel, { left, right, top, bottom }: BlockGrid, signal?: AbortSignal): Promise<void> {
    if (!level.fill || right < left || bottom < top) return;
    const places = level.fill(top * level.columns + left, bottom * level.columns + right);
    await drive(places, this.#sourceOf(level), signal);
  }

  #sourceOf(level: BlockLevel): ByteSource {
    return level.source ?? this.#source;
  }

  #paint(canvas: Canvas): void {
    const { level, region } = canvas;
    const grid = gridOf(level, region);
    const isScan = !level.painter.isCheapInParts || this.#isScan(canvas, grid);
    for (let row = grid.top; row <= grid.bottom; row++) {
      for (let column = grid.left; column <= grid.right; column++) {
        const part = partOf(level, region, column, row);
        try {
          this.#paintBlock(canvas, row * level.columns + column, part, isScan);
        } catch (error) {
          if (error instanceof FailureError || error instanceof RangeError) throw error;
          brokenBlock(this.#sourceOf(level).name, level, { column, row }, error);
        }
      }
    }
  }

  /** Whether a third of the blocks that are wanted in part were wanted by one of the last reads: a neighbour in a scan shares a column or a row of them. */
  #isScan(canvas: Canvas, grid: BlockGrid): boolean {
    const { level, region } = canvas;
    let [parts, scanned] = [0, 0];
    for (let row = grid.top; row <= grid.bottom; row++) {
      for (let column = grid.left; column <= grid.right; column++) {
        if (partOf(level, region, column, row).isWhole) continue;
        parts++;
        if (this.#cache.isScanned(keyOf(level, row * level.columns + column))) scanned++;
      }
    }
    return scanned > 0 && 3 * scanned >= parts;
  }

  #paintBlock(canvas: Canvas, block: number, part: BlockPart, isScan: boolean): void {
    const { level, region, data } = canvas;
    const pitch = region.width * 3;
    const target = { data, offset: part.toY * pitch + part.toX * 3, pitch };
    const key = keyOf(level, block);
    const kept = canvas.ready?.get(block) ?? this.#cache.find(key);
    if (kept && holdsRows(kept, part.crop)) {
      copyPart(kept, part.crop, target);
      return;
    }
    const stored = canvas.ready ? null : this.#stored(canvas, block);
    if (!stored) {
      fillBackground(part.crop, target);
      return;
    }
    if (part.isWhole || !isScan) {
      if (!part.isWhole) this.#cache.touch(key);
      level.painter.paint(stored, part.crop, target);
      return;
    }
    const scanned = kept ?? this.#newBlock(level, block, stored);
    if (!kept) this.#cache.keep(key, scanned);
    if (scanned.components === 3 && !holdsRows(scanned, part.crop))
      this.#paintRows(level.painter, stored, part.crop, scanned);
    copyPart(scanned, part.crop, target);
  }

  /** Room for a block, of which nothing is there yet; or all of one of grey. */
  #newBlock(level: BlockLevel, block: number, stored: Uint8Array): ScannedBlock {
    const grey = level.painter.grey?.(stored);
    if (grey) return { ...grey, from: 0, to: grey.height };
    const { width, height } = blockSize(level, block);
    const bytes = width * height * 3;
    const data = this.#isAtOnce ? takeRoom(bytes) : new Uint8Array(bytes);
    return { width, height, components: 3, data, from: 0, to: 0 };
  }

  /** Decodes what is missing of the rows of `crop`, and what the scan will want next. */
  #paintRows(painter: BlockPainter, stored: Uint8Array, crop: Rect, block: ScannedBlock): void {
    const { width, height, data } = block;
    const { from, to } = painter.isCheapInParts ? this.#scan.next(crop, height, block) : { from: 0, to: height };
    const pitch = width * 3;
    painter.paint(stored, { x: 0, y: from, width, height: to - from }, { data, offset: from * pitch, pitch });
    block.from = block.from < block.to ? Math.min(from, block.from) : from;
    block.to = Math.max(to, block.to);
  }

  /** The stored bytes behind the painter's headroom, or null for a missing block. They live until the next call. */
  #stored(canvas: Canvas, block: number): Uint8Array | null {
    const { level, fetched } = canvas;
    const source = this.#sourceOf(level);
    const length = level.lengths[block] as number;
    if (length === 0) return null;
    const { headroom } = level.painter;
    const total = headroom + length;
    if (this.#scratch.length < total) this.#scratch = new Uint8Array(Math.max(total, this.#scratch.length * 2));
    const bytes = this.#scratch.subarray(headroom, total);
    const ahead = fetched?.get(block);
    if (ahead) bytes.set(ahead);
    else if (source.readInto) source.readInto(level.offsets[block] as number, bytes);
    else if (source.readSync) bytes.set(source.readSync(level.offsets[block] as number, length));
    return isFiller(bytes) ? null : this.#scratch.subarray(0, total);
  }

  async #fetch(level: BlockLevel, region: Rect, signal?: AbortSignal): Promise<Fetched> {
    const fetched = new Map<number, Uint8Array>();
    const waiting: Promise<void>[] = [];
    for (const { column, row } of blocksOf(gridOf(level, region))) {
      const block = row * level.columns + column;
      const length = level.lengths[block] as number;
      if (length === 0) continue;
      const read = this.#sourceOf(level).read(level.offsets[block] as number, length, signal);
      waiting.push(read.then((bytes) => void fetched.set(block, bytes)));
    }
    await Promise.all(waiting);
    return fetched;
  }

  /** The blocks of a region, decoded whole. Missing ones are left out. */
  async #unpack(level: BlockLevel, region: Rect, signal?: AbortSignal): Promise<Ready> {
    const ready = new Map<number, ScannedBlock>();
    const waiting: Promise<void>[] = [];
    for (const place of blocksOf(gridOf(level, region))) {
      const block = place.row * level.columns + place.column;
      const cached = this.#cache.find(keyOf(level, block));
      if (cached) ready.set(block, cached);
      else if (level.lengths[block] !== 0) {
        const work = this.#unpackBlock(level, place, signal);
        waiting.push(work.then((whole) => void (whole && ready.set(block, whole))));
      }
    }
    await Promise.all(waiting);
    return ready;
  }

  async #unpackBlock(
    level: BlockLevel,
    place: { readonly column: number; readonly row: number },
    signal?: AbortSignal,
  ): Promise<ScannedBlock | null> {
    const { painter, columns, offsets, lengths } = level;
    const block = place.row * columns + place.column;
    const source = this.#sourceOf(level);
    const stored = await source.read(offsets[block] as number, lengths[block] as number, signal);
    if (isFiller(stored)) return null;
    const { width, height } = blockSize(level, block);
    const data = new Uint8Array(width * height * 3);
    const whole = { width, height, components: 3, data, from: 0, to: height };
    try {
      const bytes = painter.unpack ? await painter.unpack(stored) : stored;
      painter.paint(bytes, { x: 0, y: 0, width, height }, { data, offset: 0, pitch: width * 3 });
    } catch (error) {
      if (error instanceof FailureError || error instanceof RangeError) throw error;
      brokenBlock(source.name, level, place, error);
    }
    if (this.#isOpen) this.#cache.keep(keyOf(level, block), whole);
    return whole;
  }
}

/** Whether a region is one block as it is stored: there is nothing to put together. */
const isOneBlock = ({ blockWidth, blockHeight }: Level, { x, y, width, height }: Rect): boolean =>
  width === blockWidth && height === blockHeight && x % blockWidth === 0 && y % blockHeight === 0;

function fillBackground(crop: Rect, target: Target): void {
  for (let row = 0; row < crop.height; row++) {
    const from = target.offset + row * target.pitch;
    target.data.fill(BACKGROUND, from, from + crop.width * 3);
  }
}

function publicLevel(level: BlockLevel): Level {
  const { index, width, height, downsample, blockWidth, blockHeight } = level;
  return { index, width, height, downsample, blockWidth, blockHeight };
}
