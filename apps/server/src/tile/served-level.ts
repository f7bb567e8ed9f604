/**
 * The levels a viewer is told of. Blocks of the file as they are, where a viewer can live with their shape; else squares cut anew.
 * A file without enough levels gets some more, so that a whole slide is never asked for at its finest.
 */
import type { Level, SlideInfo } from "@nacre/imaging";

export interface ServedLevel {
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel of this level. */
  readonly downsample: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** The file's level whose blocks are served as they are; null: blocks are cut anew. */
  readonly stored: number | null;
}

/** Side of blocks that are cut anew. */
export const CUT_SIDE = 512;
const LEAST_SIDE = 128;
const MOST_SIDE = 1536;
/** From a level to the next coarser one: a view between them reads the finer one, so many blocks across. */
const MOST_STEP = 8;
const STEP = 4;
/** A coarsest level up to this many pixels across is enough for a first view. */
const ENOUGH = 2048;

/** Finest first, as the file has them. */
export function servedLevels({ width, height, levels }: Pick<SlideInfo, "width" | "height" | "levels">): ServedLevel[] {
  const served: ServedLevel[] = [];
  for (const level of levels) {
    const before = served.at(-1);
    if (before !== undefined) {
      for (let d = before.downsample * STEP; level.downsample / d > MOST_STEP / STEP + 1e-9; d *= STEP)
        if (level.downsample / before.downsample > MOST_STEP) served.push(cut(width, height, d));
    }
    served.push(asStored(level));
  }
  for (let last = served.at(-1); last !== undefined && Math.max(last.width, last.height) > ENOUGH; last = served.at(-1))
    served.push(cut(width, height, last.downsample * STEP));
  return served;
}

function asStored({ index, width, height, downsample, blockWidth, blockHeight }: Level): ServedLevel {
  const sides = [blockWidth, blockHeight];
  const isUsable = Math.min(...sides) >= LEAST_SIDE && Math.max(...sides) <= MOST_SIDE;
  if (isUsable) return { width, height, downsample, blockWidth, blockHeight, stored: index };
  return { width, height, downsample, blockWidth: CUT_SIDE, blockHeight: CUT_SIDE, stored: null };
}

function cut(width: number, height: number, downsample: number): ServedLevel {
  return {
    width: Math.max(1, Math.round(width / downsample)),
    height: Math.max(1, Math.round(height / downsample)),
    downsample,
    blockWidth: CUT_SIDE,
    blockHeight: CUT_SIDE,
    stored: null,
  };
}
