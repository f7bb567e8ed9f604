/** A whole slide at a coarse scale: fine enough to see small pieces of tissue, coarse enough for any slide to fit. */
import { type Mpp, mpp, type Outcome } from "@nacre/core";
import type { Raster, Slide, SlideInfo } from "../slide/slide.ts";

export interface WorkScale {
  /** Micrometres per pixel of the work image. */
  readonly mpp: Mpp;
  /** Level-0 pixels per work pixel, >= 1. */
  readonly downsample: number;
  readonly width: number;
  readonly height: number;
}

const MAX_PIXELS = 3e6;
/** Small images are worked on finer than asked, so that a field of one tile does not shrink to a dozen pixels. */
const LONG_SIDE = 512;

/** The scale nearest to `wanted` at which the slide has at most 3 Mpx and, where it can, 512 px on its longer side. */
export function workScale(info: SlideInfo, scale: Mpp, wanted: number): WorkScale {
  const asked = Math.min(wanted / scale, Math.max(info.width, info.height) / LONG_SIDE);
  const downsample = Math.max(1, asked, Math.sqrt((info.width * info.height) / MAX_PIXELS));
  const pixels = (length: number): number => Math.max(1, Math.ceil(length / downsample - 1e-6));
  return { mpp: mpp(scale * downsample), downsample, width: pixels(info.width), height: pixels(info.height) };
}

/** Pixels of the whole slide at a work scale. The last column and row may reach beyond the slide: background. */
export function readWhole(slide: Slide, work: WorkScale, signal?: AbortSignal): Promise<Outcome<Raster>> {
  return slide.readAt(work.mpp, { x: 0, y: 0, width: work.width, height: work.height }, signal);
}
