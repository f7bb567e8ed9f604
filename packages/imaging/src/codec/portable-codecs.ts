/** The decoders that run anywhere WebAssembly does, for the browser. What needs more raises `unsupported-codec`. */
import { raise } from "@nacre/core";
import type { Codecs, Jpeg2000Codec, JpegCodec } from "./codec.ts";
import { streamInflate } from "./stream-inflate.ts";
import { zstdUnpacker } from "./zstd.ts";

let jpeg: Promise<JpegCodec> | undefined;
let jpeg2000: Promise<Jpeg2000Codec> | undefined;

export const portableCodecs: Codecs = {
  jpeg() {
    jpeg ??= import("./jpeg-wasm.ts").then((module) => module.openJpegWasm());
    return jpeg;
  },
  jpeg2000() {
    jpeg2000 ??= import("./jpeg2000.ts").then((module) => module.openJpeg2000());
    return jpeg2000;
  },
  inflate: async () => ({ name: "zlib of the browser", later: streamInflate }),
  zstd: async () => zstdUnpacker,
  webp: async () => absent("WebP blocks"),
  icc: async () => absent("an ICC profile to be applied"),
  image: async () => absent("plain images"),
};

function absent(what: string): never {
  return raise("unsupported-codec", {
    expected: "JPEG, JPEG 2000, deflate, Zstandard, LZW, PackBits or uncompressed blocks",
    received: what,
    remedy: "open the slide in Node",
  });
}
