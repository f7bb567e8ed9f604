/** Whether a program drew a slide. Read from the file, so that the mark travels with the slide into every later study. */
import type { SlideInfo } from "../slide/slide.ts";

/** What the writer of synthetic slides puts where a scanner puts the title. */
export const SYNTHETIC_TITLE = "synthetic slide, not a patient";

export function isSynthetic(info: Pick<SlideInfo, "properties">): boolean {
  return Object.values(info.properties).some((text) => text.includes(SYNTHETIC_TITLE));
}
