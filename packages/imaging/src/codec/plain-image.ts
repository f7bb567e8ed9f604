/**
 * Plain images through sharp. Colour management is off (sharp applies an embedded profile unless told otherwise), and
 * warnings of the decoder are failures. Pixels stay as stored: an EXIF orientation is not applied.
 */
import { MAX_REGION_PIXELS } from "../slide/raster.ts";
import type { Raster } from "../slide/slide.ts";

/** Decodes JPEG or PNG to RGB; alpha is laid on white. @throws Error in the decoder's words */
export async function decodeImage(bytes: Uint8Array): Promise<Raster> {
  const { default: sharp } = await import("sharp");
  const image = sharp(bytes, { failOn: "warning", ignoreIcc: true, limitInputPixels: MAX_REGION_PIXELS });
  const { data, info } = await image
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`an image of ${info.channels} channels`);
  return { width: info.width, height: info.height, data };
}
