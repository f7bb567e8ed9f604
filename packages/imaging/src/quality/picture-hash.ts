/**
 * A perceptual hash of a picture: the gradient ("difference") hash of 16 x 16 cells. Each cell's grey is the mean of its pixels; a
 * bit says whether it is brighter than the cell to its right. Brightness, contrast, compression and another scale change few
 * bits; another piece of tissue changes about half. Cells that hardly differ (the empty glass) count as equal, bit 0, so
 * two slides are not alike because both are mostly empty.
 */
import type { Raster } from "../slide/slide.ts";

const SIDE = 16;
/** Grey levels (of 255) that two cells must differ by. */
const STEP = 2;
/** Fewer set bits than this, and the picture says too little to be recognised. */
const FEWEST = 24;

/** 256 bits as eight 32-bit words, or null for a picture that is too empty to tell from another. */
export function pictureHash(raster: Raster): Uint32Array | null {
  const grey = cellsOf(raster);
  const words = new Uint32Array((SIDE * SIDE) / 32);
  let bits = 0;
  for (let i = 0; i < SIDE * SIDE; i++) {
    const column = i % SIDE;
    const at = Math.floor(i / SIDE) * (SIDE + 1) + column;
    if ((grey[at] as number) - (grey[at + 1] as number) <= STEP) continue;
    words[i >> 5] = (words[i >> 5] as number) | (1 << (i & 31));
    bits++;
  }
  return bits < FEWEST ? null : words;
}

/** Bits in which two hashes differ, 0 to 256. */
export function hashDistance(a: Uint32Array, b: Uint32Array): number {
  let distance = 0;
  for (let w = 0; w < a.length; w++) {
    let v = (a[w] as number) ^ (b[w] as number);
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    distance += (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return distance;
}

/** Mean grey of 17 x 16 cells; RGB rasters, three bytes a pixel. */
function cellsOf({ width, height, data }: Raster): Float64Array {
  const columns = SIDE + 1;
  const sum = new Float64Array(columns * SIDE);
  const n = new Uint32Array(columns * SIDE);
  for (let y = 0; y < height; y++) {
    const row = Math.min(SIDE - 1, Math.floor((y * SIDE) / height));
    for (let x = 0; x < width; x++) {
      const cell = row * columns + Math.min(columns - 1, Math.floor((x * columns) / width));
      const p = 3 * (y * width + x);
      sum[cell] =
        (sum[cell] as number) +
        0.299 * (data[p] as number) +
        0.587 * (data[p + 1] as number) +
        0.114 * (data[p + 2] as number);
      n[cell] = (n[cell] as number) + 1;
    }
  }
  return sum.map((s, i) => s / Math.max(1, n[i] as number));
}
