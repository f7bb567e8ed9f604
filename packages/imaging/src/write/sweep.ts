/**
 * Goes over the source once a level that it holds, tile by tile, hands its tiles to the writer, and makes the levels
 * that hang on it from the same pixels. Memory: one tile, and one row of tiles for each level that is made.
 */
import { unwrap } from "@nacre/core";
import type { Slide } from "../slide/slide.ts";
import { createBand, type LevelBand } from "./band.ts";
import type { LevelSpec } from "./level-plan.ts";
import type { LevelWriter, SlideWriter } from "./slide-writer.ts";
import { isSameShape, type StoredShape, shapeOf } from "./stored-shape.ts";

/** The blocks of a level are not alike after all: it must be encoded anew. */
export class MixedBlocks extends Error {
  override readonly name = "MixedBlocks";
  readonly level: number;
  constructor(level: number) {
    super(`level ${level} holds blocks of several kinds`);
    this.level = level;
  }
}

export interface Sweep {
  readonly slide: Slide;
  readonly writer: SlideWriter;
  /** A level of the source, and those that are made from it, finest first. */
  readonly taken: LevelSpec;
  readonly made: readonly LevelSpec[];
  readonly tile: number;
  readonly step: number;
  /** What its stored blocks look like, where they are passed on. */
  readonly shape: StoredShape | null;
  /** Called with the number of tiles written so far in this sweep. */
  readonly advance: (tiles: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Tiles that were passed on as they are. @throws MixedBlocks; FailureError of the source and of the disk */
export async function sweepLevel(sweep: Sweep): Promise<{ readonly tiles: number; readonly passed: number }> {
  const { taken, tile, signal } = sweep;
  let tiles = 0;
  let passed = 0;
  const counted = (): void => sweep.advance(++tiles);
  const band = await openChain(sweep, counted);
  const level = await sweep.writer.begin(taken, sweep.shape);
  for (let row = 0; row * tile < taken.height; row++) {
    for (let column = 0; column * tile < taken.width; column++) {
      const stream = await storedAt(sweep, column, row);
      const rgb = stream === null || band !== null ? await pixelsAt(sweep, column, row) : null;
      if (stream !== null) {
        await level.putStored(column, row, stream);
        passed++;
      } else if (rgb !== null) await level.putPixels(column, row, rgb);
      counted();
      if (rgb !== null) await band?.add(column, row, rgb);
    }
    // lets timers, signals and other work of this thread in between rows
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  await band?.flush();
  return { tiles, passed };
}

/** The levels that are made, each fed by the one before; the first of them, or null. Flushing it flushes all. */
async function openChain(sweep: Sweep, counted: () => void): Promise<LevelBand | null> {
  let next: LevelBand | null = null;
  const { tile, step } = sweep;
  const fill = new Uint8Array(tile * tile * 3).fill(255);
  for (const level of [...sweep.made].reverse()) {
    const writer = await sweep.writer.begin(level, null);
    next = linkOf({ ...level, tile, step, fill }, writer, next, counted);
  }
  return next;
}

function linkOf(
  spec: { width: number; height: number; tile: number; step: number; fill: Uint8Array },
  writer: LevelWriter,
  coarser: LevelBand | null,
  counted: () => void,
): LevelBand {
  const band = createBand(spec, async (column, row, rgb) => {
    const pixels = rgb ?? spec.fill;
    repeatEdges(pixels, spec.tile, spec.width - column * spec.tile, spec.height - row * spec.tile);
    await writer.putPixels(column, row, pixels);
    counted();
    await coarser?.add(column, row, pixels);
  });
  const flush = async (): Promise<void> => {
    await band.flush();
    await coarser?.flush();
  };
  return { ...band, flush };
}

/** The stored stream of a tile, where it can stand in the writer's file; null: its pixels are wanted. */
async function storedAt(sweep: Sweep, column: number, row: number): Promise<Uint8Array | null> {
  const { slide, taken, shape, writer } = sweep;
  if (!shape || !slide.stored || !taken.source || !writer.takesStored(taken, column, row)) return null;
  const stored = await slide.stored(taken.source.index, column, row, sweep.signal);
  if (stored && isSameShape(shape, shapeOf(stored))) return stored.bytes;
  // our own encoder writes JPEG in YCbCr only
  if (stored || shape.colour === "RGB" || shape.codec === "jpeg2000") throw new MixedBlocks(taken.index);
  return null;
}

async function pixelsAt({ slide, taken, tile, signal }: Sweep, column: number, row: number): Promise<Uint8Array> {
  const source = taken.source;
  if (!source) throw new RangeError("expected a level of the source, received one that is made");
  const [x, y] = [column * tile, row * tile];
  const width = Math.min(tile, taken.width - x);
  const height = Math.min(tile, taken.height - y);
  const region = { level: source.index, x: x * source.downsample, y: y * source.downsample, width: tile, height: tile };
  const { data } = unwrap(await slide.read(region, signal));
  repeatEdges(data, tile, width, height);
  return data;
}

/** Beyond `width` x `height` the last pixels are repeated: means and JPEG blocks at the rim then know no background. */
function repeatEdges(rgb: Uint8Array, tile: number, width: number, height: number): void {
  const pitch = tile * 3;
  if (width < tile) {
    for (let y = 0; y < Math.min(height, tile); y++) {
      const end = y * pitch + width * 3;
      for (let at = end; at < (y + 1) * pitch; at++) rgb[at] = rgb[at - 3] as number;
    }
  }
  for (let y = height; y < tile; y++) rgb.copyWithin(y * pitch, (height - 1) * pitch, height * pitch);
}
