/**
 * What turns stored blocks into pixels. A codec is handed in, so that the same reader runs natively in Node and on
 * WebAssembly in a browser; each is loaded the first time a slide wants it.
 */
import type { Rect } from "@nacre/core";
import type { Raster } from "../slide/slide.ts";

/** Where decoded pixels go: RGB, the first pixel at byte `offset`, rows `pitch` bytes apart. */
export interface Target {
  readonly data: Uint8Array;
  readonly offset: number;
  readonly pitch: number;
}

/** How a decoder names itself in `nacre doctor` and in SlideInfo.reader. */
export interface DecoderInfo {
  readonly name: string;
  readonly native: boolean;
  readonly version: string;
  readonly detail: string;
}

/** Decodes a complete JPEG stream. All implementations give the same pixels, bit for bit. */
export interface JpegCodec {
  readonly info: DecoderInfo;
  /**
   * Decodes the part `crop` (pixels of the block, inside it) into `target`. `frame` describes the same stream,
   * which is left as it was.
   * @throws Error with the decoder's words when the stream is broken, even where it could guess the rest
   */
  decode(stream: Uint8Array, frame: JpegFrame, crop: Rect, target: Target): void;
  /**
   * The same decoder giving pictures 1/by as wide and high, rounded up: `crop` is then in their pixels, `frame` still of the stream. Much
   * quicker, and near the average of the pixels but not equal to it. Absent where the library cannot.
   */
  readonly reduced?: (by: Reduction) => JpegCodec;
}

/** How many times smaller a picture may be decoded: the steps that wavelets and the transform of JPEG have in common. */
export type Reduction = (typeof REDUCTIONS)[number];
export const REDUCTIONS = [2, 4, 8] as const;

/** What the header of a JPEG stream promises. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Sampling factors of the first component over those of the others: 1, 2 or 4; 1 x 1 where chroma is not reduced. */
  readonly chromaX: number;
  readonly chromaY: number;
  /** Byte of the stream at which the height is written (two bytes, big-endian). */
  readonly heightAt: number;
  readonly isProgressive: boolean;
}

/** A whole image decoded at once: `components` interleaved bytes a pixel. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly data: Uint8Array;
}

export type WholeImageCodec = (bytes: Uint8Array) => DecodedImage;

/** Decodes JPEG 2000 blocks. All implementations give the same pixels of a sound stream, bit for bit. @throws Error when it is broken */
export interface Jpeg2000Codec extends WholeImageCodec {
  readonly info: DecoderInfo;
  /**
   * Only the part `crop` (pixels of the image, inside it), without decoding the code-blocks it does not need; null where this stream is
   * only decoded whole. Absent where no stream is decoded in parts.
   */
  readonly part?: (bytes: Uint8Array, crop: Rect) => DecodedImage | null;
  /**
   * The picture 1/by as wide and high, rounded up, from the coarser bands of the wavelet alone: much quicker. Pixel n of a row is centred on
   * pixel n * by of the whole, not on the middle of the `by` that it stands for.
   */
  readonly reduced: (bytes: Uint8Array, by: Reduction) => DecodedImage;
}

/** Expands a compressed stream to at most `length` bytes: at once, or where the platform only answers later. Both throw an Error when it is broken or longer. */
export type Unpacker =
  | { readonly name: string; readonly now: (bytes: Uint8Array, length: number) => Uint8Array }
  | { readonly name: string; readonly later: (bytes: Uint8Array, length: number) => Promise<Uint8Array> };

/** The decoders that a reader may ask for. A codec which is absent raises `unsupported-codec`. */
export interface Codecs {
  jpeg(): Promise<JpegCodec>;
  jpeg2000(): Promise<Jpeg2000Codec>;
  /** zlib streams. */
  inflate(): Promise<Unpacker>;
  /** Zstandard frames. */
  zstd(): Promise<Unpacker>;
  /** WebP pictures as RGB; alpha is left out. */
  webp(): Promise<(bytes: Uint8Array) => Promise<DecodedImage>>;
  /** Turns an ICC profile into a table of sRGB colours: bytes [red][green][blue][3] of `points` points along each. */
  icc(): Promise<(profile: Uint8Array, points: number) => Promise<Uint8Array>>;
  /** Plain images (JPEG, PNG) as RGB without colour management; alpha is laid on white. */
  image(): Promise<(bytes: Uint8Array) => Promise<Raster>>;
}
