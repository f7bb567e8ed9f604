/** Copies a part of a decoded block to where it is wanted, as RGB. */
import type { Rect } from "@nacre/core";
import { copyRows } from "../slide/pixel-memory.ts";
import type { DecodedImage, Target } from "./codec.ts";

/**
 * Copies `crop` of `image` into `target`. One or two components are grey (and alpha), three RGB, four RGB and alpha;
 * alpha is left out. @throws Error when the image is smaller than the crop
 */
export function copyPart(image: DecodedImage, crop: Rect, target: Target): void {
  const { width, height, components, data } = image;
  if (crop.x + crop.width > width || crop.y + crop.height > height) {
    throw new Error(
      `a block of ${width} x ${height} where ${crop.x + crop.width} x ${crop.y + crop.height} are needed`,
    );
  }
  if (data.length < width * height * components) throw new Error(`a block of ${data.length} bytes that is cut off`);
  if (components === 3) {
    const from = { data, at: (crop.y * width + crop.x) * 3, pitch: width * 3 };
    copyRows(from, { data: target.data, at: target.offset, pitch: target.pitch }, crop.width * 3, crop.height);
    return;
  }
  for (let row = 0; row < crop.height; row++) {
    const from = ((crop.y + row) * width + crop.x) * components;
    spread(data, from, components, target.data, target.offset + row * target.pitch, crop.width);
  }
}

function spread(data: Uint8Array, from: number, components: number, out: Uint8Array, to: number, width: number): void {
  const green = components >= 3 ? 1 : 0;
  const blue = components >= 3 ? 2 : 0;
  for (let i = 0, p = from, q = to; i < width; i++, p += components, q += 3) {
    out[q] = data[p] as number;
    out[q + 1] = data[p + green] as number;
    out[q + 2] = data[p + blue] as number;
  }
}
