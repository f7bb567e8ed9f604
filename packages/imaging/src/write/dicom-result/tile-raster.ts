/**
 * Tiles of a grid as a raster of one pixel a tile. The step of the grid is found from the places: it may be a fraction of a pixel, of which each place was
 * rounded, and tiles may overlap or be missing. The centre of a pixel is the centre of its tile, to within a level-0 pixel.
 */
import { raise } from "@nacre/core";
import type { Laid } from "./slide-frames.ts";

export interface PlacedNumbers {
  /** Side of a tile in level-0 pixels. */
  readonly side: number;
  /** Corners of tiles, level-0 pixels, [n]. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** [n] */
  readonly values: ArrayLike<number>;
}

const MOST_PIXELS = 2 ** 24;
/** Both ends of a distance may be rounded by half a pixel. */
const TOLERANCE = 1.01;

/** @throws FailureError bad-value (no tiles, a number that is none, two tiles at one place), out-of-bounds (places on no common grid) */
export function tileRaster(tiles: PlacedNumbers, none: number): { readonly laid: Laid; readonly pixels: Float32Array } {
  const { side, values } = tiles;
  const n = tiles.x.length;
  if (n === 0 || tiles.y.length !== n || values.length !== n) {
    bad("tiles with a number each", `${n} places, ${values.length} numbers`);
  }
  const [x, y] = [axisOf(tiles.x), axisOf(tiles.y)];
  const step = stepOf(x.distinct, y.distinct, side);
  const [width, height] = [x, y].map(({ distinct }) => Math.round((distinct.at(-1) ?? 0) / step) + 1) as [
    number,
    number,
  ];
  if (!(step >= 1 && width * height <= MOST_PIXELS)) astray(side);
  const pixels = new Float32Array(width * height).fill(none);
  const isTaken = new Uint8Array(width * height);
  for (let i = 0; i < n; i++) {
    const value = Number(values[i]);
    if (!Number.isFinite(value)) bad("finite numbers", `${value} in tile ${i}`);
    const at = Math.round((y.offsets[i] ?? 0) / step) * width + Math.round((x.offsets[i] ?? 0) / step);
    if (isTaken[at] === 1) bad("one tile at each place", `two at ${tiles.x[i]}, ${tiles.y[i]}`);
    isTaken[at] = 1;
    pixels[at] = value;
  }
  // a pixel is as large as the step, its tile as large as the side: centre on centre
  const shift = (side - step) / 2;
  return { laid: { width, height, x: x.first + shift, y: y.first + shift, downsample: step }, pixels };
}

interface Axis {
  readonly first: number;
  /** Distances from the first. */
  readonly offsets: Float64Array;
  /** The same, each once, from the least. */
  readonly distinct: readonly number[];
}

function axisOf(places: ArrayLike<number>): Axis {
  const first = Array.from(places).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const offsets = Float64Array.from(places, (place) => place - first);
  return { first, offsets, distinct: [...new Set(offsets)].sort((a, b) => a - b) };
}

/** The step by which all distances are whole, but for rounding: the side of a tile, else the least distance there is. */
function stepOf(x: readonly number[], y: readonly number[], side: number): number {
  const gaps = [x, y].flatMap((axis) => axis.slice(1).map((offset, i) => offset - (axis[i] ?? 0)));
  const least = gaps.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (least === Number.POSITIVE_INFINITY) return side;
  const near = gaps.filter((gap) => gap <= least + TOLERANCE);
  const mean = near.reduce((a, b) => a + b, 0) / near.length;
  const starts = least < side - TOLERANCE ? [mean] : [side, mean];
  for (const start of starts) {
    const step = [x, y].reduce(refined, start);
    if ([x, y].every((axis) => axis.every((offset) => isWhole(offset, step)))) return step;
  }
  return astray(side);
}

/** A step made exact by ever longer distances. */
function refined(step: number, offsets: readonly number[]): number {
  let best = step;
  let longest = 0;
  for (const offset of offsets) {
    const n = Math.round(offset / best);
    if (n <= longest || !isWhole(offset, best, n)) continue;
    best = offset / n;
    longest = n;
  }
  return best;
}

/** `n`: the error of a step that is known to one pixel alone grows with the distance. */
function isWhole(offset: number, step: number, n = 1): boolean {
  return Math.abs(offset - Math.round(offset / step) * step) <= TOLERANCE * Math.max(1, Math.min(n, step / 4));
}

function astray(side: number): never {
  return raise("out-of-bounds", {
    expected: `tiles on one grid, of at most ${MOST_PIXELS} places`,
    received: `tiles of ${side} level-0 pixels at places that share no step`,
    remedy: "lay the tiles on a grid",
  });
}

function bad(expected: string, received: string): never {
  return raise("bad-value", { expected, received, remedy: "draw the heatmap again: nacre run --resume" });
}
