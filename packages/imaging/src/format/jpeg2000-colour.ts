/**
 * What the components of a TIFF's JPEG 2000 blocks are. The stream does not say, and the photometric tag lies: libvips
 * (33004, no Software tag) stores YCbCr under photometric 2 when it compresses with loss, and leaves even the component
 * transform switched on; each coarser level is even made from the finer one's YCbCr and converted again (measured: level n
 * is right after n + 1 conversions, with a loss that grows), so only level 0 is served. Other writers (Bio-Formats, whose name stands in the file) store RGB.
 */
import { isLossyCodestream } from "../codec/jpeg2000.ts";
import type { TiffPage } from "./tiff-page.ts";

export interface Jpeg2000Colour {
  readonly isYcc: boolean;
  readonly warnings: readonly string[];
}

/** `writer`: Software tag and description together. `block`: any stored block of the page. */
export function jpeg2000Colour(page: TiffPage, writer: string, block: Uint8Array): Jpeg2000Colour {
  if (page.photometric === 6) return { isYcc: true, warnings: [] };
  if (page.compression !== 33004 || page.samples !== 3 || writer.trim() !== "" || !isLossyCodestream(block)) {
    return { isYcc: false, warnings: [] };
  }
  const warnings = [
    "JPEG 2000 (33004) of an unnamed writer, with loss: taken for the YCbCr of libvips, though the TIFF says RGB; its coarser levels are converted more than once and are not used",
  ];
  return { isYcc: true, warnings };
}
