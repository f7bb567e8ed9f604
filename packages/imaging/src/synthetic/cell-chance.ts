/**
 * Chance that belongs to a place: the k-th number of a cell is the same whichever tile asks for it, so that a nucleus
 * cut by the border of a tile continues in the next. A hash, not a stream; its key comes from the slide's stream.
 */

/** Uniform in [0, 1) from a key, a cell and a counter. */
export function chance(key: number, cellX: number, cellY: number, k: number): number {
  let h = key ^ Math.imul(cellX, 0x85ebca6b) ^ Math.imul(cellY, 0xc2b2ae35) ^ Math.imul(k + 1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
}
