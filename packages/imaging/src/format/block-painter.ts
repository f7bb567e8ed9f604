/**
 * How the stored bytes of a block become pixels: one painter a level, chosen by the compression. All painters are
 * synchronous; their decoders were loaded when the slide was opened.
 */
import { raise } from "@nacre/core";
import type { Codecs, DecodedImage } from "../codec/codec.ts";
import { copyPart } from "../codec/copy-part.ts";
import { lzwDecode } from "../codec/lzw.ts";
import type { BlockPainter } from "../slide/block-level.ts";
import { jpegPainter } from "./jpeg-painter.ts";
import type { TiffPage } from "./tiff-page.ts";
import { compressionName } from "./tiff-tags.ts";

/** The painter for the blocks of a page. @throws FailureError `unsupported-codec`, by name */
export async function openPainter(
  page: TiffPage,
  tables: Uint8Array | null,
  codecs: Codecs,
  name: string,
): Promise<BlockPainter> {
  switch (page.compression) {
    case 1:
      return wholePainter("uncompressed", true, (bytes) => rawImage(page, bytes));
    case 5:
      return wholePainter("lzw", false, (bytes) => rawImage(page, lzwDecode(bytes, rawBytes(page))));
    case 7:
      return jpegPainter(await codecs.jpeg(), page, tables, name);
    case 8:
    case 32946: {
      const inflate = await codecs.inflate();
      return wholePainter("deflate", false, (bytes) => rawImage(page, inflate(bytes, rawBytes(page))));
    }
    case 33003:
    case 33005: {
      const decode = await codecs.jpeg2000();
      const isYcc = page.compression === 33003;
      return wholePainter("openjpeg (WebAssembly)", false, (bytes) =>
        isYcc ? yccToRgb(decode(bytes)) : decode(bytes),
      );
    }
    default:
      return unsupported(page.compression, name);
  }
}

function unsupported(compression: number, name: string): never {
  return raise("unsupported-codec", {
    expected: "blocks stored as JPEG, JPEG 2000 (Aperio), deflate, LZW or uncompressed",
    received: `${compressionName(compression)} in ${name}`,
    remedy: "convert the slide, for example: vips tiffsave IN OUT.tif --tile --pyramid --compression jpeg --Q 90",
  });
}

function wholePainter(
  reader: string,
  isCheapInParts: boolean,
  decode: (bytes: Uint8Array) => DecodedImage,
): BlockPainter {
  return {
    reader,
    headroom: 0,
    isCheapInParts,
    paint: (buffer, crop, target) => copyPart(decode(buffer), crop, target),
  };
}

const rawBytes = (page: TiffPage): number => page.blockWidth * page.blockHeight * page.samples;

/** Plain samples as an image. The last strip may be lower than the others; grey that counts down is turned round. */
function rawImage(page: TiffPage, bytes: Uint8Array): DecodedImage {
  const { blockWidth: width, samples } = page;
  const height = Math.floor(bytes.length / (width * samples));
  const image = { width, height, components: samples, data: bytes };
  if (page.predictor !== 2 && page.photometric !== 0) return image;
  const data = bytes.slice();
  if (page.predictor === 2) undoDifferences(data, width * samples, samples);
  if (page.photometric === 0) for (let i = 0; i < data.length; i += samples) data[i] = 255 - (data[i] as number);
  return { ...image, data };
}

/** TIFF 6.0 section 14: each sample was stored as the difference to the same sample of the pixel before. */
function undoDifferences(data: Uint8Array, rowBytes: number, samples: number): void {
  for (let row = 0; row + rowBytes <= data.length; row += rowBytes) {
    for (let i = row + samples; i < row + rowBytes; i++) {
      data[i] = ((data[i] as number) + (data[i - samples] as number)) & 255;
    }
  }
}

/** Full-range BT.601 as in JFIF, for Aperio's JPEG 2000 without component transform. */
function yccToRgb(image: DecodedImage): DecodedImage {
  if (image.components !== 3) return image;
  const data = new Uint8ClampedArray(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const y = image.data[i] as number;
    const cb = (image.data[i + 1] as number) - 128;
    const cr = (image.data[i + 2] as number) - 128;
    data[i] = y + 1.402 * cr;
    data[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    data[i + 2] = y + 1.772 * cb;
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}
