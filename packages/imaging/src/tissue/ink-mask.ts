/** Pen marks as an area: specks of ink colour are dropped, and the pale rim that ink bleeds goes with the rest. */
import { dropSmallPieces } from "./components.ts";
import { dilate } from "./morphology.ts";

const INK_RIM_MICRONS = 48;
const MIN_INK_MM2 = 0.02;

/** From pixels of ink colour (stainPlanes) to pen marks, both masks of 0 and 1 at `mpp` micrometres a pixel. */
export function inkMask(ink: Uint8Array, width: number, height: number, mpp: number): Uint8Array {
  const core = dropSmallPieces(ink, width, MIN_INK_MM2 / (mpp ** 2 / 1e6));
  return dilate(core, width, height, Math.round(INK_RIM_MICRONS / mpp));
}
