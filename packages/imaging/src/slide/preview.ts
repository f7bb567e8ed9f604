/**
 * Levels between those of a file, for people to look at: each block decoded at a half, a quarter or an eighth of its width and height. A
 * wavelet and the transform of JPEG give that for a fraction of the work. The pixels lie near the average of those that they
 * stand for and are not equal to it, and other decoders give others: nothing that measures or learns may read them.
 */
import { REDUCTIONS } from "../codec/codec.ts";
import type { BlockLevel } from "./block-level.ts";

/** A level counts as another one's equal up to this share of its downsample. */
const ALIKE = 0.9;

/** The levels, and behind them those that lie between two of them or beyond the last, with their numbers. */
export function withReductions(levels: readonly BlockLevel[]): BlockLevel[] {
  const all = [...levels];
  for (const [i, level] of levels.entries()) {
    const next = levels[i + 1]?.downsample ?? Number.POSITIVE_INFINITY;
    for (const by of REDUCTIONS) {
      const { width, height, blockWidth, blockHeight, downsample, painter } = level;
      const isWhole = blockWidth % by === 0 && blockHeight % by === 0 && Math.min(width, height) >= by;
      const smaller = isWhole && downsample * by < ALIKE * next ? (painter.reduced?.(by) ?? null) : null;
      if (smaller === null) continue;
      all.push({
        ...level,
        index: all.length,
        ofLevel: level.index,
        // a last pixel that stands for padding too is left out
        width: Math.floor(width / by),
        height: Math.floor(height / by),
        downsample: downsample * by,
        blockWidth: blockWidth / by,
        blockHeight: blockHeight / by,
        painter: { ...smaller, ...(painter.unpack && { unpack: painter.unpack }) },
      });
    }
  }
  return all;
}
