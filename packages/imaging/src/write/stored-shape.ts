/** What a stored JPEG or JPEG 2000 block looks like from outside. The blocks of a level that are passed on untouched must be alike. */

import { jpegFrame } from "../codec/jpeg-stream.ts";
import { colourOf } from "../format/jpeg-colour.ts";
import type { StoredBlock } from "../slide/slide.ts";
import type { Sampling } from "./jpeg-encoder.ts";
import { jpeg2000Frame } from "./jpeg2000-frame.ts";

export interface StoredShape {
  readonly codec: StoredBlock["codec"];
  readonly colour: "RGB" | "YCbCr";
  readonly sampling: Sampling;
  readonly width: number;
  readonly height: number;
  /** Of JPEG 2000: the transform of its components and the wavelet. */
  readonly isTransformed?: boolean;
  readonly isReversible?: boolean;
}

const SAMPLINGS: Readonly<Record<string, Sampling>> = {
  "1,1": "4:4:4",
  "2,1": "4:2:2",
  "2,2": "4:2:0",
  "1,2": "4:4:0",
};

/** null for what is not passed on: WebP, progressive, grey, a sampling without a name, a colour that nothing says, a broken header. */
export function shapeOf(block: StoredBlock): StoredShape | null {
  const { codec, bytes } = block;
  if (codec === "webp") return null;
  if (codec === "jpeg2000") return shapeOfJpeg2000(block);
  const colour = colourOf(bytes);
  const frame = frameOf(bytes);
  const sampling = frame && SAMPLINGS[`${frame.chromaX},${frame.chromaY}`];
  if (!colour || !frame || !sampling || frame.components !== 3 || frame.isProgressive) return null;
  return { codec, colour, sampling, width: frame.width, height: frame.height };
}

export const isSameShape = (a: StoredShape, b: StoredShape | null): boolean =>
  b !== null &&
  a.codec === b.codec &&
  a.colour === b.colour &&
  a.sampling === b.sampling &&
  a.width === b.width &&
  a.height === b.height &&
  a.isTransformed === b.isTransformed &&
  a.isReversible === b.isReversible;

/** Three whole components of 8 bits. A stream that is transformed and still not RGB has no name in any format. */
function shapeOfJpeg2000({
  bytes,
  colour = "RGB",
}: Pick<StoredBlock, "bytes"> & { readonly colour?: StoredShape["colour"] }): StoredShape | null {
  const frame = jpeg2000Frame(bytes);
  if (frame?.components !== 3 || !frame.isPlain || (colour === "YCbCr" && frame.isTransformed)) return null;
  const { width, height, isTransformed, isReversible } = frame;
  return { codec: "jpeg2000", colour, sampling: "4:4:4", width, height, isTransformed, isReversible };
}

function frameOf(bytes: Uint8Array): ReturnType<typeof jpegFrame> | null {
  try {
    return jpegFrame(bytes);
  } catch {
    return null;
  }
}
