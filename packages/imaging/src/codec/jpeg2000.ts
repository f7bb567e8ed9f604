/**
 * JPEG 2000 through OpenJPEG compiled to WebAssembly. It gives interleaved components and reads every component at the
 * size of the image, so a stream with reduced chroma must be refused before it is decoded.
 */
import factory from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import type { WholeImageCodec } from "./codec.ts";

/** An image beyond this many pixels is not a block of a slide. */
const MAX_BLOCK_PIXELS = 2 ** 26;

export async function openJpeg2000(): Promise<WholeImageCodec> {
  const module = await factory({ print() {}, printErr() {} });
  const decoder = new module.J2KDecoder();
  return (bytes) => {
    checkCodestream(bytes);
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    try {
      decoder.decode();
    } catch (cause) {
      throw new Error("the decoder found the JPEG 2000 stream broken", { cause });
    }
    const { width, height, componentCount } = decoder.getFrameInfo();
    return { width, height, components: componentCount, data: decoder.getDecodedBuffer() };
  };
}

/** Reads the SIZ segment (ISO/IEC 15444-1, A.5.1). @throws Error when it is absent, not 8 bits, or its components differ in size */
export function checkCodestream(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 42 || view.getUint32(0) !== 0xff4fff51) throw new Error("no JPEG 2000 codestream");
  const width = view.getUint32(8) - view.getUint32(16);
  const height = view.getUint32(12) - view.getUint32(20);
  if (!(width > 0 && height > 0 && width * height <= MAX_BLOCK_PIXELS))
    throw new Error(`an image of ${width} x ${height}`);
  const components = view.getUint16(40);
  if (components < 1 || components > 4 || bytes.length < 42 + components * 3) {
    throw new Error(`a JPEG 2000 stream of ${components} components`);
  }
  for (let c = 0; c < components; c++) {
    const [depth, dx, dy] = [bytes[42 + c * 3], bytes[43 + c * 3], bytes[44 + c * 3]];
    if (depth !== 7) throw new Error("JPEG 2000 samples that are not 8 bits");
    if (dx !== 1 || dy !== 1) throw new Error(`JPEG 2000 with chroma reduced ${dx} x ${dy}`);
  }
}
