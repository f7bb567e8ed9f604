/** Feeds of dropout masks, drawn anew for each bag of the fit. */
import type { Random } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import { fillMask } from "./dropout-mask.ts";
import type { MaskSpec } from "./program.ts";

export type Masks = Record<string, TensorData>;

/** Draws masks for a bag of n tiles; the arrays are used again by the next call. */
export function maskMaker(specs: readonly MaskSpec[]): (n: number, random: Random) => Masks {
  const buffers = new Map<string, Uint8Array>();
  return (n, random) => {
    const feeds: Masks = {};
    for (const { name, rows, width, rate } of specs) {
      const height = rows ?? n;
      const count = height * width;
      let buffer = buffers.get(name);
      if (buffer === undefined || buffer.length < count) {
        buffer = new Uint8Array(Math.ceil(count / 4) * 4);
        buffers.set(name, buffer);
      }
      fillMask(buffer, count, rate, random);
      feeds[name] = { data: buffer.subarray(0, count), dims: [height, width] };
    }
    return feeds;
  };
}
