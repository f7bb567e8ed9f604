/**
 * How the stored bytes of a block become pixels: one painter a level, chosen by the compression. Painters are
 * synchronous, their decoders were loaded when the slide was opened; those of decoders that answer later unpack first.
 */
import { raise } from "@nacre/core";
import { averaged } from "../codec/averaged.ts";
import type { Codecs, DecodedImage, Unpacker } from "../codec/codec.ts";
import { copyPart } from "../codec/copy-part.ts";
import { codestreamOf } from "../codec/jpeg2000.ts";
import { lzwDecode } from "../codec/lzw.ts";
import { unpackBits } from "../codec/packbits.ts";
import { plainWebp } from "../codec/webp-stream.ts";
import type { BlockPainter } from "../slide/block-level.ts";
import { jpegPainter } from "./jpeg-painter.ts";
import { jpeg2000Painter } from "./jpeg2000-painter.ts";
import { rawBytes, rawImage, type Window, windowOf } from "./raw-samples.ts";
import type { TiffPage } from "./tiff-page.ts";
import { compressionName } from "./tiff-tags.ts";

export interface PainterFacts {
  /** The JPEGTables field, or null. */
  readonly tables: Uint8Array | null;
  /** Of the file, for messages. */
  readonly name: string;
  /** Sample values that become black and white; only for samples that are stored plainly. */
  readonly window?: Window;
  /** JPEG 2000 that says RGB and holds YCbCr (see jpeg2000-colour.ts). */
  readonly isYcc?: boolean;
}

/** The painter for the blocks of a page. @throws FailureError `unsupported-codec`, by name */
export async function openPainter(page: TiffPage, facts: PainterFacts, codecs: Codecs): Promise<BlockPainter> {
  const window = windowOf(page, facts.window);
  const image = (bytes: Uint8Array): DecodedImage => rawImage(page, window, bytes);
  const expand = (name: string, now: (bytes: Uint8Array, length: number) => Uint8Array): BlockPainter =>
    samplesPainter(name, page, (bytes) => image(now(bytes, rawBytes(page))));
  switch (page.compression) {
    case 1:
      return { ...wholePainter("uncompressed", image), isCheapInParts: !page.ycc && !window };
    case 5:
      return expand("lzw", lzwDecode);
    case 7:
      return jpegPainter(await codecs.jpeg(), page, facts.tables, facts.name);
    case 8:
    case 32946:
      return packedPainter(await codecs.inflate(), page, image);
    case 32773:
      return expand("packbits", unpackBits);
    case 33003:
    case 33004:
    case 33005:
    case 34712: {
      const isYcc = page.compression === 33003 || facts.isYcc === true;
      return jpeg2000Painter(await codecs.jpeg2000(), { streamOf: codestreamOf, isYcc: () => isYcc });
    }
    case 50000:
      return packedPainter(await codecs.zstd(), page, image);
    case 50001:
      return webpPainter(await codecs.webp(), page);
    default:
      return unsupported(page.compression, facts.name);
  }
}

function unsupported(compression: number, name: string): never {
  return raise("unsupported-codec", {
    expected: "blocks stored as JPEG, JPEG 2000, WebP, deflate, Zstandard, LZW, PackBits or uncompressed",
    received: `${compressionName(compression)} in ${name}`,
    remedy: "convert the slide, for example: vips tiffsave IN OUT.tif --tile --pyramid --compression jpeg --Q 90",
  });
}

/** A painter that decodes the whole block, whatever part is wanted. */
export function wholePainter(reader: string, decode: (bytes: Uint8Array) => DecodedImage): BlockPainter {
  return {
    reader,
    headroom: 0,
    isCheapInParts: false,
    paint: (buffer, crop, target) => copyPart(decode(buffer), crop, target),
    reduced: (by) => wholePainter(reader, (bytes) => averaged(decode(bytes), by)),
  };
}

/** The same of samples that were packed, which may be grey. */
function samplesPainter(reader: string, page: TiffPage, decode: (bytes: Uint8Array) => DecodedImage): BlockPainter {
  return { ...wholePainter(reader, decode), ...(page.samples === 1 ? { grey: decode } : {}) };
}

function packedPainter(unpacker: Unpacker, page: TiffPage, image: (bytes: Uint8Array) => DecodedImage): BlockPainter {
  const length = rawBytes(page);
  if ("now" in unpacker) return samplesPainter(unpacker.name, page, (bytes) => image(unpacker.now(bytes, length)));
  return { ...wholePainter(unpacker.name, image), unpack: (stored) => unpacker.later(stored, length) };
}

/** A last strip may be lower than the others; nothing else may differ from the size of a block. */
function webpPainter(decode: (bytes: Uint8Array) => Promise<DecodedImage>, page: TiffPage): BlockPainter {
  const { blockWidth: width, blockHeight } = page;
  return {
    ...wholePainter("libwebp (sharp)", (data) => ({ width, height: data.length / (3 * width), components: 3, data })),
    complete(stored) {
      const size = plainWebp(stored);
      return size?.width === width && size.height <= blockHeight ? { codec: "webp", bytes: stored.slice() } : null;
    },
    async unpack(stored) {
      const decoded = await decode(stored);
      if (decoded.width === width && decoded.height <= blockHeight) return decoded.data;
      throw new Error(`a WebP of ${decoded.width} x ${decoded.height} in a block of ${width} x ${blockHeight}`);
    },
  };
}
