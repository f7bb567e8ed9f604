/** Pixels that are already in memory, served as a slide of one level: plain images, and slides made in tests. */
import { attempt, intersect, type Mpp, type Outcome, type Rect } from "@nacre/core";
import { checkRegion } from "./check-region.ts";
import { blankRaster } from "./raster.ts";
import { readAtScale } from "./scaled-read.ts";
import type { Raster, Region, Slide, SlideInfo } from "./slide.ts";

/** What a slide in memory says about itself; everything has a plain default. */
export type RasterFacts = Partial<Omit<SlideInfo, "levels" | "width" | "height">>;

/** The raster is not copied: do not change it while the slide is in use. */
export function rasterSlide(raster: Raster, facts: RasterFacts = {}): Slide {
  const { width, height } = raster;
  const info: SlideInfo = {
    format: "image",
    vendor: "generic",
    reader: "memory",
    mpp: null,
    mppSource: null,
    mppInFile: null,
    objective: null,
    properties: {},
    icc: false,
    warnings: [],
    ...facts,
    width,
    height,
    levels: [{ index: 0, width, height, downsample: 1, blockWidth: width, blockHeight: height }],
  };
  let isOpen = true;
  const slide: Slide = {
    info,
    read: (region, signal) =>
      attempt(() => {
        if (!isOpen) throw new TypeError("expected an open slide, received a read after close()");
        signal?.throwIfAborted();
        checkRegion(info.levels, region);
        return partOfRaster(raster, region);
      }),
    readAt: (mpp: Mpp, place: Rect, signal?: AbortSignal): Promise<Outcome<Raster>> =>
      readAtScale(slide, mpp, place, signal),
    close() {
      isOpen = false;
    },
  };
  return slide;
}

function partOfRaster(raster: Raster, region: Region): Raster {
  const { width, height } = region;
  const x = Math.round(region.x);
  const y = Math.round(region.y);
  const part = intersect({ x: 0, y: 0, width: raster.width, height: raster.height }, { x, y, width, height });
  const isInside = part !== null && part.width === width && part.height === height;
  const out = isInside ? { width, height, data: new Uint8Array(width * height * 3) } : blankRaster(width, height);
  if (!part) return out;
  for (let row = 0; row < part.height; row++) {
    const from = ((part.y + row) * raster.width + part.x) * 3;
    const to = ((part.y + row - y) * width + part.x - x) * 3;
    out.data.set(raster.data.subarray(from, from + part.width * 3), to);
  }
  return out;
}
