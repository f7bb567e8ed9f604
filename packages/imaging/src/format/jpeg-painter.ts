/** Blocks that are JPEG streams without their tables (TIFF Technical Note 2). */
import { averaged } from "../codec/averaged.ts";
import type { JpegCodec, Reduction } from "../codec/codec.ts";
import { copyPart } from "../codec/copy-part.ts";
import { isOnlyTables, jpegFrame, jpegHead } from "../codec/jpeg-stream.ts";
import type { BlockPainter } from "../slide/block-level.ts";
import { hostile } from "./tiff-directory.ts";
import type { TiffPage } from "./tiff-page.ts";

/** The decoder as SlideInfo.reader names it. */
export const decoderName = ({ info }: JpegCodec): string =>
  info.native ? `${info.name} ${info.version}` : `${info.name} (WebAssembly)`;

/** What a painter of JPEG says of smaller pictures: it can where its decoder can. */
export function reducible(
  codec: JpegCodec,
  painterOf: (smaller: JpegCodec) => BlockPainter,
): Pick<BlockPainter, "reduced"> {
  const { reduced } = codec;
  if (!reduced) return {};
  return { reduced: (by) => ({ ...painterOf(elseAveraged(reduced(by), codec, by)), isCheapInParts: false }) };
}

/** Streams that only the exact decoder copes with, such as those of fewer rows than their header says, are averaged. */
function elseAveraged(small: JpegCodec, codec: JpegCodec, by: Reduction): JpegCodec {
  return {
    info: codec.info,
    decode(stream, frame, crop, target) {
      try {
        small.decode(stream, frame, crop, target);
      } catch {
        const [width, height] = [crop.width * by, crop.height * by];
        const data = new Uint8Array(width * height * 3);
        const place = { x: crop.x * by, y: crop.y * by, width, height };
        codec.decode(stream, frame, place, { data, offset: 0, pitch: width * 3 });
        copyPart(averaged({ width, height, components: 3, data }, by), { ...crop, x: 0, y: 0 }, target);
      }
    },
  };
}

/**
 * The head of the level is written over the SOI of each block, so that no stream is ever joined by copying.
 * `tables` is the JPEGTables field, or null where every block carries its own.
 * @throws FailureError `hostile-file` when the tables hold more than tables
 */
export function jpegPainter(codec: JpegCodec, page: TiffPage, tables: Uint8Array | null, name: string): BlockPainter {
  if (tables && !isOnlyTables(tables)) hostile(name, "JPEG tables and nothing else in the JPEGTables field");
  const head = jpegHead(tables, page.photometric);
  const soi = head.length - 2;
  return {
    reader: decoderName(codec),
    headroom: soi,
    isCheapInParts: codec.info.native,
    paint(buffer, crop, target) {
      if (buffer[soi] !== 0xff || buffer[soi + 1] !== 0xd8) throw new Error("a block that does not begin like a JPEG");
      buffer.set(head);
      codec.decode(buffer, jpegFrame(buffer, head.length), crop, target);
    },
    ...reducible(codec, (smaller) => jpegPainter(smaller, page, tables, name)),
    complete(bytes) {
      if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
      const whole = new Uint8Array(head.length + bytes.length - 2);
      whole.set(head);
      whole.set(bytes.subarray(2), head.length);
      return { codec: "jpeg", bytes: whole };
    },
  };
}
