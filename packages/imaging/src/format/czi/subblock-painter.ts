/**
 * How the bytes of a subblock become pixels: plain, Zstandard with and without a head of its own ("zstd0", "zstd1"), JPEG. Samples stand in the
 * order blue, green, red. JPEG XR has no decoder here and is refused by name.
 */
import { raise } from "@nacre/core";
import type { Codecs, DecodedImage } from "../../codec/codec.ts";
import type { BlockPainter } from "../../slide/block-level.ts";
import { wholePainter } from "../block-painter.ts";
import type { Window } from "../raw-samples.ts";
import { wholeJpegPainter } from "../whole-jpeg-painter.ts";
import { narrowWords, windowTable } from "../word-samples.ts";
import type { Subblock } from "./segments.ts";

export const COMPRESSION = { none: 0, jpeg: 1, zstd0: 5, zstd1: 6 } as const;
const REFUSED: Readonly<Record<number, string>> = { 2: "LZW", 4: "JPEG XR" };

interface PixelType {
  readonly name: string;
  readonly samples: number;
  readonly bytes: 1 | 2;
}

const PIXELS: Readonly<Record<number, PixelType>> = {
  0: { name: "Gray8", samples: 1, bytes: 1 },
  1: { name: "Gray16", samples: 1, bytes: 2 },
  3: { name: "Bgr24", samples: 3, bytes: 1 },
  4: { name: "Bgr48", samples: 3, bytes: 2 },
  9: { name: "Bgra32", samples: 4, bytes: 1 },
};
const REFUSED_PIXELS: Readonly<Record<number, string>> = {
  2: "Gray32Float",
  8: "Bgr96Float",
  10: "Gray64ComplexFloat",
  11: "Bgr192ComplexFloat",
  12: "Gray32",
  13: "Gray64Float",
};

export interface SubblockShape {
  readonly pixelType: number;
  readonly compression: number;
  readonly width: number;
  readonly height: number;
}

/** Throws `unsupported-codec`, by name, for what is not read. */
export function checkShape({ pixelType, compression }: SubblockShape, name: string): void {
  const pixels = PIXELS[pixelType]?.name;
  const isKnown = Object.values(COMPRESSION).includes(compression as 0);
  const isJpegOfBytes = compression !== COMPRESSION.jpeg || PIXELS[pixelType]?.bytes === 1;
  if (pixels && isKnown && isJpegOfBytes) return;
  const stored = isKnown ? `compression ${compression}` : (REFUSED[compression] ?? `compression ${compression}`);
  raise("unsupported-codec", {
    expected: "Gray8, Gray16, Bgr24, Bgr48 or Bgra32, plain or as Zstandard or JPEG",
    received: `${pixels ?? REFUSED_PIXELS[pixelType] ?? `pixel type ${pixelType}`} as ${stored} in ${name}`,
    remedy: "save it in ZEN without compression or with Zstandard, or export it as OME-TIFF",
  });
}

/** Bytes of the samples of a subblock, unpacked; none where its pixel type is not read. */
export function storedBytes({ pixelType, x, y }: Pick<Subblock, "pixelType" | "x" | "y">): number {
  const pixels = PIXELS[pixelType];
  return pixels ? x.stored * y.stored * pixels.samples * pixels.bytes : 0;
}

/** `window`: what 16-bit samples are put through; 8-bit ones only where it was asked for. */
export async function openSubblockPainter(
  shape: SubblockShape,
  codecs: Codecs,
  windows: { readonly words: Window; readonly bytes: Window | null },
): Promise<BlockPainter> {
  const pixels = PIXELS[shape.pixelType] as PixelType;
  const { width, height } = shape;
  const length = width * height * pixels.samples * pixels.bytes;
  const table =
    pixels.bytes === 2
      ? windowTable(16, windows.words)
      : windows.bytes && pixels.samples === 1
        ? windowTable(8, windows.bytes)
        : null;
  const image = (bytes: Uint8Array): DecodedImage => {
    if (bytes.length < length) throw new Error(`${bytes.length} of ${length} bytes`);
    return { width, height, components: pixels.samples, data: asRgb(bytes.subarray(0, length), pixels, table) };
  };
  if (shape.compression === COMPRESSION.jpeg) return wholeJpegPainter(await codecs.jpeg());
  if (shape.compression === COMPRESSION.none) return wholePainter("uncompressed", image);
  const zstd = await codecs.zstd();
  const open =
    shape.compression === COMPRESSION.zstd1 ? openZstd1 : (bytes: Uint8Array) => ({ bytes, isPacked: false });
  const finish = (bytes: Uint8Array, isPacked: boolean): Uint8Array => (isPacked ? joinHalves(bytes) : bytes);
  if ("now" in zstd) {
    return wholePainter(zstd.name, (stored) => {
      const { bytes, isPacked } = open(stored);
      return image(finish(zstd.now(bytes, length), isPacked));
    });
  }
  return {
    ...wholePainter(zstd.name, image),
    async unpack(stored) {
      const { bytes, isPacked } = open(stored);
      return finish(await zstd.later(bytes, length), isPacked);
    },
  };
}

/** The head of zstd1: its own length, 1 or 3; in the longer, part 1 says in its lowest bit whether halves of words stand apart. */
function openZstd1(stored: Uint8Array): { bytes: Uint8Array; isPacked: boolean } {
  const head = stored[0];
  if (head === 1) return { bytes: stored.subarray(1), isPacked: false };
  if (head === 3 && stored[1] === 1) return { bytes: stored.subarray(3), isPacked: ((stored[2] ?? 0) & 1) === 1 };
  throw new Error(`a Zstandard subblock with a head of ${head} bytes`);
}

/** All low bytes, then all high bytes: words again. */
function joinHalves(bytes: Uint8Array): Uint8Array {
  const n = Math.floor(bytes.length / 2);
  const out = new Uint8Array(n * 2);
  for (let i = 0; i < n; i++) {
    out[i * 2] = bytes[i] as number;
    out[i * 2 + 1] = bytes[n + i] as number;
  }
  return out;
}

function asRgb(bytes: Uint8Array, { samples, bytes: each }: PixelType, table: Uint8Array | null): Uint8Array {
  const values =
    each === 2 && table
      ? narrowWords(bytes, bytes.length / 2, table)
      : table
        ? bytes.map((value) => table[value] as number)
        : bytes;
  if (samples === 1) return values;
  const data = values === bytes ? bytes.slice() : values;
  for (let i = 0; i < data.length; i += samples) {
    const blue = data[i] as number;
    data[i] = data[i + 2] as number;
    data[i + 2] = blue;
  }
  return data;
}
