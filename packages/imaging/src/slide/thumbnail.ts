/** The whole slide, small. */
import type { Outcome } from "@nacre/core";
import { readDownsampled } from "./scaled-read.ts";
import type { Raster, Slide } from "./slide.ts";

/**
 * The whole slide with its longest side at most `maxSide` pixels, aspect kept, made from the best level (never from the
 * file's own thumbnail, which may show another crop). A slide that is smaller is given as it is.
 * @throws RangeError unless maxSide is a whole number above 0
 */
export function thumbnail(slide: Slide, maxSide: number, signal?: AbortSignal): Promise<Outcome<Raster>> {
  if (!(Number.isInteger(maxSide) && maxSide > 0))
    throw new RangeError(`expected a whole maxSide above 0, received ${maxSide}`);
  const { width, height } = slide.info;
  const downsample = Math.max(1, Math.max(width, height) / maxSide);
  const size = {
    width: Math.max(1, Math.round(width / downsample)),
    height: Math.max(1, Math.round(height / downsample)),
  };
  return readDownsampled(slide, downsample, { x: 0, y: 0, ...size }, signal);
}
