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
  readonly isLittleEndian: boolean;
  /** MaxSampleValue, or null: scanners of 12 bits say 4095 here. */
  readonly maxSample: number | null;
  /** How YCbCr that no JPEG holds is stored; null for other pixels. */
  readonly ycc: YccStorage | null;
}

/** YCbCr as TIFF 6.0 stores it by itself (section 21). */
export interface YccStorage {
  /** Pixels that share one Cb and Cr: 1, 2 or 4 across and down. */
  readonly across: number;
  readonly down: number;
  /** Shares of red, green and blue in the luma. */
  readonly luma: readonly number[];
  /** Black and white of Y, Cb and Cr. */
  readonly reference: readonly number[];
}

export function* readPage(tiff: TiffFile, directory: TiffDirectory): Reading<TiffPage> {
  const number = (tag: number, otherwise: number): Reading<number> => numberOf(tiff, directory, tag, otherwise);
  const width = yield* number(TAG.imageWidth, 0);
  const height = yield* number(TAG.imageLength, 0);
  if (!isSide(width) || !isSide(height)) hostile(tiff.name, `an image of at most ${MAX_SIDE} px a side`);
  const isTiled = directory.entries.has(TAG.tileWidth);
  if (!isTiled && directory.entries.has(TAG.tileOffsets)) hostile(tiff.name, "the width of tiles that have places");
  const blockWidth = isTiled ? yield* number(TAG.tileWidth, 0) : width;
  const blockHeight = isTiled
    ? yield* number(TAG.tileLength, 0)
    : Math.min(height, yield* number(TAG.rowsPerStrip, height));
  if (!isSide(blockWidth) || !isSide(blockHeight)) hostile(tiff.name, "blocks of at least one pixel");
  const bits = yield* numbersOf(tiff, directory, TAG.bitsPerSample);
  const photometric = yield* number(TAG.photometric, 2);
  const maxSample = yield* number(TAG.maxSampleValue, Number.NaN);
  return {
    directory,
    width,
    height,
    isTiled,
    blockWidth,
    blockHeight,
    compression: yield* number(TAG.compression, 1),
    photometric,
    samples: yield* number(TAG.samplesPerPixel, 1),
    bits: bits ? Math.max(...bits.subarray(0, 8)) : 1,
    isPlanar: (yield* number(TAG.planarConfiguration, 1)) === 2,
    predictor: yield* number(TAG.predictor, 1),
    sampleFormat: yield* number(TAG.sampleFormat, 1),
    subfileType: yield* number(TAG.newSubfileType, 0),
    description: yield* textOf(tiff, directory, TAG.imageDescription),
    isLittleEndian: tiff.isLittleEndian,
    maxSample: maxSample > 0 ? maxSample : null,
    ycc: photometric === 6 ? yield* readYcc(tiff, directory) : null,
  };
}

function* readYcc(tiff: TiffFile, directory: TiffDirectory): Reading<YccStorage> {
  const list = function* (tag: number, otherwise: readonly number[]): Reading<readonly number[]> {
    const values = yield* numbersOf(tiff, directory, tag);
    const isSound = values && values.length >= otherwise.length && values.every(Number.isFinite);
    return isSound ? [...values.subarray(0, otherwise.length)] : otherwise;
  };
  const [across = 2, down = 2] = yield* list(TAG.yCbCrSubSampling, [2, 2]);
  const luma = yield* list(TAG.yCbCrCoefficients, [0.299, 0.587, 0.114]);
  return { across, down, luma, reference: yield* list(TAG.referenceBlackWhite, [0, 255, 128, 255, 128, 255]) };
}

const isSide = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= MAX_SIDE;

/** Samples as they are, LZW, deflate, PackBits, Zstandard: their bits are ours to read. Other compressions are the decoder's business. */
export const PLAIN_SAMPLES: readonly number[] = [1, 5, 8, 32773, 32946, 50000];

/** Passes pages of grey or RGB (with or without alpha), of 8 bits or, where no codec stands between, 16. @throws FailureError `unsupported-format`, naming what it is instead */
export function checkPixels(page: TiffPage, name: string): void {
  const isGrey = page.photometric <= 1 && page.samples <= 2;
  const isColour = (page.photometric === 2 || page.photometric === 6) && (page.samples === 3 || page.samples === 4);
  const isPlain = PLAIN_SAMPLES.includes(page.compression);
  const isInteger = page.sampleFormat === 1 || (page.sampleFormat === 2 && isPlain);
  const isDepth = page.bits === 8 || (page.bits === 16 && isPlain && page.photometric !== 6);
  const problem =
    !isDepth || !isInteger
      ? `${page.bits}-bit samples of format ${page.sampleFormat}`
      : page.isPlanar && page.samples > 1
        ? "colours in separate planes"
        : page.photometric === 6 && isPlain && !isYccReadable(page)
          ? "YCbCr pixels of an unknown layout"
          : isGrey || isColour
            ? ""
            : `${page.samples} samples of photometric interpretation ${page.photometric}`;
  if (problem === "") return;
  raise("unsupported-format", {
    expected: "pixels of 8 or 16-bit RGB or grey",
    received: `${problem} in ${name}`,
    remedy:
      "convert it to an 8-bit RGB pyramid, for example: vips tiffsave IN OUT.tif --tile --pyramid --compression jpeg",
  });
}

function isYccReadable({ ycc, samples, predictor }: TiffPage): boolean {
  if (!ycc || samples !== 3 || predictor !== 1) return false;
  const isShare = (n: number): boolean => n === 1 || n === 2 || n === 4;
  return isShare(ycc.across) && isShare(ycc.down) && ycc.luma.every((share) => share > 0 && share < 1);
}
