/** What a format must give so that a slide can be written into it. Adding one is one file and one line in open-slide-writer.ts. */
import type { Slide, StoredBlock } from "../slide/slide.ts";
import type { Sampling } from "./jpeg-encoder.ts";
import type { LevelSpec } from "./level-plan.ts";
import type { StoredShape } from "./stored-shape.ts";

/** What is carried from the source beside its pixels. Nothing that names a person, a place or a day is among it. */
export interface CarriedFacts {
  readonly width: number;
  readonly height: number;
  /** Micrometres per pixel at level 0, or null. */
  readonly mpp: number | null;
  readonly objective: number | null;
  readonly profile: Uint8Array | null;
  readonly vendor: string;
  /** A program drew the slide, and the copy must say so too. */
  readonly isSynthetic: boolean;
}

export interface WriterOptions {
  /** Where it is written before it is moved to its name. */
  readonly path: string;
  readonly facts: CarriedFacts;
  /** All levels, level 0 first. */
  readonly levels: readonly LevelSpec[];
  /** Side of a tile. */
  readonly tile: number;
  readonly quality: number;
  /** Where a format wants a small picture beside the pyramid. */
  readonly slide: Slide;
}

/** One level on its way. Tiles come row by row, each once; bytes and pixels are only valid during the call. */
export interface LevelWriter {
  /** A tile as a stream that is passed on untouched. Only called where `SlideWriter.begin` was given a shape. */
  putStored(column: number, row: number, stream: Uint8Array): Promise<void> | void;
  /** A tile as RGB, `tile` x `tile` x 3; beyond the level its last pixels are repeated. */
  putPixels(column: number, row: number, rgb: Uint8Array): Promise<void>;
}

export interface SlideWriter {
  /** Whether a stored JPEG block may stand at this place: not where tiles at the rim are cut to size. */
  takesStored(level: LevelSpec, column: number, row: number): boolean;
  /** Begins a level; `shape`: its tiles are stored streams of this shape, and pixels are encoded likewise. */
  begin(level: LevelSpec, shape: StoredShape | null): Promise<LevelWriter>;
  /** Completes what was begun; all of it is on the disk afterwards. Returns its bytes. */
  finish(): Promise<number>;
  /** Frees what is held, also after a failure. */
  close(): void;
}

/** How a format stores: what the plan must know before anything is written. */
export interface FormatRules {
  /** The codec of its tiles; "lossless" formats take no stored stream. */
  readonly codec: "jpeg" | "lossless";
  /** Stored blocks that may stand in it untouched. */
  readonly passes: readonly StoredBlock["codec"][];
  readonly rounding: "down" | "up";
  /** The only step between levels, or null. */
  readonly step: number | null;
  /** The last level is the first whose longer side is at most this; null: one tile. */
  readonly until: number | null;
  /** What of the facts it has no place for. */
  readonly drops: readonly ("mpp" | "objective" | "icc" | "synthetic")[];
  readonly needsScale: boolean;
  /** It is a folder; deepzoom is a file with a folder beside it. */
  readonly kind: "file" | "folder" | "file-and-folder";
  readonly open: (options: WriterOptions) => Promise<SlideWriter>;
}

/** Chroma of tiles that are encoded here: kept whole from quality 90 on. */
export const samplingFor = (quality: number): Sampling => (quality >= 90 ? "4:4:4" : "4:2:0");
