/**
 * libjpeg-turbo compiled to WebAssembly: the decoder of the browser, and of machines without a native library.
 * It decodes whole blocks; the pixels are those of the native decoder.
 */
import factory from "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
import type { JpegCodec, JpegFrame, Target } from "./codec.ts";
import { copyPart } from "./copy-part.ts";

/** A frame beyond this many pixels is not a block of a slide. */
const MAX_BLOCK_PIXELS = 2 ** 26;

export async function openJpegWasm(): Promise<JpegCodec> {
  const module = await factory({ print() {}, printErr() {} });
  const decoder = new module.JPEGDecoder();
  const info = { name: "libjpeg-turbo", native: false, version: "3.1", detail: "WebAssembly" };
  const decode = (stream: Uint8Array, frame: JpegFrame, crop: Parameters<JpegCodec["decode"]>[2], target: Target) => {
    if (frame.width * frame.height > MAX_BLOCK_PIXELS) throw new Error(`a JPEG of ${frame.width} x ${frame.height}`);
    decoder.getEncodedBuffer(stream.length).set(stream);
    try {
      decoder.decode();
    } catch (cause) {
      // the module throws the address of its own exception, which says nothing
      throw new Error("the decoder found the JPEG stream broken", { cause });
    }
    const { width, height } = decoder.getFrameInfo();
    copyPart({ width, height, components: 3, data: decoder.getDecodedBuffer() }, crop, target);
  };
  return { info, decode };
}
