/** The decoders of Node: native where a library is found, WebAssembly elsewhere. Each is loaded once a process, when first wanted. */
import { inflateSync } from "node:zlib";
import { chooseJpegCodec } from "./choose-jpeg.ts";
import type { Codecs, DecoderInfo, JpegCodec, WholeImageCodec } from "./codec.ts";
import { iccTable } from "./icc-table.ts";
import { openJpeg2000 } from "./jpeg2000.ts";
import { decodeImage } from "./plain-image.ts";
import { decodeWebp } from "./webp.ts";
import { zstdUnpacker } from "./zstd.ts";

let jpeg: Promise<JpegCodec> | undefined;
let jpeg2000: Promise<WholeImageCodec> | undefined;

export const nodeCodecs: Codecs = {
  jpeg() {
    jpeg ??= chooseJpegCodec();
    return jpeg;
  },
  jpeg2000() {
    jpeg2000 ??= openJpeg2000();
    return jpeg2000;
  },
  inflate: async () => ({ name: "zlib", now: (bytes, length) => inflateSync(bytes, { maxOutputLength: length }) }),
  zstd: async () => zstdUnpacker,
  webp: async () => decodeWebp,
  icc: async () => iccTable,
  image: async () => decodeImage,
};

/** Which JPEG decoder serves this process, as `nacre doctor` shows it. NACRE_CODEC=wasm in the environment forces the fallback. */
export async function decoderReport(): Promise<DecoderInfo> {
  return (await nodeCodecs.jpeg()).info;
}
