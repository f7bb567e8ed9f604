/**
 * Quality control of one slide: what share of its tissue is out of focus, under pen, folded, in bubbles, dusty or blank. A slide
 * that fails is flagged, never dropped: leaving it out is a decision of the study. Sharpness is measured on squares of 256 um, evenly
 * drawn from the tissue; everything else on the whole slide at the scale of the tissue mask.
 */
import { mpp, type Outcome, ok } from "@nacre/core";
import { readDownsampled } from "../slide/scaled-read.ts";
import type { Raster, Slide } from "../slide/slide.ts";
import { densityTables, WHITE } from "../stain/optical-density.ts";
import { findTissue } from "../tissue/find-tissue.ts";
import { integralImage, sumUnder } from "../tissue/integral-image.ts";
import { knownScale } from "../tissue/known-scale.ts";
import type { Tissue } from "../tissue/tissue.ts";
import { readWhole, workScale } from "../tissue/whole-image.ts";
import { type Artefacts, artefactsOnGlass, findArtefacts } from "./artefacts.ts";
import { FOCUS_MPP, type FocusSquare, focusRatio } from "./focus.ts";
import { type QualityLimits, type QualityRow, rowOf, rowWithoutTissue } from "./quality-row.ts";

export interface QualityOptions {
  /** Tissue that was found already. */
  readonly tissue?: Tissue;
  /** Squares that sharpness is measured on, at most. Default 48. */
  readonly squares?: number;
  readonly limits?: Partial<QualityLimits>;
}

export interface Quality {
  readonly row: QualityRow;
  /** Null on a slide without tissue. */
  readonly found: {
    readonly tissue: Tissue;
    readonly artefacts: Artefacts;
    readonly squares: readonly FocusSquare[];
  } | null;
}

const SQUARE_PIXELS = 256;
const MIN_TISSUE = 0.5;
/** Below this ratio of energies a square is out of focus: see docs/methods/quality.md for what it finds and misses. */
const BLURRED = 0.18;
/** A slide coarser than this cannot be judged for focus. */
const COARSEST_FOCUS_MPP = 1.3;
/** A square is blank where less than this share of it is as dense as this. */
const STAINED_SHARE = 0.05;
const STAINED_DENSITY = 0.06;

/** Fails with no-scale, implausible-scale, or as reading the slide does. A slide without tissue is an answer: it is flagged `blank`. */
export async function checkQuality(
  slide: Slide,
  options: QualityOptions = {},
  signal?: AbortSignal,
): Promise<Outcome<Quality>> {
  const tissue = options.tissue === undefined ? await findTissue(slide, {}, signal) : ok(options.tissue);
  if (!tissue.ok) return tissue.failure.kind === "no-tissue" ? withoutTissue(slide, signal) : tissue;
  const { width, height, downsample } = tissue.value;
  const image = await readDownsampled(slide, downsample, { x: 0, y: 0, width, height }, signal);
  if (!image.ok) return image;
  const artefacts = findArtefacts(image.value, tissue.value);
  const squares = await lookAtSquares(slide, tissue.value, options.squares ?? 48, signal);
  if (!squares.ok) return squares;
  const found = { tissue: tissue.value, artefacts, squares: squares.value };
  return ok({ row: rowOf(found, options.limits), found });
}

/** A slide without tissue has no shares; what else lies on it is flagged. */
async function withoutTissue(slide: Slide, signal?: AbortSignal): Promise<Outcome<Quality>> {
  const scale = knownScale(slide.info);
  if (!scale.ok) return scale;
  const work = workScale(slide.info, scale.value, 8);
  const image = await readWhole(slide, work, signal);
  if (!image.ok) return image;
  return ok({ row: rowWithoutTissue(artefactsOnGlass(image.value, work.mpp)), found: null });
}

async function lookAtSquares(
  slide: Slide,
  tissue: Tissue,
  most: number,
  signal?: AbortSignal,
): Promise<Outcome<readonly FocusSquare[]>> {
  const level0 = tissue.mpp / tissue.downsample;
  if (level0 > COARSEST_FOCUS_MPP) return ok([]);
  const downsample = mpp(Math.max(level0, FOCUS_MPP)) / level0;
  const side = SQUARE_PIXELS * downsample;
  const all = tissueSquares(slide, tissue, side);
  const out: FocusSquare[] = [];
  const n = Math.min(most, all.length);
  for (let k = 0; k < n; k++) {
    signal?.throwIfAborted();
    const { x, y } = all[Math.floor(((k + 0.5) * all.length) / n)] as { x: number; y: number };
    const pixels = (from: number, end: number): number =>
      Math.max(1, Math.min(SQUARE_PIXELS, Math.floor((end - from) / downsample)));
    const place = { x, y, width: pixels(x, slide.info.width), height: pixels(y, slide.info.height) };
    const raster = await readDownsampled(slide, downsample, place, signal);
    if (!raster.ok) return raster;
    out.push({ x, y, side, ...stateOf(raster.value) });
  }
  return ok(out);
}

/** Squares of a grid of which at least half is tissue, row by row; a piece smaller than a square counts with its best one. */
function tissueSquares(slide: Slide, tissue: Tissue, side: number): { x: number; y: number }[] {
  const sums = integralImage(tissue.mask, tissue.width, tissue.height);
  const d = tissue.downsample;
  const out: { x: number; y: number; share: number }[] = [];
  for (let y = 0; y < slide.info.height; y += side) {
    for (let x = 0; x < slide.info.width; x += side) {
      const share = (sumUnder(sums, x / d, y / d, (x + side) / d, (y + side) / d) * d * d) / side ** 2;
      if (share > 0) out.push({ x, y, share });
    }
  }
  const enough = out.filter((s) => s.share >= MIN_TISSUE);
  if (enough.length > 0) return enough;
  const best = out.reduce<(typeof out)[number] | null>((a, b) => (a === null || b.share > a.share ? b : a), null);
  return best === null ? [] : [best];
}

function stateOf(raster: Raster): Pick<FocusSquare, "ratio" | "state"> {
  if (stainedShare(raster) < STAINED_SHARE) return { ratio: null, state: "blank" };
  const ratio = focusRatio(raster);
  if (ratio === null) return { ratio, state: "unknown" };
  return { ratio, state: ratio < BLURRED ? "blurred" : "sharp" };
}

function stainedShare({ data }: Raster): number {
  const [red, green, blue] = densityTables(WHITE);
  let n = 0;
  for (let p = 0; p < data.length; p += 3) {
    const density =
      (red[data[p] as number] as number) +
      (green[data[p + 1] as number] as number) +
      (blue[data[p + 2] as number] as number);
    if (density > 3 * STAINED_DENSITY) n++;
  }
  return n / (data.length / 3);
}
