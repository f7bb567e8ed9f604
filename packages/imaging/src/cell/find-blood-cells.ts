/**
 * Cells of a blood smear (Wright or Giemsa): nuclei of white cells absorb red light, which red cells let through; red cells
 * absorb green. Lobes of one nucleus are joined, the pale cytoplasm around them is added; red cells are looked for as round
 * outlines in what is left. Small purple pieces are platelets. For fields at 0.1 to 0.5 um/px.
 */
import type { Raster } from "../slide/slide.ts";
import { densityTables, type Triple } from "../stain/optical-density.ts";
import { boxBlur } from "../tissue/box-blur.ts";
import { components, dropSmallPieces, fillSmallHoles } from "../tissue/components.ts";
import { close, dilate, erode } from "../tissue/morphology.ts";
import { otsu } from "../tissue/otsu.ts";
import { type Cell, cellsOfParts } from "./cell.ts";
import { findRedCells } from "./find-red-cells.ts";
import type { Parts } from "./split-touching.ts";

/** Square micrometres. */
const WHITE_NUCLEUS = 12;
const WHITE_CELL = [25, 600] as const;
const PLATELET = [1.2, 12] as const;
/** Micrometres: gaps between lobes, and how far cytoplasm reaches beyond the nucleus. */
const LOBE_GAP = 1.2;
const CYTOPLASM = 3;
/** Steps of a byte to a unit of optical density: smears are pale, so the scale ends at 0.64. */
const STEPS = 400;
/** By how much a nucleus absorbs more red than blue, the least of that in cytoplasm, and what is not glass; steps. */
const NUCLEUS = 0.04 * STEPS;
const CYTOPLASM_HUE = -0.02 * STEPS;
const MIN_STAINED = 0.04 * STEPS;
const MIN_RED_CELL = 0.025 * STEPS;
/** Micrometres over which light varies. */
const SHADING = 12;
/** How far from the mean of the glass to the mean of red cells the pale rim of a red cell lies. */
const RIM_SHARE = 0.25;

/** White cells, then red cells, then platelets, in the picture's pixels. @throws RangeError for a scale outside 0.05 to 0.7 um/px */
export function findBloodCells(raster: Raster, mpp: number): Cell[] {
  if (!(mpp >= 0.05 && mpp <= 0.7)) {
    throw new RangeError(`expected a blood smear at 0.05 to 0.7 um/px, received ${mpp}; read another level`);
  }
  const { width, height } = raster;
  const size = { width, height, mpp };
  const pixels = (microns: number): number => Math.round(microns / mpp);
  const area = (microns2: number): number => microns2 / mpp ** 2;
  const planes = lightPlanes(raster, Math.max(1, pixels(0.3)));
  const purple = purpleMask(planes);
  const nuclei = dropSmallPieces(close(purple, width, height, pixels(LOBE_GAP)), width, area(WHITE_NUCLEUS));
  const white = whiteCells(nuclei, planes, width, height, pixels);
  const red = new Uint8Array(purple.length);
  const green = evenlyLit(planes.green, white.mask, width, height, pixels(SHADING));
  const greenCut = redCellThreshold(green, white.mask);
  for (let i = 0; i < red.length; i++) red[i] = (green[i] as number) > greenCut && white.mask[i] === 0 ? 1 : 0;
  const whole = fillSmallHoles(red, width, area(30));
  for (let i = 0; i < whole.length; i++) if (white.mask[i] === 1) whole[i] = 0;
  const purplePieces = dropSmallPieces(purple, width, area(PLATELET[0]));
  const free = purplePieces.map((v, i) => (v === 1 && white.mask[i] === 0 ? 1 : 0));
  const plateletMask = dilate(free, width, height, Math.max(1, pixels(0.4)));
  const platelets = cellsOfParts(pieces(plateletMask, width), size, "platelet", PLATELET);
  return [
    ...cellsOfParts(white.parts, size, "white-cell", WHITE_CELL),
    ...findRedCells({ green, stained: whole, white: white.mask }, size, mpp),
    ...platelets,
  ];
}

interface LightPlanes {
  /** Optical density of red, green and blue against bare glass, in steps. */
  readonly red: Uint8Array;
  readonly green: Uint8Array;
  readonly blue: Uint8Array;
}

/** Densities against the brightest light of the picture, channel by channel, a little smoothed. */
function lightPlanes({ width, height, data }: Raster, radius: number): LightPlanes {
  const n = width * height;
  const channel = (c: 0 | 1 | 2): Uint8Array => {
    const out = new Uint8Array(n);
    for (let i = 0; i < n; i++) out[i] = data[3 * i + c] as number;
    return out;
  };
  const raw = [channel(0), channel(1), channel(2)] as const;
  const white: Triple = [lightOf(raw[0]), lightOf(raw[1]), lightOf(raw[2])];
  const tables = densityTables(white);
  const plane = (c: 0 | 1 | 2): Uint8Array =>
    boxBlur(
      raw[c].map((v) => Math.min(255, Math.max(0, STEPS * (tables[c][v] as number)))),
      width,
      height,
      radius,
    );
  return { red: plane(0), green: plane(1), blue: plane(2) };
}

/** The light of bare glass: the 98th percentile of a channel. */
function lightOf(plane: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const v of plane) counts[v] = (counts[v] as number) + 1;
  const rank = Math.floor(0.98 * (plane.length - 1));
  let [value, below] = [0, counts[0] as number];
  while (below <= rank) below += counts[++value] as number;
  return value;
}

/** Pixels that absorb clearly more red than blue: nuclei and platelets. Haemoglobin is the other way round. */
function purpleMask({ red, blue }: LightPlanes): Uint8Array {
  return red.map((v, i) => (v - (blue[i] as number) >= NUCLEUS ? 1 : 0));
}

/** The plane less the density of the glass nearby: a field is darker towards its corners. */
function evenlyLit(plane: Uint8Array, white: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const cut = redCellThreshold(plane, white);
  const isGlass = plane.map((v, i) => (v < cut && white[i] === 0 ? 255 : 0));
  const share = boxBlur(isGlass, width, height, radius);
  const sum = boxBlur(
    plane.map((v, i) => (isGlass[i] === 0 ? 0 : v)),
    width,
    height,
    radius,
  );
  return plane.map((v, i) => {
    const glass = (share[i] as number) < 8 ? 0 : ((sum[i] as number) * 255) / (share[i] as number);
    return Math.max(0, v - glass);
  });
}

/** What red cells absorb of green at least: most of the way from bare glass to them, found outside of the white cells. */
function redCellThreshold(green: Uint8Array, white: Uint8Array): number {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < green.length; i++) {
    const v = green[i] as number;
    if (white[i] === 0) histogram[v] = (histogram[v] as number) + 1;
  }
  const cut = otsu(histogram);
  return cut === null ? 255 : Math.max(MIN_RED_CELL, cut.lowerMean + RIM_SHARE * (cut.upperMean - cut.lowerMean));
}

/** Nuclei and the stained pixels near them that are not a red cell's colour. */
function whiteCells(
  nuclei: Uint8Array,
  { red, green, blue }: LightPlanes,
  width: number,
  height: number,
  pixels: (microns: number) => number,
): { readonly parts: Parts; readonly mask: Uint8Array } {
  const near = dilate(nuclei, width, height, pixels(CYTOPLASM));
  const body = nuclei.map((v, i) => {
    if (v === 1) return 1;
    const isStained = (green[i] as number) > MIN_STAINED;
    return near[i] === 1 && isStained && (red[i] as number) - (blue[i] as number) >= CYTOPLASM_HUE ? 1 : 0;
  });
  const radius = Math.max(1, pixels(0.8));
  const opened = dilate(erode(body, width, height, radius), width, height, radius);
  const whole = nuclei.map((v, i) => (v === 1 || opened[i] === 1 ? 1 : 0));
  const cells = fillSmallHoles(dropSmallPieces(whole, width, 1), width, (4 * pixels(1)) ** 2);
  return { parts: pieces(cells, width), mask: cells };
}

function pieces(mask: Uint8Array, width: number): Parts {
  const { labels, areas } = components(mask, width, 1);
  return { labels, count: areas.length };
}
