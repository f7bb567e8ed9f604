/**
 * Finds tissue on a brightfield slide, in physical units: saturation without ink, a 12 um mean, a guarded Otsu cut,
 * an absolute density test, closing, then small pieces and small holes removed by area.
 * The order follows the usual recipe (Lu 2021, CLAM, section "segmentation"), with micrometres in place of pixels.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { Raster, Slide } from "../slide/slide.ts";
import { boxBlur } from "./box-blur.ts";
import { dropSmallPieces, fillSmallHoles } from "./components.ts";
import { inkMask } from "./ink-mask.ts";
import { knownScale } from "./known-scale.ts";
import { close } from "./morphology.ts";
import { saturationThreshold } from "./saturation-threshold.ts";
import { stainPlanes } from "./stain-plane.ts";
import type { Tissue, TissueOptions } from "./tissue.ts";
import { readWhole, type WorkScale, workScale } from "./whole-image.ts";

const BLUR_MICRONS = 12;
/** Hundredths of optical density below which nothing is tissue, whatever its hue. */
const MIN_DENSITY = 3;

/** Tissue of a slide. Fails with `no-scale`, `implausible-scale`, `no-tissue`, or whatever reading the slide fails with. */
export async function findTissue(
  slide: Slide,
  options: TissueOptions = {},
  signal?: AbortSignal,
): Promise<Outcome<Tissue>> {
  const scale = knownScale(slide.info);
  if (!scale.ok) return scale;
  const wanted = options.mpp ?? 8;
  if (!(wanted > 0))
    throw new RangeError(`expected a positive work scale in um/px, received ${wanted}; leave it out for 8`);
  const work = workScale(slide.info, scale.value, wanted);
  const image = await readWhole(slide, work, signal);
  if (!image.ok) return image;
  return tissueOf(image.value, work, slide.info, options);
}

function tissueOf(
  image: Raster,
  work: WorkScale,
  slide: { readonly width: number; readonly height: number },
  options: TissueOptions,
): Outcome<Tissue> {
  const { width, height } = image;
  const { mask, ink, threshold, strongest } = stainedPixels(image, work.mpp);
  const pixelMm2 = work.mpp ** 2 / 1e6;
  const pixels = (slide.width / work.downsample) * (slide.height / work.downsample);
  const minArea = Math.min((options.minAreaMm2 ?? 0.06) / pixelMm2, pixels / 50);
  const closed = close(mask, width, height, Math.round((options.closeMicrons ?? 40) / work.mpp));
  for (let i = 0; i < closed.length; i++) if (ink[i] === 1) closed[i] = 0;
  const pieces = dropSmallPieces(closed, width, minArea);
  const filled = fillSmallHoles(pieces, width, (options.maxHoleMm2 ?? 0.03) / pixelMm2);
  for (let i = 0; i < filled.length; i++) if (ink[i] === 1) filled[i] = 0;
  const area = count(filled);
  const penFraction = Math.min(1, count(ink) / pixels);
  if (area === 0) {
    return fail("no-tissue", {
      expected: `stained tissue of at least ${round(minArea * pixelMm2)} mm2`,
      received: `no piece that large: saturation reaches ${strongest} of 255 where ${round(threshold)} is tissue, stained ${percent(count(mask) / pixels)}, pen ${percent(penFraction)} of the slide`,
      remedy: "look at the thumbnail; if there is tissue lower tissue.minAreaMm2, else leave the slide out",
    });
  }
  const fraction = Math.min(1, area / pixels);
  const { downsample, mpp } = work;
  return ok({
    width,
    height,
    mask: filled,
    downsample,
    mpp,
    fraction,
    areaMm2: area * pixelMm2,
    penFraction,
    threshold,
  });
}

function stainedPixels(image: Raster, mpp: number) {
  const { width, height } = image;
  const planes = stainPlanes(image);
  const ink = inkMask(planes.ink, width, height, mpp);
  for (let i = 0; i < ink.length; i++) if (ink[i] === 1) planes.saturation[i] = 0;
  const radius = Math.max(1, Math.round(BLUR_MICRONS / mpp));
  const saturation = boxBlur(planes.saturation, width, height, radius);
  const density = boxBlur(planes.density, width, height, radius);
  const threshold = saturationThreshold(saturation, density, ink);
  const mask = new Uint8Array(saturation.length);
  let strongest = 0;
  for (let i = 0; i < mask.length; i++) {
    const s = saturation[i] as number;
    if (s > strongest) strongest = s;
    if (s > threshold && (density[i] as number) >= MIN_DENSITY) mask[i] = 1;
  }
  return { mask, ink, threshold, strongest };
}

function count(mask: Uint8Array): number {
  let n = 0;
  for (let i = 0; i < mask.length; i++) n += mask[i] as number;
  return n;
}

const round = (value: number): string => value.toPrecision(2);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
