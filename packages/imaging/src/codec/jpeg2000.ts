/**
 * JPEG 2000 through OpenJPEG compiled to WebAssembly. It gives interleaved components and reads every component at the
 * size of the image, so a stream with reduced chroma must be refused before it is decoded.
 */
import factory from "@cornerstonejs/codec-openjpeg/decodewasmjs";
import type { DecodedImage, Jpeg2000Codec, Reduction, WholeImageCodec } from "./codec.ts";

/** An image beyond this many pixels is not a block of a slide. */
const MAX_BLOCK_PIXELS = 2 ** 26;
const CODESTREAM = 0xff4fff51;
const CODING_STYLE = 0xff52;
const FIRST_TILE = 0xff90;

/** Decodes codestreams, and JP2 files down to the codestream in them: what the boxes say about colour is not applied. */
export async function openJpeg2000(): Promise<Jpeg2000Codec> {
  let problem = "";
  const note = (line: string): void => {
    if (problem === "" && line.includes("[ERROR]")) problem = line;
  };
  const module = await factory({ print: note, printErr: note });
  const decoder = new module.J2KDecoder();
  const decodeAt = (bytes: Uint8Array, by: Reduction | 1): DecodedImage => {
    const stream = codestreamOf(bytes);
    checkCodestream(stream);
    checkTiles(stream);
    problem = "";
    decoder.getEncodedBuffer(stream.length).set(stream);
    try {
      decoder.decodeSubResolution(Math.log2(by), EVERY_LAYER);
    } catch (cause) {
      throw new Error("the decoder found the JPEG 2000 stream broken", { cause });
    }
    // it prints what is wrong, returns, and still holds the pixels of the block before
    if (problem !== "") throw new Error(`the decoder found the JPEG 2000 stream broken: ${problem}`);
    const { width, height, componentCount: components } = decoder.getFrameInfo();
    return {
      ...{ width: Math.ceil(width / by), height: Math.ceil(height / by), components },
      data: decoder.getDecodedBuffer(),
    };
  };
  const decode: WholeImageCodec = (bytes) => decodeAt(bytes, 1);
  return Object.assign(decode, { info: WASM, reduced: decodeAt });
}

const EVERY_LAYER = 0;

const WASM = {
  name: "openjpeg (WebAssembly)",
  native: false,
  version: "2.5",
  detail: "@cornerstonejs/codec-openjpeg",
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The codestream itself: the bytes as they are, or the first jp2c box of a JP2 file (ISO/IEC 15444-1, annex I). */
export function codestreamOf(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  if (bytes.length < 12 || view.getUint32(0) === CODESTREAM) return bytes;
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = view.getUint32(at);
    const isCodestream = view.getUint32(at + 4) === 0x6a703263; // "jp2c"
    const header = size === 1 ? 16 : 8;
    const length =
      size === 0 ? bytes.length - at : size === 1 && at + 16 <= bytes.length ? view.getUint32(at + 12) : size;
    if (length < header || at + length > bytes.length) break;
    if (isCodestream) return bytes.subarray(at + header, at + length);
    at += length;
  }
  return bytes;
}

/** Whether the wavelet loses (the 9/7 filter of A.6.1); false where the stream does not say. */
export function isLossyCodestream(bytes: Uint8Array): boolean {
  const stream = codestreamOf(bytes);
  const view = viewOf(stream);
  for (let at = 2; at + 14 <= stream.length; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === CODING_STYLE) return view.getUint8(at + 13) === 0;
    if (marker === FIRST_TILE) return false;
  }
  return false;
}

/** Counts the tiles by their headers (A.4.2): the decoder gives black for one that is absent. @throws Error when one is */
function checkTiles(stream: Uint8Array): void {
  const view = viewOf(stream);
  const along = (size: number, tile: number, offset: number): number =>
    Math.ceil((view.getUint32(size) - view.getUint32(offset)) / view.getUint32(tile));
  const expected = along(8, 24, 32) * along(12, 28, 36);
  const seen = new Set<number>();
  for (let at = 2; at + 12 <= stream.length; ) {
    const isTile = view.getUint16(at) === FIRST_TILE;
    if (isTile) seen.add(view.getUint16(at + 4));
    const length = isTile ? view.getUint32(at + 6) : 2 + view.getUint16(at + 2);
    // 0: this tile goes on to the end
    if (length < 4) break;
    at += length;
  }
  if (!(seen.size >= expected)) throw new Error(`a JPEG 2000 stream of ${seen.size} tiles where ${expected} belong`);
}

/** Reads the SIZ segment (ISO/IEC 15444-1, A.5.1). @throws Error when it is absent, not 8 bits, or its components differ in size */
export function checkCodestream(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  if (bytes.length < 42 || view.getUint32(0) !== CODESTREAM) throw new Error("no JPEG 2000 codestream");
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
