/**
 * Quality control as a picture: one colour a problem over a thumbnail, a strip below that says which. What was measured on squares is
 * drawn as squares; squares that were sharp get a thin frame, so that one sees where nobody looked.
 */
import type { Raster } from "../slide/slide.ts";
import type { Artefacts } from "./artefacts.ts";
import type { Quality } from "./check-quality.ts";
import { LETTERS } from "./small-letters.data.ts";

type Rgb = readonly [number, number, number];
type Problem = keyof Artefacts | "blurred" | "blank";

/** Told apart by people who see few colours, too (after Okabe and Ito 2008). */
const LEGEND: Readonly<Record<Problem, readonly [name: string, colour: Rgb]>> = {
  blurred: ["OUT OF FOCUS", [0, 114, 178]],
  blank: ["BLANK", [120, 120, 120]],
  pen: ["PEN", [0, 158, 115]],
  fold: ["FOLD", [213, 94, 0]],
  bubble: ["BUBBLE", [86, 180, 233]],
  dust: ["DUST", [240, 200, 0]],
};
const SHARP: Rgb = [90, 90, 90];
const OPACITY = 0.55;
/** Pixels of the picture for one pixel of a letter, and the height of the strip. */
const LETTER = 2;
const STRIP = 22;

/**
 * A copy of `thumb` with the problems over it and the legend below. On a slide without tissue there is nothing to draw but the legend.
 * @param thumbDownsample level-0 pixels per thumbnail pixel
 */
export function drawQuality(thumb: Raster, thumbDownsample: number, { found }: Quality): Raster {
  const height = thumb.height + STRIP * legendRows(thumb.width).length;
  const data = new Uint8Array(thumb.width * height * 3).fill(255);
  data.set(thumb.data);
  const out = { width: thumb.width, height, data };
  if (found !== null) {
    for (const square of found.squares) {
      const side = square.side / thumbDownsample;
      const place = { x: square.x / thumbDownsample, y: square.y / thumbDownsample, side };
      if (square.state === "sharp") frame(out, thumb.height, place);
      else if (square.state !== "unknown") fill(out, thumb.height, place, LEGEND[square.state][1]);
    }
    const ratio = thumbDownsample / found.tissue.downsample;
    for (const name of ["dust", "bubble", "fold", "pen"] as const) {
      paintMask(out, thumb.height, found.artefacts[name], found.tissue, ratio, LEGEND[name][1]);
    }
  }
  drawLegend(out, thumb.height);
  return out;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

function blend(out: Raster, x: number, y: number, colour: Rgb, opacity: number): void {
  const p = 3 * (y * out.width + x);
  for (let c = 0; c < 3; c++) {
    const under = out.data[p + c] as number;
    out.data[p + c] = Math.round(under + opacity * (colour[c as 0] - under));
  }
}

function eachPixel(out: Raster, bottom: number, { x, y, side }: Place, visit: (x: number, y: number) => void): void {
  for (let v = Math.max(0, Math.round(y)); v < Math.min(bottom, Math.round(y + side)); v++) {
    for (let u = Math.max(0, Math.round(x)); u < Math.min(out.width, Math.round(x + side)); u++) visit(u, v);
  }
}

function fill(out: Raster, bottom: number, place: Place, colour: Rgb): void {
  eachPixel(out, bottom, place, (x, y) => blend(out, x, y, colour, OPACITY));
}

function frame(out: Raster, bottom: number, place: Place): void {
  const [left, top] = [Math.round(place.x), Math.round(place.y)];
  const [right, below] = [Math.round(place.x + place.side) - 1, Math.round(place.y + place.side) - 1];
  eachPixel(out, bottom, place, (x, y) => {
    if (x === left || y === top || x === right || y === below) blend(out, x, y, SHARP, OPACITY);
  });
}

/** A pixel is painted where any mask pixel under it is set, so that no speck vanishes from a small thumbnail. */
function paintMask(
  out: Raster,
  bottom: number,
  mask: Uint8Array,
  size: { readonly width: number; readonly height: number },
  ratio: number,
  colour: Rgb,
): void {
  for (let y = 0; y < bottom; y++) {
    for (let x = 0; x < out.width; x++) {
      if (anyUnder(mask, size, x * ratio, y * ratio, ratio)) blend(out, x, y, colour, OPACITY);
    }
  }
}

function anyUnder(
  mask: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  x: number,
  y: number,
  side: number,
): boolean {
  const end = (from: number): number => Math.max(Math.floor(from) + 1, Math.ceil(from + side - 1e-9));
  for (let v = Math.floor(y); v < Math.min(height, end(y)); v++) {
    for (let u = Math.floor(x); u < Math.min(width, end(x)); u++) if (mask[v * width + u] === 1) return true;
  }
  return false;
}

const ENTRY_GAP = 16;
const entryWidth = (name: string): number => 14 + 4 * LETTER * name.length + ENTRY_GAP;

/** Entries of the legend, as many to a row as fit. */
function legendRows(width: number): (readonly [string, Rgb])[][] {
  const rows: (readonly [string, Rgb])[][] = [];
  let used = width + 1;
  for (const entry of Object.values(LEGEND)) {
    const needed = entryWidth(entry[0]);
    if (used + needed > width) {
      rows.push([]);
      used = 8;
    }
    rows.at(-1)?.push(entry);
    used += needed;
  }
  return rows;
}

function drawLegend(out: Raster, top: number): void {
  for (const [r, row] of legendRows(out.width).entries()) {
    let x = 8;
    const y = top + r * STRIP + 6;
    for (const [name, colour] of row) {
      paint(out, { x, y, width: 10, height: 10 }, colour);
      for (const [i, letter] of [...name].entries()) drawLetter(out, letter, x + 14 + 4 * LETTER * i, y);
      x += entryWidth(name);
    }
  }
}

function drawLetter(out: Raster, letter: string, x: number, y: number): void {
  [...(LETTERS[letter] ?? "")].forEach((bit, i) => {
    if (bit !== "1") return;
    const place = { x: x + LETTER * (i % 3), y: y + LETTER * Math.floor(i / 3), width: LETTER, height: LETTER };
    paint(out, place, [30, 30, 30]);
  });
}

function paint(
  out: Raster,
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  colour: Rgb,
): void {
  for (let v = place.y; v < Math.min(out.height, place.y + place.height); v++) {
    for (let u = place.x; u < Math.min(out.width, place.x + place.width); u++) blend(out, u, v, colour, 1);
  }
}
