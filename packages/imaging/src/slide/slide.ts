/** The one interface every slide format serves, and everybody above reads. Frames: x, y in level-0 pixels, y down. */
import type { Mpp, Outcome, Rect } from "@nacre/core";
import type { Neighbours } from "../bytes/neighbours.ts";

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

/** A rectangle to read: x, y of its top-left corner at level 0; width and height in the pixels that are asked for. */
export interface Place extends Rect {
  /**
   * Room for the pixels, width * height * 3 bytes. A reader may use it until it has answered, and its answer is then this array; or leave
   * it as it is. Whoever reads tile after tile spares the collector an array each.
   */
  readonly into?: Uint8Array;
}

/** A place in pixels of a level. */
export interface Region extends Place {
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
  /** What the file says about itself, as text: only what names no person, slide or device, unless it was opened with `identifiers`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Whether the file carries an ICC profile. It is never applied silently. */
  readonly icc: boolean;
  /** Whether this reader looks for one: the file may hold a profile that nobody sees. Default: it does. */
  readonly iccSought?: boolean;
  /** What was done with it, when it was asked for. */
  readonly iccApplied?: string;
  /** Pictures beside the pyramid. Labels and macros show the patient's name: what they are is told, their pixels are not served. */
  readonly associated?: readonly AssociatedImage[];
  /** Channels, focal planes and times of the file, where there is more than one picture; what was opened is in `plane`. */
  readonly planes?: Planes;
  /** Sample values shown as black and white, where samples are not shown as they are. */
  readonly window?: readonly [black: number, white: number];
  readonly warnings: readonly string[];
}

/** A block as it lies in the file, completed by what the file keeps elsewhere: for viewers and writers that pass it on. */
export interface StoredBlock {
  /** "jpeg": a baseline stream whose own markers say its colours; "webp": of one picture without transparency or profile. Of both, every decoder gives the pixels that are read here. */
  readonly codec: "jpeg" | "jpeg2000" | "webp";
  readonly bytes: Uint8Array;
  /** Only of "jpeg2000", a bare codestream: the components that its decoder gives are not RGB. */
  readonly colour?: "YCbCr";
}

/** A picture that is no level. */
export interface AssociatedImage {
  readonly name: "label" | "macro" | "thumbnail" | "other";
  readonly width: number;
  readonly height: number;
}

/** What a file of several pictures of one place holds. */
export interface Planes {
  /** Names in the order of the file; brightfield RGB is one channel. */
  readonly channels: readonly string[];
  readonly focalPlanes: number;
  readonly times: number;
  /** The one that is read. */
  readonly plane: Plane;
}

/** One picture among channels, focal planes and times, each from 0. */
export interface Plane {
  readonly channel: number;
  readonly focalPlane: number;
  readonly time: number;
}

/** A level of a preview. */
export interface PreviewLevel extends Level {
  /** How far its pixels lie before their place, to the left and up, in its pixels. */
  readonly lag: number;
}

/** Pixels for people to look at, never for features or measures: see `readPreview`. */
export interface Preview {
  /** Those of the slide, and behind them those that are decoded smaller. */
  readonly levels: readonly PreviewLevel[];
  /** As `Slide.read`. */
  read(region: Region, signal?: AbortSignal): Promise<Outcome<Raster>>;
}

export interface Slide {
  readonly info: SlideInfo;
  /** Absent where the slide has none but its own pixels. */
  readonly preview?: Preview;
  /** The ICC profile as it lies in the file, where it was asked for with `icc: "keep"`. */
  readonly profile?: Uint8Array;
  /** Pixels of a region at its level. Outside the slide, and where a block is missing, lies background. */
  read(region: Region, signal?: AbortSignal): Promise<Outcome<Raster>>;
  /**
   * width x height pixels at a wanted scale; x, y is the top-left corner at level 0.
   * Reads the coarsest level that is at least as fine as wanted and resamples with an antialiased triangle filter.
   * Fails with `no-scale` where the slide has none.
   */
  readAt(mpp: Mpp, place: Place, signal?: AbortSignal): Promise<Outcome<Raster>>;
  /** A block as it is stored, completed to stand alone; null where it is missing or no viewer reads its codec. Absent: never. */
  stored?(level: number, column: number, row: number, signal?: AbortSignal): Promise<StoredBlock | null>;
  close(): void;
}

export interface OpenOptions {
  /** Scale given by the user, micrometres per pixel: fills a missing one and overrides the file's (recorded as "given"). */
  readonly mpp?: number;
  /** The files beside the slide, for formats of several files. */
  readonly neighbours?: Neighbours;
  /** Which picture to read of a file of several. Default: the first channel and time, the middle focal plane. */
  readonly plane?: Partial<Plane>;
  /** Sample values that become black and white, for pictures of 16 bits or of one channel. Default: see docs/formats/tiff.md. */
  readonly window?: readonly [black: number, white: number];
  /** "apply": pixels are turned into sRGB with the file's own ICC profile, and `SlideInfo.iccApplied` says so. Never done unasked. "keep": `Slide.profile` holds it, where the reader can. */
  readonly icc?: "apply" | "keep";
  /** Whether `SlideInfo.properties` tells all that the reader finds: descriptions, users, dates, file names, barcodes. Default: not. */
  readonly identifiers?: boolean;
  /** Read through OpenSlide, of Node and where it is installed, whatever reader of ours knows the format. Default: only formats that none of ours knows. */
  readonly reader?: "openslide";
}
