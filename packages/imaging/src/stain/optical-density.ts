/**
 * Light as optical density: -log10((v + 1) / (white + 1)) for a grey level v, so that 0 stays finite and the way back is
 * exact. `white` is the grey of bare glass, 255 where nobody knows better. Lambert and Beer: densities of dyes add.
 */
import type { Raster } from "../slide/slide.ts";

export type Triple = readonly [number, number, number];

/** Grey of bare glass, when it is not measured. */
export const WHITE: Triple = [255, 255, 255];

/** Densities of the 256 grey levels of each channel; a pixel brighter than the glass has a negative one. */
export function densityTables(white: Triple): readonly [Float64Array, Float64Array, Float64Array] {
  const table = (w: number): Float64Array =>
    Float64Array.from({ length: 256 }, (_, v) => -Math.log10((v + 1) / (w + 1)));
  return [table(white[0]), table(white[1]), table(white[2])];
}

/** The grey level of a density, 0..255, rounded. */
export function greyOf(density: number, white: number): number {
  const v = (white + 1) * 10 ** -density - 1;
  return v <= 0 ? 0 : v >= 255 ? 255 : Math.round(v);
}

/** Densities of the pixels that are dense in every channel (at least `least`), [n, 3], from one raster or many. */
export function stainedDensities(rasters: readonly Raster[], white: Triple, least: number): Float64Array {
  const [red, green, blue] = densityTables(white);
  let n = 0;
  for (const { data } of rasters) n += data.length;
  const out = new Float64Array(n);
  let at = 0;
  for (const { data } of rasters) {
    for (let p = 0; p < data.length; p += 3) {
      const r = red[data[p] as number] as number;
      const g = green[data[p + 1] as number] as number;
      const b = blue[data[p + 2] as number] as number;
      if (r < least || g < least || b < least) continue;
      out[at++] = r;
      out[at++] = g;
      out[at++] = b;
    }
  }
  return out.subarray(0, at);
}
