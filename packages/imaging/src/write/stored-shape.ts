/** What a stored JPEG block looks like from outside. The blocks of a level that are passed on untouched must be alike. */

import { jpegFrame } from "../codec/jpeg-stream.ts";
import { colourOf } from "../format/jpeg-colour.ts";
import type { StoredBlock } from "../slide/slide.ts";
import type { Sampling } from "./jpeg-encoder.ts";

export interface StoredShape {
  readonly colour: "RGB" | "YCbCr";
  readonly sampling: Sampling;
  readonly width: number;
  readonly height: number;
}

const SAMPLINGS: Readonly<Record<string, Sampling>> = {
  "1,1": "4:4:4",
  "2,1": "4:2:2",
  "2,2": "4:2:0",
  "1,2": "4:4:0",
};

/** null for what is not passed on: JPEG 2000, progressive, grey, a sampling without a name, a colour that nothing says, a broken header. */
export function shapeOf({ codec, bytes }: StoredBlock): StoredShape | null {
  if (codec !== "jpeg") return null;
  const colour = colourOf(bytes);
  const frame = frameOf(bytes);
  const sampling = frame && SAMPLINGS[`${frame.chromaX},${frame.chromaY}`];
  if (!colour || !frame || !sampling || frame.components !== 3 || frame.isProgressive) return null;
  return { colour, sampling, width: frame.width, height: frame.height };
}

export const isSameShape = (a: StoredShape, b: StoredShape | null): boolean =>
  b !== null && a.colour === b.colour && a.sampling === b.sampling && a.width === b.width && a.height === b.height;

function frameOf(bytes: Uint8Array): ReturnType<typeof jpegFrame> | null {
  try {
    return jpegFrame(bytes);
  } catch {
    return null;
  }
}
