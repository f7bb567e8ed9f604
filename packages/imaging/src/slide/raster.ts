/** Pixels in memory: making them, and the one place that says what "outside" looks like. */
import type { Place, Raster } from "./slide.ts";

/** Outside of a slide, and where it holds no block, lies the white of an empty glass. */
export const BACKGROUND = 255;

/** The most pixels that one read may ask for: 2^28, that is 768 MiB of RGB. */
export const MAX_REGION_PIXELS = 2 ** 28;

/** A raster of the background colour. */
export function blankRaster(width: number, height: number): Raster {
  return { width, height, data: new Uint8Array(width * height * 3).fill(BACKGROUND) };
}

/** The room that a place brings along, where it fits; or a new array. */
export function roomOf({ into }: Place, bytes: number): Uint8Array {
  return into?.length === bytes ? into : new Uint8Array(bytes);
}
