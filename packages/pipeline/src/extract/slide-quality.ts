/** Quality control of one slide file: its row, and with `overlay` a picture of what was found. */
import { type Outcome, ok } from "@nacre/core";
import { checkQuality, drawQuality, type QualityRow, type Tissue, thumbnail } from "@nacre/imaging";
import { openSlideFile, writePng } from "@nacre/imaging/node";

export interface SlideQualityOptions {
  /** Scale given by the user, micrometres per pixel; null to believe the file. */
  readonly given: number | null;
  /** Squares that sharpness is measured on, at most. */
  readonly squares?: number;
  /** Tissue of this slide at this scale, where it was found already. */
  readonly tissue?: Tissue;
  /** Where to write the picture; null for none. */
  readonly overlay?: string | null;
  readonly signal?: AbortSignal;
}

/** Longest side of the picture, pixels. */
const OVERLAY_SIDE = 1200;

/** Failures of the reader, no-scale, implausible-scale. @throws FailureError disk-full, no-permission for the picture */
export async function slideQuality(path: string, options: SlideQualityOptions): Promise<Outcome<QualityRow>> {
  const { given, squares, tissue, overlay = null, signal } = options;
  const slide = await openSlideFile(path, given === null ? {} : { mpp: given });
  if (!slide.ok) return slide;
  try {
    const how = { ...(squares === undefined ? {} : { squares }), ...(tissue === undefined ? {} : { tissue }) };
    const quality = await checkQuality(slide.value, how, signal);
    if (!quality.ok) return quality;
    if (overlay !== null) {
      const thumb = await thumbnail(slide.value, OVERLAY_SIDE, signal);
      if (!thumb.ok) return thumb;
      const downsample = slide.value.info.width / thumb.value.width;
      await writePng(overlay, drawQuality(thumb.value, downsample, quality.value));
    }
    return ok(quality.value.row);
  } finally {
    slide.value.close();
  }
}

/** "pass", or what is wrong, in one cell of a table. */
export function qualityText(row: QualityRow): string {
  return row.flags.length === 0 ? "pass" : row.flags.join(" ");
}
