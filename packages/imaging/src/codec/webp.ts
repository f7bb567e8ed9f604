/** WebP blocks through sharp: without colour management, and only bytes that begin like a WebP ever reach it. */
import type { DecodedImage } from "./codec.ts";

/** A picture beyond this many pixels is not a block of a slide. */
const MAX_BLOCK_PIXELS = 2 ** 26;

/** RGB of a WebP; alpha is left out. @throws Error in the decoder's words */
export async function decodeWebp(bytes: Uint8Array): Promise<DecodedImage> {
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (tag(0) !== "RIFF" || tag(8) !== "WEBP") throw new Error("a block that does not begin like a WebP");
  const { default: sharp } = await import("sharp");
  const image = sharp(bytes, { failOn: "warning", ignoreIcc: true, limitInputPixels: MAX_BLOCK_PIXELS });
  const { data, info } = await image.removeAlpha().toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`a WebP of ${info.channels} channels`);
  return { width: info.width, height: info.height, components: 3, data };
}
