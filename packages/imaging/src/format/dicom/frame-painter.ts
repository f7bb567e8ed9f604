/** How the stored bytes of a frame become pixels. Those of compressed frames begin with the header of an item. */
import type { Codecs, JpegCodec } from "../../codec/codec.ts";
import { jpegFrame, jpegHead } from "../../codec/jpeg-stream.ts";
import type { BlockPainter } from "../../slide/block-level.ts";
import { wholePainter } from "../block-painter.ts";
import { colourOf } from "../jpeg-colour.ts";
import { reducible } from "../jpeg-painter.ts";
import { jpeg2000Painter } from "../jpeg2000-painter.ts";
import type { Window } from "../raw-samples.ts";
import { readerName } from "../whole-jpeg-painter.ts";
import { windowTable } from "../word-samples.ts";
import { unwrapFrame } from "./frames.ts";
import type { Instance } from "./instance.ts";
import { nativeFrame, rleFrame } from "./native-frame.ts";

/** The painter of an instance's frames; decoders are loaded now. */
export async function openFramePainter(instance: Instance, codecs: Codecs, window?: Window): Promise<BlockPainter> {
  switch (instance.codec) {
    case "jpeg":
      return jpegPainter(await codecs.jpeg(), instance);
    case "jpeg2000":
      return jpeg2000Painter(await codecs.jpeg2000(), {
        streamOf: unwrapped,
        isYcc: (stream) => instance.photometric.startsWith("YBR") && !isTransformed(stream),
      });
    case "rle":
      return wholePainter("run lengths", (bytes) => rleFrame(instance, unwrapped(bytes)));
    default:
      return nativePainter(instance, window);
  }
}

/** 16-bit grey goes through the window that was asked for, else through the whole range of its bits. */
function nativePainter(instance: Instance, window?: Window): BlockPainter {
  const { allocated, stored } = instance;
  const table = allocated === 16 ? windowTable(16, window ?? [0, 2 ** stored - 1]) : null;
  const painter = wholePainter("uncompressed", (bytes) => nativeFrame(instance, table, bytes));
  return { ...painter, isCheapInParts: isPlain(instance) };
}

/** Whether the samples lie in the file as they are served. */
const isPlain = ({ allocated, isPlanar, photometric }: Instance): boolean =>
  allocated === 8 && !isPlanar && /^(RGB|MONOCHROME2)$/.test(photometric);

const unwrapped = (span: Uint8Array): Uint8Array => {
  const { bytes, at } = unwrapFrame(span, 0);
  return bytes.subarray(at);
};

/** SOI and an Adobe marker, 18 bytes: the header of the item (8) and the stream's own SOI (2) make room for 10 of them. */
const HEADS = { RGB: jpegHead(null, 2), YCbCr: jpegHead(null, 6) } as const;
const ROOM = HEADS.RGB.length - 2;

function jpegPainter(codec: JpegCodec, instance: Instance): BlockPainter {
  const headroom = ROOM - 8;
  return {
    reader: readerName(codec),
    headroom,
    isCheapInParts: codec.info.native,
    paint(buffer, crop, target) {
      const frame = unwrapFrame(buffer.subarray(headroom), ROOM);
      // a frame of one fragment is decoded where it lies
      const [bytes, soi] = frame.at === 8 ? [buffer, headroom + 8] : [frame.bytes, frame.at];
      checkStart(bytes, soi);
      const stream = bytes.subarray(soi);
      const isRgb = instance.photometric === "RGB" && jpegFrame(stream).components === 3 && colourOf(stream) === null;
      if (!isRgb) return codec.decode(stream, jpegFrame(stream), crop, target);
      bytes.set(HEADS.RGB, soi - ROOM);
      const marked = bytes.subarray(soi - ROOM);
      return codec.decode(marked, jpegFrame(marked), crop, target);
    },
    ...reducible(codec, (smaller) => jpegPainter(smaller, instance)),
    complete(span) {
      const stream = unwrapped(span);
      checkStart(stream, 0);
      const said = colourOf(stream);
      if (said === "YCbCr" || jpegFrame(stream).components !== 3) return { codec: "jpeg", bytes: stream.slice() };
      const head = HEADS[said ?? (instance.photometric === "RGB" ? "RGB" : "YCbCr")];
      const bytes = new Uint8Array(head.length + stream.length - 2);
      bytes.set(head);
      bytes.set(stream.subarray(2), head.length);
      return { codec: "jpeg", bytes };
    },
  };
}

function checkStart(bytes: Uint8Array, soi: number): void {
  if (bytes[soi] !== 0xff || bytes[soi + 1] !== 0xd8) throw new Error("a frame that does not begin like a JPEG");
}

/** Whether the codestream says that its own decoder turns the components into RGB (COD, SGcod; ISO/IEC 15444-1, A.6.1). */
function isTransformed(stream: Uint8Array): boolean {
  for (let at = 2; at + 9 < stream.length && stream[at] === 0xff; ) {
    if (stream[at + 1] === 0x52) return stream[at + 8] === 1;
    if (stream[at + 1] === 0x90) return false;
    at += 2 + ((stream[at + 2] as number) << 8) + (stream[at + 3] as number);
  }
  return false;
}
