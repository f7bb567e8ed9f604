/** The decoders of Node: native where a library is found, WebAssembly elsewhere. Each is loaded once a process, when first wanted. */
import { inflateSync } from "node:zlib";
import { chooseJpegCodec } from "./choose-jpeg.ts";
import { chooseJpeg2000 } from "./choose-jpeg2000.ts";
import type { Codecs, DecoderInfo, Jpeg2000Codec, JpegCodec } from "./codec.ts";
import { iccTable } from "./icc-table.ts";
import { decodeImage } from "./plain-image.ts";
import { decodeWebp } from "./webp.ts";
import { zstdUnpacker } from "./zstd.ts";

let jpeg: Promise<JpegCodec> | undefined;
let jpeg2000: Promise<Jpeg2000Codec> | undefined;

export const nodeCodecs: Codecs = {
  jpeg() {
    jpeg ??= chooseJpegCodec();
    return jpeg;
  },
  jpeg2000() {
    jpeg2000 ??= chooseJpeg2000();
    return jpeg2000;
  },
  inflate: async () => ({ name: "zlib", now: inflate }),
  zstd: async () => zstdUnpacker,
  webp: async () => decodeWebp,
  icc: async () => iccTable,
  image: async () => decodeImage,
};

/** @throws Error for a stream that is broken, or longer than `length` when it is unpacked */
function inflate(bytes: Uint8Array, length: number): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: length });
  } catch (error) {
    // Node says the latter as a programmer's mistake; here it is the file's
    if (error instanceof RangeError) throw new Error(`a deflate stream of more than ${length} bytes`, { cause: error });
    throw error;
  }
}

/** Which JPEG decoder serves this process, as `nacre doctor` shows it. NACRE_CODEC=wasm in the environment forces the fallback. */
export async function decoderReport(): Promise<DecoderInfo> {
  return (await nodeCodecs.jpeg()).info;
}

/** Which JPEG 2000 decoder serves this process. NACRE_CODEC=wasm forces the fallback here too. */
export async function jpeg2000Report(): Promise<DecoderInfo> {
  return (await nodeCodecs.jpeg2000()).info;
}
