/** Blocks that are complete JPEG streams, whose own markers say their colours. */
import type { JpegCodec } from "../codec/codec.ts";
import { jpegFrame } from "../codec/jpeg-stream.ts";
import type { BlockPainter } from "../slide/block-level.ts";
import { colourOf } from "./jpeg-colour.ts";
import { reducible } from "./jpeg-painter.ts";

/** How a JPEG decoder names itself as the reader of a slide. */
export const readerName = ({ info: { name, version, native } }: JpegCodec): string =>
  native ? `${name} ${version}` : `${name} (WebAssembly)`;

export function wholeJpegPainter(codec: JpegCodec): BlockPainter {
  return {
    reader: readerName(codec),
    headroom: 0,
    isCheapInParts: codec.info.native,
    paint: (stream, crop, target) => codec.decode(stream, jpegFrame(stream), crop, target),
    ...reducible(codec, wholeJpegPainter),
    complete: (bytes) =>
      jpegFrame(bytes).components === 1 || colourOf(bytes) !== null ? { codec: "jpeg", bytes: bytes.slice() } : null,
  };
}
