/** Tiles of Deep Zoom: whole JPEG or PNG files, which must have the size that their place says. */
import { raise } from "@nacre/core";
import type { Codecs } from "../../codec/codec.ts";
import { jpegFrame } from "../../codec/jpeg-stream.ts";
import type { Raster } from "../../slide/slide.ts";
import { decoderName } from "../jpeg-painter.ts";
import { viewOf } from "../tiff-directory.ts";

/** @throws Error in the decoder's words when the tile is broken or of another size */
export type DecodeTile = (bytes: Uint8Array, width: number, height: number) => Promise<Raster>;

/** `format`: the ending of the names. @throws FailureError unsupported-format, unsupported-codec */
export async function openTileDecoder(
  format: string,
  codecs: Codecs,
  name: string,
): Promise<{ readonly reader: string; readonly decode: DecodeTile }> {
  if (/^jpe?g$/i.test(format)) return jpegDecoder(codecs);
  if (/^png$/i.test(format)) return pngDecoder(codecs);
  return raise("unsupported-format", {
    expected: "tiles as jpg, jpeg or png",
    received: `${JSON.stringify(format)} in ${name}`,
    remedy: "write the tiles again as JPEG or PNG",
  });
}

async function jpegDecoder(codecs: Codecs): Promise<{ readonly reader: string; readonly decode: DecodeTile }> {
  const codec = await codecs.jpeg();
  return {
    reader: decoderName(codec),
    async decode(bytes, width, height) {
      if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new Error("a tile that does not begin like a JPEG");
      const frame = jpegFrame(bytes);
      expectSize(frame, width, height);
      const data = new Uint8Array(width * height * 3);
      // the decoder may touch the stream on its way, and what a source gave is not ours
      codec.decode(bytes.slice(), frame, { x: 0, y: 0, width, height }, { data, offset: 0, pitch: width * 3 });
      return { width, height, data };
    },
  };
}

async function pngDecoder(codecs: Codecs): Promise<{ readonly reader: string; readonly decode: DecodeTile }> {
  const decodeImage = await codecs.image();
  return {
    reader: "image (PNG)",
    async decode(bytes, width, height) {
      const view = viewOf(bytes);
      if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47)
        throw new Error("a tile that does not begin like a PNG");
      expectSize({ width: view.getUint32(16), height: view.getUint32(20) }, width, height);
      return decodeImage(bytes);
    },
  };
}

function expectSize(is: { readonly width: number; readonly height: number }, width: number, height: number): void {
  if (is.width === width && is.height === height) return;
  throw new Error(`a tile of ${is.width} x ${is.height} pixels where ${width} x ${height} belong`);
}
