/** Blocks that are JPEG 2000 streams. Where the decoder can, only the code-blocks that a part needs are decoded. */
import { averaged } from "../codec/averaged.ts";
import type { DecodedImage, Jpeg2000Codec, Reduction } from "../codec/codec.ts";
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
    reduced: (by) => ({
      reader: name,
      headroom: 0,
      isCheapInParts: false,
      // the wavelet's pixel n stands on pixel n * by, an average in the middle of its own
      lag: (1 - 1 / by) / 2,
      paint(stored, crop, target) {
        const stream = streamOf(stored);
        const image = reducedOf(codec, stream, by);
        copyPart(isYcc(stream) ? yccToRgb(image) : image, crop, target);
      },
    }),
    complete(stored) {
      const stream = streamOf(stored);
      return { codec: "jpeg2000", bytes: stream.slice(), ...(isYcc(stream) ? { colour: "YCbCr" as const } : {}) };
    },
  };
}

/** A stream of too few decompositions is decoded whole, and averaged around where the wavelet has its pixels. */
function reducedOf(codec: Jpeg2000Codec, stream: Uint8Array, by: Reduction): DecodedImage {
  try {
    return codec.reduced(stream, by);
  } catch {
    return averaged(codec(stream), by, true);
  }
}
