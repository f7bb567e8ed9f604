/** How DICOM names the coding of frames: transfer syntax, photometric interpretation, method of lossy compression. */
import { SYNTAX } from "../../format/dicom/transfer-syntax.ts";
import type { StoredShape } from "../stored-shape.ts";

export interface FrameCoding {
  readonly syntax: string;
  readonly photometric: string;
  /** Lossy Image Compression Method (0028,2114). */
  readonly method: string;
}

/**
 * null: tiles that are encoded here, JPEG in YCbCr. In JPEG baseline chroma that is halved in any direction, or not at all, is YBR_FULL_422 (PS3.5,
 * 8.2.1). JPEG 2000 names its component transform (PS3.5, 8.2.4), and goes under the syntax that allows loss: layers of a
 * reversible stream may have been cut off.
 */
export function codingOf(shape: StoredShape | null): FrameCoding {
  const isRgb = shape?.colour === "RGB";
  if (shape?.codec !== "jpeg2000") {
    return { syntax: SYNTAX.jpegBaseline, photometric: isRgb ? "RGB" : "YBR_FULL_422", method: "ISO_10918_1" };
  }
  const transformed = shape.isReversible ? "YBR_RCT" : "YBR_ICT";
  const plain = isRgb ? "RGB" : "YBR_FULL";
  return { syntax: SYNTAX.jpeg2000, photometric: shape.isTransformed ? transformed : plain, method: "ISO_15444_1" };
}
