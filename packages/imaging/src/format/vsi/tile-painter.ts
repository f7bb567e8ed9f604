/** How the tiles of an ETS file become pixels. */
import { raise } from "@nacre/core";
import type { Codecs, DecodedImage } from "../../codec/codec.ts";
import type { BlockPainter } from "../../slide/block-level.ts";
import { wholePainter } from "../block-painter.ts";
import { jpeg2000Painter } from "../jpeg2000-painter.ts";
import type { Window } from "../raw-samples.ts";
import { wholeJpegPainter } from "../whole-jpeg-painter.ts";
import { narrowWords, windowTable } from "../word-samples.ts";
import type { EtsShape } from "./ets.ts";

const COMPRESSION = { none: 0, jpeg: 2, jpeg2000: 3 } as const;
const REFUSED: Readonly<Record<number, string>> = { 5: "lossless JPEG", 8: "PNG", 9: "BMP" };
const BYTES = 2;
const WORDS = 4;
const BGR = 4;

/** Throws `unsupported-codec`, by name, for what is not read. */
export function checkShape({ componentType, components, compression }: EtsShape, name: string): void {
  const isKnown = Object.values(COMPRESSION).includes(compression as 0);
  const isGrey = components === 1;
  const isRead =
    (componentType === BYTES && (isGrey || components === 3)) ||
    (componentType === WORDS && isGrey && compression === 0);
  if (isKnown && isRead) return;
  const stored = isKnown ? `compression ${compression}` : (REFUSED[compression] ?? `compression ${compression}`);
  raise("unsupported-codec", {
    expected: "8-bit RGB or grey tiles, plain or as JPEG or JPEG 2000, or plain grey of 16 bits",
    received: `${components} components of type ${componentType} as ${stored} in ${name}`,
    remedy: "export it as OME-TIFF in the scanner's software",
  });
}

export async function openTilePainter(shape: EtsShape, codecs: Codecs, window?: Window): Promise<BlockPainter> {
  if (shape.compression === COMPRESSION.jpeg) return wholeJpegPainter(await codecs.jpeg());
  if (shape.compression === COMPRESSION.jpeg2000) {
    const { complete: _, ...painter } = jpeg2000Painter(await codecs.jpeg2000(), {
      streamOf: (stored) => stored,
      isYcc: () => false,
    });
    return painter;
  }
  const table = shape.componentType === WORDS ? windowTable(16, window ?? [0, 0xffff]) : null;
  return wholePainter("uncompressed", (bytes) => plainTile(shape, table, bytes));
}

function plainTile(shape: EtsShape, table: Uint8Array | null, bytes: Uint8Array): DecodedImage {
  const { tileWidth: width, tileHeight: height, components } = shape;
  const n = width * height * components;
  const image = { width, height, components };
  if (table) return { ...image, data: narrowWords(bytes, n, table) };
  if (bytes.length < n) throw new Error(`${bytes.length} of ${n} bytes`);
  if (components !== 3 || shape.colourSpace !== BGR) return { ...image, data: bytes.subarray(0, n) };
  return { ...image, data: bytes.subarray(0, n).map((_, i) => bytes[i + 2 - 2 * (i % 3)] as number) };
}
