/**
 * What lies on, under or in the tissue and is none of it, at the scale of the tissue mask: pen, folds, rims of air bubbles, dust.
 * Pen by its colour (isInk). A fold is tissue twice: both dyes are well above the slide's own medians at once, which neither
 * crowded nuclei (haematoxylin alone) nor muscle and blood (eosin alone) are. Rims and dust are grey, which no stain is: long
 * and thin, or small; a speck that light shines through adds the same density to every channel.
 */
import type { Raster } from "../slide/slide.ts";
import { dyePlane } from "../stain/dye-plane.ts";
import { HED_COLUMNS } from "../stain/hed.ts";
import { densityTables, type Triple, WHITE } from "../stain/optical-density.ts";
import { percentile } from "../stain/percentile.ts";
import { boxBlur } from "../tissue/box-blur.ts";
import { components, dropSmallPieces, fillSmallHoles } from "../tissue/components.ts";
import { inkMask } from "../tissue/ink-mask.ts";
import { close, dilate } from "../tissue/morphology.ts";
import { stainPlanes } from "../tissue/stain-plane.ts";
import type { Tissue } from "../tissue/tissue.ts";

/** Masks of 0 and 1, each as large as the tissue mask. */
export interface Artefacts {
  /** Pen strokes that touch tissue. */
  readonly pen: Uint8Array;
  readonly fold: Uint8Array;
  /** Rims of bubbles and what a closed rim holds. */
  readonly bubble: Uint8Array;
  readonly dust: Uint8Array;
}

const TOUCH_MICRONS = 100;
/** Both dyes of a fold are at least this many times their medians over the tissue. */
const FOLD_TIMES = 1.6;
const FOLD_BLUR_MICRONS = 16;
const MIN_FOLD_MM2 = 0.01;
/** The most that channels of a rim differ by (0..255) and its least density, hundredths; the same of a speck nothing shines through. */
const RIM_GREY = { range: 28, density: 8 };
const SPECK_GREY = { range: 16, density: 12 };
/** Hundredths of density that a speck adds to every channel, how equal that is, and to the mean of how wide a square. */
const SPECK_DENSITY = 14;
const SPECK_EVENNESS = 0.7;
const SPECK_AROUND_MICRONS = 60;
/** A rim covers at most this much for its length (the longer side of its box; a ring is pi times that long). Closed, it is at least so long and holds at least its own area; open, it is longer. */
const RIM_WIDTH_MICRONS = 120;
const CLOSED_RIM_MICRONS = 120;
const OPEN_RIM_MICRONS = 500;
/** A bubble beyond this is not believed to be one. */
const MAX_BUBBLE_MM2 = 60;
/** Specks are larger than dark nuclei. */
const MIN_SPECK_MM2 = 150e-6;
const MAX_SPECK_MM2 = 0.05;

/** `image` is the slide at the scale and size of the tissue's mask. */
export function findArtefacts(image: Raster, tissue: Tissue): Artefacts {
  const pen = penOnTissue(image, tissue);
  return { pen, fold: folds(image, tissue), ...greyThings(image, tissue.mpp, pen) };
}

/** Pen anywhere, and rims of bubbles, on a slide without tissue at `mpp` micrometres a pixel. */
export function artefactsOnGlass(image: Raster, mpp: number): Pick<Artefacts, "pen" | "bubble"> {
  const pen = inkMask(stainPlanes(image).ink, image.width, image.height, mpp);
  return { pen, bubble: greyThings(image, mpp, pen).bubble };
}

/** Pieces of ink that come near tissue. */
function penOnTissue(image: Raster, { mask, width, height, mpp }: Tissue): Uint8Array {
  const ink = inkMask(stainPlanes(image).ink, width, height, mpp);
  const near = dilate(mask, width, height, Math.round(TOUCH_MICRONS / mpp));
  const { labels, areas } = components(ink, width, 1);
  const touching = new Uint8Array(areas.length + 1);
  for (let i = 0; i < labels.length; i++) if (near[i] === 1) touching[labels[i] as number] = 1;
  touching[0] = 0;
  return mapped(labels, (label) => touching[label] as number);
}

function folds(image: Raster, { mask, width, height, mpp }: Tissue): Uint8Array {
  const radius = Math.max(1, Math.round(FOLD_BLUR_MICRONS / mpp));
  const dye = (column: Triple): Uint8Array => boxBlur(dyePlane(image, column), width, height, radius);
  const [h, e] = [dye(HED_COLUMNS[0]), dye(HED_COLUMNS[1])];
  const [hCut, eCut] = [FOLD_TIMES * medianInside(h, mask), FOLD_TIMES * medianInside(e, mask)];
  const out = new Uint8Array(mask.length);
  for (let i = 0; i < out.length; i++) {
    if (mask[i] === 1 && (h[i] as number) > hCut && (e[i] as number) > eCut) out[i] = 1;
  }
  return dropSmallPieces(close(out, width, height, 1), width, MIN_FOLD_MM2 / (mpp ** 2 / 1e6));
}

/** At least 1, so that a slide without a dye has no folds of it. */
function medianInside(plane: Uint8Array, mask: Uint8Array): number {
  const inside = Float64Array.from(plane.filter((_, i) => mask[i] === 1));
  return Math.max(1, percentile(inside, 0.5));
}

function greyThings(
  image: Raster,
  mpp: number,
  pen: Uint8Array,
): { readonly bubble: Uint8Array; readonly dust: Uint8Array } {
  const { width } = image;
  const pixelMm2 = mpp ** 2 / 1e6;
  const thin = piecesOf(greyMask(image, RIM_GREY, pen), image, 2, ({ pixels, length }) => {
    const microns = length * mpp;
    const isLong = microns >= CLOSED_RIM_MICRONS && (pixels * mpp ** 2) / microns <= RIM_WIDTH_MICRONS;
    return !isLong ? 0 : microns >= OPEN_RIM_MICRONS ? 2 : 1;
  });
  const closed = closedRims(
    thin.map((v) => Math.min(1, v)),
    width,
    MAX_BUBBLE_MM2 / pixelMm2,
  );
  const bubble = closed.map((v, i) => (v === 1 || thin[i] === 2 ? 1 : 0));
  const opaque = greyMask(image, SPECK_GREY, pen);
  const added = addedGrey(image, Math.round(SPECK_AROUND_MICRONS / mpp), pen);
  const either = opaque.map((v, i) => v | (added[i] as number));
  const specks = piecesOf(either, image, 1, ({ pixels }) =>
    pixels * pixelMm2 >= MIN_SPECK_MM2 && pixels * pixelMm2 <= MAX_SPECK_MM2 ? 1 : 0,
  );
  return { bubble, dust: specks.map((v, i) => (bubble[i] === 1 ? 0 : v)) };
}

/**
 * Pixels that are darker than their surroundings by the same density in every channel. A speck lies over tissue and takes its colour,
 * so what it adds is grey and not what is seen; dyes add unequally.
 */
function addedGrey({ width, height, data }: Raster, radius: number, pen: Uint8Array): Uint8Array {
  const added = ([0, 1, 2] as const).map((c) => {
    const table = densityTables(WHITE)[c].map((v) => Math.min(255, 100 * v));
    const plane = new Uint8Array(width * height);
    for (let i = 0; i < plane.length; i++) plane[i] = table[data[3 * i + c] as number] as number;
    const around = boxBlur(plane, width, height, radius);
    const out = new Int16Array(plane.length);
    for (let i = 0; i < out.length; i++) out[i] = (plane[i] as number) - (around[i] as number);
    return out;
  }) as [Int16Array, Int16Array, Int16Array];
  return pen.map((ink, i) => {
    const [r, g, b] = [added[0][i] as number, added[1][i] as number, added[2][i] as number];
    const least = Math.min(r, g, b);
    return ink === 0 && least >= SPECK_DENSITY && least >= SPECK_EVENNESS * Math.max(r, g, b) ? 1 : 0;
  });
}

function greyMask({ width, height, data }: Raster, { range, density }: typeof RIM_GREY, pen: Uint8Array): Uint8Array {
  const [red, green, blue] = densityTables(WHITE);
  const out = new Uint8Array(width * height);
  for (let i = 0, p = 0; i < out.length; i++, p += 3) {
    const [r, g, b] = [data[p] as number, data[p + 1] as number, data[p + 2] as number];
    if (pen[i] === 1 || Math.max(r, g, b) - Math.min(r, g, b) >= range) continue;
    const sum = (red[r] as number) + (green[g] as number) + (blue[b] as number);
    if (sum / 3 >= density / 100) out[i] = 1;
  }
  return out;
}

/** Pieces of a mask whose gaps of `gap` pixels are closed, each with the number that `kindOf` gives it. */
function piecesOf(
  mask: Uint8Array,
  { width, height }: Raster,
  gap: number,
  kindOf: (piece: { readonly pixels: number; readonly length: number }) => number,
): Uint8Array {
  const { labels, areas } = components(close(mask, width, height, gap), width, 1);
  const longest = spans(labels, width, areas.length);
  const kinds = areas.map((pixels, k) => kindOf({ pixels, length: longest[k] as number }));
  return mapped(labels, (l) => (l === 0 ? 0 : (kinds[l - 1] as number)));
}

/** Thin pieces with what they enclose, where that is at least as much as they are. */
function closedRims(thin: Uint8Array, width: number, mostPixels: number): Uint8Array {
  const filled = fillSmallHoles(thin, width, mostPixels);
  const { labels, areas } = components(filled, width, 1);
  const own = new Float64Array(areas.length);
  for (let i = 0; i < labels.length; i++) {
    const k = (labels[i] as number) - 1;
    if (k >= 0) own[k] = (own[k] as number) + (thin[i] as number);
  }
  return mapped(labels, (l) => (l > 0 && (areas[l - 1] as number) >= 2 * (own[l - 1] as number) ? 1 : 0));
}

function mapped(labels: Int32Array, value: (label: number) => number): Uint8Array {
  const out = new Uint8Array(labels.length);
  for (let i = 0; i < out.length; i++) out[i] = value(labels[i] as number);
  return out;
}

/** The longer side of the box of each label, pixels. */
function spans(labels: Int32Array, width: number, count: number): number[] {
  const left = new Int32Array(count).fill(width);
  const right = new Int32Array(count);
  const top = new Int32Array(count).fill(labels.length);
  const bottom = new Int32Array(count);
  for (let i = 0; i < labels.length; i++) {
    const k = (labels[i] as number) - 1;
    if (k < 0) continue;
    const x = i % width;
    const y = (i - x) / width;
    left[k] = Math.min(left[k] as number, x);
    right[k] = Math.max(right[k] as number, x);
    top[k] = Math.min(top[k] as number, y);
    bottom[k] = Math.max(bottom[k] as number, y);
  }
  return Array.from(left, (l, k) => Math.max((right[k] as number) - l, (bottom[k] as number) - (top[k] as number)) + 1);
}
