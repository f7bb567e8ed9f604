/** Full-range BT.601 as in JFIF, for streams that hold YCbCr and do not say so. */
import type { DecodedImage } from "../codec/codec.ts";

/** An image of three components as RGB; others are given back as they are. */
export function yccToRgb(image: DecodedImage): DecodedImage {
  if (image.components !== 3) return image;
  const data = new Uint8ClampedArray(image.width * image.height * 3);
  for (let i = 0; i < data.length; i += 3) {
    const y = image.data[i] as number;
    const cb = (image.data[i + 1] as number) - 128;
    const cr = (image.data[i + 2] as number) - 128;
    data[i] = y + 1.402 * cr;
    data[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    data[i + 2] = y + 1.772 * cb;
  }
  return { ...image, data: new Uint8Array(data.buffer) };
}
