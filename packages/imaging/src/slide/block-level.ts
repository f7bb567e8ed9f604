/** A level that is stored as a grid of compressed blocks: where they lie, and how each becomes pixels. */
import type { Rect } from "@nacre/core";
import type { ByteSource } from "../bytes/byte-source.ts";
import type { Reading } from "../bytes/reading.ts";
import type { DecodedImage, Reduction, Target } from "../codec/codec.ts";
import type { Level, StoredBlock } from "./slide.ts";

export interface BlockTable {
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** Byte offset and length of each block, row-major; a length of 0 is a missing block. */
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
  /** Where the places were left to be read later: reads those of blocks `first` to `last` into the arrays. To be driven before they are looked at. @throws FailureError truncated-file */
  readonly fill?: (first: number, last: number) => Reading<void>;
}

/** How the stored bytes of a block become pixels. Synchronous: its decoder was loaded when the slide was opened. */
export interface BlockPainter {
  /** The decoder in use, for SlideInfo.reader. */
  readonly reader: string;
  /** Free bytes wanted in front of the stored ones, for a head that completes the stream in place. */
  readonly headroom: number;
  /** Whether a part of a block costs less than the whole. */
  readonly isCheapInParts: boolean;
  /**
   * Paints `crop` (pixels of the block) of the block whose stored bytes lie in `buffer` from `headroom` on.
   * The buffer may be changed. @throws Error in the decoder's words when the block is broken
   */
  paint(buffer: Uint8Array, crop: Rect, target: Target): void;
  /** For decoders that answer later: stored bytes become what `paint` takes. Such a painter has no headroom and is not cheap in parts. @throws as `paint` */
  unpack?(stored: Uint8Array): Promise<Uint8Array>;
  /** The whole block in its one component, where `paint` would decode all of it too: it is kept in a third of the room. @throws as `paint` */
  grey?(buffer: Uint8Array): DecodedImage;
  /** Paints the same blocks 1/by as wide and high, rounded up, for previews: quicker, and not their average. Absent or null: it cannot. */
  reduced?(by: Reduction): BlockPainter | null;
  /** How far what it paints lies before its place, to the left and up, in pixels that it paints. Default 0. */
  readonly lag?: number;
  /** The stored bytes as a stream that stands alone in its own codec (a whole JPEG), or null where there is none. */
  complete?(bytes: Uint8Array): StoredBlock | null;
}

export interface BlockLevel extends Level, BlockTable {
  /** The file's level whose blocks these are, of one that is decoded smaller. */
  readonly ofLevel?: number;
  readonly painter: BlockPainter;
  /** Where its blocks lie, if not in the slide's own source: formats of several files. The slide owns it too. */
  readonly source?: ByteSource;
}
