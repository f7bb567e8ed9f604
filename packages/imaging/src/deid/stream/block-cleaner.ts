/**
 * Coded pixels carry text of their own: comments, EXIF, XMP, colour profiles, thumbnails, bytes behind the end. A cleaner
 * overwrites those with zeros in place, so that no length and no offset changes and the pixels stay what they are.
 */
import { refuseDeid } from "../report.ts";
import type { BlockCleaner } from "./cleaner.ts";
import { JpegCleaner } from "./jpeg-cleaner.ts";
import { cleanJpeg2000 } from "./jpeg2000-cleaner.ts";
import { packedCleaner } from "./packed-cleaner.ts";
import { cleanWebp } from "./webp-cleaner.ts";
import { cleanZstd } from "./zstd-cleaner.ts";

const WHOLE: Readonly<Record<string, (block: Uint8Array) => number>> = {
  jpeg2000: cleanJpeg2000,
  webp: cleanWebp,
  zstd: cleanZstd,
  samples: () => 0,
};
const CODED: Readonly<Record<number, string>> = {
  ...{ 1: "samples", 5: "lzw", 8: "deflate", 32773: "packbits", 32946: "deflate" },
  ...{
    7: "jpeg",
    33003: "jpeg2000",
    33004: "jpeg2000",
    33005: "jpeg2000",
    34712: "jpeg2000",
    50000: "zstd",
    50001: "webp",
  },
};

/** The cleaner of a block by its TIFF compression. `most`: bytes of its pixels. @throws FailureError refused */
export function blockCleaner(compression: number, most: number): BlockCleaner {
  const kind = CODED[compression];
  if (kind === undefined) {
    return refuseDeid(
      "blocks whose coding is known, so that text inside them is found",
      `compression ${compression}`,
      "convert the slide to a TIFF of JPEG or deflate first",
    );
  }
  return kind === "lzw" || kind === "deflate" || kind === "packbits" ? packedCleaner(kind, most) : cleanerOf(kind);
}

/** The cleaner of "jpeg", "jpeg2000", "webp", "zstd" or plain "samples". */
export function cleanerOf(kind: string): BlockCleaner {
  if (kind === "jpeg") return new JpegCleaner();
  const clean = WHOLE[kind];
  if (!clean) throw new RangeError(`expected a known coding, received ${kind}`);
  return { clean, isStreaming: kind === "samples" };
}
