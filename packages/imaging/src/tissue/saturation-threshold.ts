/**
 * The saturation above which a pixel is stained. Otsu's cut is only believed where its lower half looks like bare glass
 * (bright); an image that is tissue from edge to edge has no glass, and is judged by the absolute floor alone.
 * Three quarters of the cut, because pale stroma lies nearer to glass than the dark tissue that pulls the cut up.
 */
import { otsu } from "./otsu.ts";

/** Below this saturation (0..255) nothing is stained: glass, JPEG noise and dust stay under it. */
const FLOOR = 12;
/** Above this nothing is glass, however saturated the rest of the slide. */
const CEILING = 40;
/** Mean optical density (hundredths) under which the lower half of a cut is glass. */
const GLASS_DENSITY = 10;

/** Threshold from blurred saturation and density planes, leaving out pixels where `ignore` is 1. */
export function saturationThreshold(saturation: Uint8Array, density: Uint8Array, ignore: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < saturation.length; i++) {
    if (ignore[i] === 0) histogram[saturation[i] as number] = (histogram[saturation[i] as number] as number) + 1;
  }
  const cut = otsu(histogram);
  if (cut === null || !hasGlassBelow(cut.threshold, saturation, density, ignore)) return FLOOR;
  return Math.min(CEILING, Math.max(FLOOR, 0.75 * cut.threshold));
}

function hasGlassBelow(threshold: number, saturation: Uint8Array, density: Uint8Array, ignore: Uint8Array): boolean {
  let n = 0;
  let sum = 0;
  for (let i = 0; i < saturation.length; i++) {
    if (ignore[i] !== 0 || (saturation[i] as number) > threshold) continue;
    n++;
    sum += density[i] as number;
  }
  return n > 0 && sum / n < GLASS_DENSITY;
}
