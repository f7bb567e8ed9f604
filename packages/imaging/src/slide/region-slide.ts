/**
 * A slide from a function that gives pixels of a level: for formats whose storage is no plain grid of blocks in one file (chunked arrays,
 * mosaics, other programs' readers). Rounding, bounds and background are settled here once.
 */
import { attempt, intersect, type Outcome, type Rect } from "@nacre/core";
import { checkRegion } from "./check-region.ts";
import { blankRaster } from "./raster.ts";
import { readAtScale } from "./scaled-read.ts";
import type { Level, Raster, Slide, SlideInfo } from "./slide.ts";

/** Pixels of `place`, which lies inside the level and is in its pixels: RGB, rows without gaps. May throw a FailureError. */
export type ReadLevel = (level: Level, place: Rect, signal?: AbortSignal) => Promise<Uint8Array>;

export interface RegionSource {
  readonly info: SlideInfo;
  readonly readLevel: ReadLevel;
  readonly stored?: NonNullable<Slide["stored"]>;
  readonly close: () => void;
}

/** Wraps a level reader as a slide. */
export function regionSlide({ info, readLevel, stored, close }: RegionSource): Slide {
  let isOpen = true;
  const slide: Slide = {
    info,
    read: (region, signal): Promise<Outcome<Raster>> =>
      attempt(async () => {
        if (!isOpen) throw new TypeError("expected an open slide, received a read after close()");
        signal?.throwIfAborted();
        const level = checkRegion(info.levels, region);
        const { width, height } = region;
        const x = Math.round(region.x / level.downsample);
        const y = Math.round(region.y / level.downsample);
        const part = intersect({ x: 0, y: 0, width: level.width, height: level.height }, { x, y, width, height });
        if (!part) return blankRaster(width, height);
        const data = await readLevel(level, part, signal);
        if (part.width === width && part.height === height) return { width, height, data };
        const out = blankRaster(width, height);
        for (let row = 0; row < part.height; row++) {
          const from = row * part.width * 3;
          out.data.set(data.subarray(from, from + part.width * 3), ((part.y - y + row) * width + part.x - x) * 3);
        }
        return out;
      }),
    readAt: (mpp, place, signal) => readAtScale(slide, mpp, place, signal),
    ...(stored === undefined ? {} : { stored }),
    close() {
      if (isOpen) close();
      isOpen = false;
    },
  };
  return slide;
}
