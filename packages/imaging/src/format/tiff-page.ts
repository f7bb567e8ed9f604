/** One image of a TIFF, described: size, how it is cut into blocks, how its pixels are stored. Still no pixels. */
import { raise } from "@nacre/core";
import type { Reading } from "../bytes/reading.ts";
import { hostile, type TiffDirectory, type TiffFile } from "./tiff-directory.ts";
import { TAG } from "./tiff-tags.ts";
import { numberOf, numbersOf, textOf } from "./tiff-values.ts";

const MAX_SIDE = 2 ** 24;

export interface TiffPage {
  readonly directory: TiffDirectory;
  readonly width: number;
  readonly height: number;
  readonly isTiled: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly compression: number;
  readonly photometric: number;
  readonly samples: number;
  /** Bits of each sample: the largest, when they differ. */
  readonly bits: number;
  readonly isPlanar: boolean;
  readonly predictor: number;
  /** 1: unsigned integers. */
  readonly sampleFormat: number;
  /** Bit 0: a reduced version of another image. Aperio writes 1 for the label and 9 for the macro. */
  readonly subfileType: number;
  readonly description: string;
}

export function* readPage(tiff: TiffFile, directory: TiffDirectory): Reading<TiffPage> {
  const number = (tag: number, otherwise: number): Reading<number> => numberOf(tiff, directory, tag, otherwise);
  const width = yield* number(TAG.imageWidth, 0);
  const height = yield* number(TAG.imageLength, 0);
  if (!isSide(width) || !isSide(height)) hostile(tiff.name, `an image of at most ${MAX_SIDE} px a side`);
  const isTiled = directory.entries.has(TAG.tileWidth);
  const blockWidth = isTiled ? yield* number(TAG.tileWidth, 0) : width;
  const blockHeight = isTiled
    ? yield* number(TAG.tileLength, 0)
    : Math.min(height, yield* number(TAG.rowsPerStrip, height));
  if (!isSide(blockWidth) || !isSide(blockHeight)) hostile(tiff.name, "blocks of at least one pixel");
  const bits = yield* numbersOf(tiff, directory, TAG.bitsPerSample);
  return {
    directory,
    width,
    height,
    isTiled,
    blockWidth,
    blockHeight,
    compression: yield* number(TAG.compression, 1),
    photometric: yield* number(TAG.photometric, 2),
    samples: yield* number(TAG.samplesPerPixel, 1),
    bits: bits ? Math.max(...bits.subarray(0, 8)) : 1,
    isPlanar: (yield* number(TAG.planarConfiguration, 1)) === 2,
    predictor: yield* number(TAG.predictor, 1),
    sampleFormat: yield* number(TAG.sampleFormat, 1),
    subfileType: yield* number(TAG.newSubfileType, 0),
    description: yield* textOf(tiff, directory, TAG.imageDescription),
  };
}

const isSide = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= MAX_SIDE;

/** Samples as they are, LZW, deflate: nothing in them turns YCbCr into RGB. Other compressions are the decoder's business. */
const PLAIN_SAMPLES: readonly number[] = [1, 5, 8, 32946];

/** Passes pages of 8-bit grey or RGB (with or without alpha). @throws FailureError `unsupported-format`, naming what it is instead */
export function checkPixels(page: TiffPage, name: string): void {
  const isGrey = page.photometric <= 1 && page.samples <= 2;
  const isColour = (page.photometric === 2 || page.photometric === 6) && (page.samples === 3 || page.samples === 4);
  const problem =
    page.bits !== 8 || page.sampleFormat !== 1
      ? `${page.bits}-bit samples of format ${page.sampleFormat}`
      : page.isPlanar && page.samples > 1
        ? "colours in separate planes"
        : page.photometric === 6 && PLAIN_SAMPLES.includes(page.compression)
          ? "YCbCr pixels that are not JPEG"
          : isGrey || isColour
            ? ""
            : `${page.samples} samples of photometric interpretation ${page.photometric}`;
  if (problem === "") return;
  raise("unsupported-format", {
    expected: "pixels of 8-bit RGB or grey",
    received: `${problem} in ${name}`,
    remedy:
      "convert it to an 8-bit RGB pyramid, for example: vips tiffsave IN OUT.tif --tile --pyramid --compression jpeg",
  });
}
