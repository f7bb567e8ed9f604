/** Blocks that are JPEG 2000 streams. Where the decoder can, only the code-blocks that a part needs are decoded. */
import type { Jpeg2000Codec } from "../codec/codec.ts";
import { copyPart } from "../codec/copy-part.ts";
import type { BlockPainter } from "../slide/block-level.ts";
import { yccToRgb } from "./ycc-to-rgb.ts";

/** How a stored block becomes a stream, and whether a stream holds YCbCr without saying so. */
export interface Jpeg2000Facts {
  readonly streamOf: (stored: Uint8Array) => Uint8Array;
  readonly isYcc: (stream: Uint8Array) => boolean;
}

export function jpeg2000Painter(codec: Jpeg2000Codec, { streamOf, isYcc }: Jpeg2000Facts): BlockPainter {
  const { name, version, native } = codec.info;
  return {
    reader: native ? `${name} ${version}` : name,
    headroom: 0,
    isCheapInParts: codec.part !== undefined,
    paint(stored, crop, target) {
      const stream = streamOf(stored);
      const part = codec.part?.(stream, crop) ?? null;
      const image = part ?? codec(stream);
      const from = part ? { ...crop, x: 0, y: 0 } : crop;
      copyPart(isYcc(stream) ? yccToRgb(image) : image, from, target);
    },
    complete(stored) {
      const stream = streamOf(stored);
      return { codec: "jpeg2000", bytes: stream.slice(), ...(isYcc(stream) ? { colour: "YCbCr" as const } : {}) };
    },
  };
}
