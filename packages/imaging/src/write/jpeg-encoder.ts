/**
 * JPEG streams for the blocks of a slide that is written: libjpeg-turbo through koffi (0.15 ms for 256 x 256 px), else
 * sharp. Both use the standard Huffman tables and give YCbCr; their bytes differ by a little, so a slide is the same file
 * only under the same encoder.
 */
import { raise } from "@nacre/core";
import koffi from "koffi";
import sharp from "sharp";
import { decoderReport } from "../codec/node-codecs.ts";

export interface JpegEncoder {
  readonly name: "libjpeg-turbo" | "sharp";
  /** RGB [height, width, 3] → a complete baseline JPEG stream. */
  encode(rgb: Uint8Array, width: number, height: number): Uint8Array | Promise<Uint8Array>;
  close(): void;
}

/** How many pixels share a chroma sample: none, two beside each other, two by two, two above each other. */
export type Sampling = "4:4:4" | "4:2:2" | "4:2:0" | "4:4:0";

/**
 * The library that decodes here also encodes; sharp does where the decoder is WebAssembly. Quality 1..100.
 * @throws FailureError `unsupported-codec` for a sampling that sharp has not
 */
export async function openJpegEncoder(quality: number, sampling: Sampling = "4:2:0"): Promise<JpegEncoder> {
  const decoder = await decoderReport();
  const isNative = decoder.native && process.env.NACRE_CODEC !== "wasm";
  return isNative ? openTurboEncoder(decoder.detail, quality, sampling) : sharpEncoder(quality, sampling);
}

function sharpEncoder(quality: number, sampling: Sampling): JpegEncoder {
  if (sampling !== "4:4:4" && sampling !== "4:2:0") {
    raise("unsupported-codec", {
      expected: "chroma of 4:4:4 or 4:2:0, which sharp can write",
      received: sampling,
      remedy: "use a machine with libjpeg-turbo (see nacre doctor)",
    });
  }
  return {
    name: "sharp",
    async encode(rgb, width, height) {
      const options = { quality, chromaSubsampling: sampling, optimiseCoding: false };
      return sharp(rgb, { raw: { width, height, channels: 3 } })
        .jpeg(options)
        .toBuffer();
    },
    close() {},
  };
}

const COMPRESS = 0; // TJINIT_COMPRESS
const QUALITY = 3; // TJPARAM_QUALITY
const SUBSAMPLING = 4; // TJPARAM_SUBSAMP
/** TJSAMP. */
const CHROMA: Readonly<Record<Sampling, number>> = { "4:4:4": 0, "4:2:2": 1, "4:2:0": 2, "4:4:0": 4 };
const RGB = 0; // TJPF_RGB

/** A wrong signature here crashes the process: every buffer is checked before the call. */
function openTurboEncoder(path: string, quality: number, sampling: Sampling): JpegEncoder {
  const library = koffi.load(path);
  const init = library.func("tj3Init", "void*", ["int"]);
  const set = library.func("tj3Set", "int", ["void*", "int", "int"]);
  const compress = library.func("tj3Compress8", "int", [
    "void*",
    "const uint8_t*",
    "int",
    "int",
    "int",
    "int",
    "_Inout_ void**",
    "_Inout_ size_t*",
  ]);
  const errorText = library.func("tj3GetErrorStr", "const char*", ["void*"]);
  const free = library.func("tj3Free", "void", ["void*"]);
  const destroy = library.func("tj3Destroy", "void", ["void*"]);
  const handle: unknown = init(COMPRESS);
  if (!handle) throw new Error("tj3Init gave no handle");
  if (set(handle, QUALITY, quality) || set(handle, SUBSAMPLING, CHROMA[sampling])) throw new Error(errorText(handle));
  // The library owns this buffer and grows it; it is used again for every block.
  const buffer: [unknown] = [null];
  const size: [number | bigint] = [0];
  return {
    name: "libjpeg-turbo",
    encode(rgb, width, height) {
      if (rgb.length < width * height * 3) {
        throw new RangeError(`expected ${width * height * 3} bytes of pixels, received ${rgb.length}`);
      }
      if (compress(handle, rgb, width, width * 3, height, RGB, buffer, size)) throw new Error(errorText(handle));
      return new Uint8Array(koffi.view(buffer[0], Number(size[0]))).slice();
    },
    close() {
      if (buffer[0]) free(buffer[0]);
      destroy(handle);
    },
  };
}
