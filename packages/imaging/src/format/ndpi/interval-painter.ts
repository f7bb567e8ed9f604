/** Restart intervals as JPEG streams of their own: the strip's head with another size, the intervals, an end. */
import type { JpegCodec } from "../../codec/codec.ts";
import { jpegFrame } from "../../codec/jpeg-stream.ts";
import type { BlockPainter } from "../../slide/block-level.ts";
import { decoderName } from "../jpeg-painter.ts";
import { findMarkers, type StripHeader } from "./strip-header.ts";

/** Bytes that writers leave behind the end of the image. */
const MOST_PADDING = 64;

/** `rows`: rows of units in a block; the last block may hold fewer, which its markers tell. */
export function intervalPainter(
  codec: JpegCodec,
  header: StripHeader,
  { width, rows }: { readonly width: number; readonly rows: number },
): BlockPainter {
  const { length, sizeAt } = header;
  /** Makes of a buffer with room for the head a whole stream of its first `wanted` rows of units. */
  const complete = (buffer: Uint8Array, wanted: number): Uint8Array => {
    const end = endOf(buffer, length);
    // the markers between its rows, the last of which ends it
    const markers = rows === 1 ? [] : [...findMarkers(buffer.subarray(length, end - 2))];
    if (markers.length >= rows)
      throw new Error(`${markers.length + 1} restart intervals where at most ${rows} are stored`);
    const inner = markers[wanted - 1];
    const stream = buffer.subarray(0, inner === undefined ? end : length + inner + 2);
    const n = inner === undefined ? markers.length + 1 : wanted;
    stream[stream.length - 1] = 0xd9;
    stream.set(header.bytes);
    const height = n * header.mcuHeight;
    for (const [i, value] of [height >> 8, height & 255, width >> 8, width & 255].entries()) stream[sizeAt + i] = value;
    return stream;
  };
  return {
    reader: decoderName(codec),
    headroom: length,
    isCheapInParts: codec.info.native,
    paint(buffer, crop, target) {
      // a decoder that stops in the middle of a stream trips over the next restart marker
      const stream = complete(buffer, Math.ceil((crop.y + crop.height) / header.mcuHeight));
      codec.decode(stream, jpegFrame(stream), crop, target);
    },
    complete(bytes) {
      const buffer = new Uint8Array(length + bytes.length);
      buffer.set(bytes, length);
      return { codec: "jpeg", bytes: complete(buffer, rows) };
    },
  };
}

/** Behind the marker that ends the last interval: the next restart, or the end of the image. @throws Error where there is none */
function endOf(buffer: Uint8Array, from: number): number {
  for (let end = buffer.length; end >= from + 2 && end > buffer.length - MOST_PADDING; end--) {
    const marker = buffer[end - 1] as number;
    if (buffer[end - 2] === 0xff && ((marker & 0xf8) === 0xd0 || marker === 0xd9)) return end;
  }
  throw new Error("a restart interval that no marker ends");
}
