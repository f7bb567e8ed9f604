/** The one interface every slide format serves, and everybody above reads. Frames: x, y in level-0 pixels, y down. */
import type { Mpp, Outcome, Rect } from "@nacre/core";

/** Pixels as RGB, row-major, three bytes a pixel. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** One resolution of the pyramid. Level 0 is the finest. */
export interface Level {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels per pixel of this level, >= 1. */
  readonly downsample: number;
  /** Size of the stored unit (TIFF tile or strip) in pixels of this level. */
  readonly blockWidth: number;
  readonly blockHeight: number;
}

/** A rectangle to read: x, y at level 0; width and height in pixels of `level`. */
export interface Region extends Rect {
  readonly level: number;
}

export interface SlideInfo {
  /** "aperio-svs", "tiff", "image". */
  readonly format: string;
  readonly vendor: string;
  /** The decoder that serves this slide, as `nacre doctor` names it. */
  readonly reader: string;
  readonly width: number;
  readonly height: number;
  readonly levels: readonly Level[];
  /** Scale in use, micrometres per pixel at level 0; null when nobody knows it. */
  readonly mpp: Mpp | null;
  readonly mppSource: "file" | "given" | null;
  /** Scale written in the file, even when another one was given. */
  readonly mppInFile: number | null;
  /** Nominal objective power, for display only. */
  readonly objective: number | null;
  /** What the file says about itself, as text. */
  readonly properties: Readonly<Record<string, string>>;
  /** Whether the file carries an ICC profile. It is never applied silently. */
  readonly icc: boolean;
  readonly warnings: readonly string[];
}

export interface Slide {
  readonly info: SlideInfo;
  /** Pixels of a region at its level. Outside the slide, and where a block is missing, lies background. */
  read(region: Region, signal?: AbortSignal): Promise<Outcome<Raster>>;
  /**
   * width x height pixels at a wanted scale; x, y is the top-left corner at level 0.
   * Reads the coarsest level that is at least as fine as wanted and resamples with an antialiased triangle filter.
   * Fails with `no-scale` where the slide has none.
   */
  readAt(mpp: Mpp, place: Rect, signal?: AbortSignal): Promise<Outcome<Raster>>;
  close(): void;
}

export interface OpenOptions {
  /** Scale given by the user, micrometres per pixel: fills a missing one and overrides the file's (recorded as "given"). */
  readonly mpp?: number;
}
