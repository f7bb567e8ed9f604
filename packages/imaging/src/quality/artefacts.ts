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
import { boxBlur } from "../tissue/box-blur.ts";
import { components, dropSmallPieces, fillSmallHoles } from "../tissue/components.ts";
import { inkMask } from "../tissue/ink-mask.ts";
import { close, dilate } from "../tissue/morphology.ts";
import { inkPlane } from "../tissue/stain-plane.ts";
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
  const pen = inkMask(inkPlane(image), image.width, image.height, mpp);
  return { pen, bubble: greyThings(image, mpp, pen).bubble };
}

/** Pieces of ink that come near tissue. */
function penOnTissue(image: Raster, { mask, width, height, mpp }: Tissue): Uint8Array {
  const ink = inkMask(inkPlane(image), width, height, mpp);
  const near = dilate(mask, width, height, Math.round(TOUCH_MICRONS / mpp));
  const { labels, areas } = components(ink, width, 1);
  const touching = new Uint8Array(areas.length + 1);
  for (let i = 0; i < labels.length; i++) if (near[i] === 1) touching[labels[i] as number] = 1;
  touching[0] = 0;
  return mapped(labels, touching);
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
  const counts = new Uint32Array(256);
  let n = 0;
  for (let i = 0; i < plane.length; i++) {
    if (mask[i] !== 1) continue;
    const v = plane[i] as number;
    counts[v] = (counts[v] as number) + 1;
    n++;
  }
  return Math.max(1, countedMedian(counts, n));
}

/** The middle of `n` bytes that are counted by their value, or the mean of the two in the middle. */
function countedMedian(counts: Uint32Array, n: number): number {
  const at = (rank: number): number => {
    let value = 0;
    for (let below = counts[0] as number; below <= rank && value < 255; ) below += counts[++value] as number;
    return value;
  };
  return n === 0 ? 0 : (at((n - 1) >> 1) + at(n >> 1)) / 2;
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
  const anyThin = new Uint8Array(thin.length);
  for (let i = 0; i < thin.length; i++) anyThin[i] = thin[i] === 0 ? 0 : 1;
  const bubble = closedRims(anyThin, width, MAX_BUBBLE_MM2 / pixelMm2);
  for (let i = 0; i < thin.length; i++) if (thin[i] === 2) bubble[i] = 1;
  const grey = greyMask(image, SPECK_GREY, pen);
  addAddedGrey(grey, image, Math.round(SPECK_AROUND_MICRONS / mpp), pen);
  const dust = piecesOf(grey, image, 1, ({ pixels }) =>
    pixels * pixelMm2 >= MIN_SPECK_MM2 && pixels * pixelMm2 <= MAX_SPECK_MM2 ? 1 : 0,
  );
  for (let i = 0; i < dust.length; i++) if (bubble[i] === 1) dust[i] = 0;
  return { bubble, dust };
}

/**
 * Marks pixels that are darker than their surroundings by the same density in every channel. A speck lies over tissue and takes its
 * colour, so what it adds is grey and not what is seen; dyes add unequally.
 */
function addAddedGrey(marked: Uint8Array, { width, height, data }: Raster, radius: number, pen: Uint8Array): void {
  const [red, green, blue] = ([0, 1, 2] as const).map((c) => {
    const table = Uint8Array.from(densityTables(WHITE)[c], (v) => Math.min(255, 100 * v));
    const plane = new Uint8Array(width * height);
    for (let i = 0, p = c; i < plane.length; i++, p += 3) plane[i] = table[data[p] as number] as number;
    return { plane, around: boxBlur(plane, width, height, radius) };
  }) as [Around, Around, Around];
  for (let i = 0; i < marked.length; i++) {
    const r = (red.plane[i] as number) - (red.around[i] as number);
    if (r < SPECK_DENSITY || pen[i] === 1) continue;
    const g = (green.plane[i] as number) - (green.around[i] as number);
    const b = (blue.plane[i] as number) - (blue.around[i] as number);
    const least = Math.min(r, g, b);
    if (least >= SPECK_DENSITY && least >= SPECK_EVENNESS * Math.max(r, g, b)) marked[i] = 1;
  }
}

/** A channel's density, hundredths, and its mean around each pixel. */
interface Around {
  readonly plane: Uint8Array;
  readonly around: Uint8Array;
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
  return mapped(labels, Uint8Array.from([0, ...kinds]));
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
  const isClosed = areas.map((area, k) => (area >= 2 * (own[k] as number) ? 1 : 0));
  return mapped(labels, Uint8Array.from([0, ...isClosed]));
}

/** The value of each pixel's label; values[0] is that of no label. */
function mapped(labels: Int32Array, values: Uint8Array): Uint8Array {
  const out = new Uint8Array(labels.length);
  for (let i = 0; i < out.length; i++) out[i] = values[labels[i] as number] as number;
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
