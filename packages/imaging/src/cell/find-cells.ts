/**
 * Cells of a slide or of a part of it: read in squares at one scale, each with a rim, and a cell counts for the square that holds
 * its centre, so that none is cut, missed or counted twice. One threshold serves the whole slide.
 */
import { fail, intersect, mpp, type Outcome, ok, type Rect } from "@nacre/core";
import { readDownsampled } from "../slide/scaled-read.ts";
import type { Slide } from "../slide/slide.ts";
import { integralImage, sumUnder } from "../tissue/integral-image.ts";
import { knownScale } from "../tissue/known-scale.ts";
import type { Tissue } from "../tissue/tissue.ts";
import { type Cell, placed } from "./cell.ts";
import { findBloodCells } from "./find-blood-cells.ts";
import { COARSEST_MPP, findNuclei, haematoxylin, type NucleusOptions, nuclearThreshold } from "./find-nuclei.ts";

export interface CellOptions extends NucleusOptions {
  /** Nuclei of an H&E section, or the cells of a blood smear. */
  readonly kind: "nuclei" | "blood";
  /** What to look at, level 0. Default: the whole slide. */
  readonly region?: Rect;
  /** Squares without tissue are passed over. */
  readonly tissue?: Tissue;
}

/** Micrometres a pixel that each kind is looked at with, unless the slide is coarser. */
const WORK_MPP = { nuclei: 0.5, blood: 0.25 } as const;
const SQUARE = 1024;
/** Rim around a square, micrometres: more than half of the largest cell. */
const RIM = { nuclei: 16, blood: 16 } as const;
/** Squares that the threshold of a slide is found on. */
const SAMPLE = 8;

/** Cells with places at level 0, from the top down. Fails with no-scale, implausible-scale (too coarse), out-of-bounds, or as reading does. */
export async function findCells(
  slide: Slide,
  options: CellOptions,
  signal?: AbortSignal,
): Promise<Outcome<readonly Cell[]>> {
  const known = knownScale(slide.info);
  if (!known.ok) return known;
  const coarsest = options.kind === "nuclei" ? COARSEST_MPP : 0.7;
  if (known.value > coarsest) {
    return fail("implausible-scale", {
      expected: `a scale of at most ${coarsest} um/px, at which cells can be seen`,
      received: `${known.value} um/px`,
      remedy: "scan at a higher magnification, or give the right scale with --mpp",
    });
  }
  const work = mpp(Math.max(known.value, WORK_MPP[options.kind]));
  const whole = { x: 0, y: 0, width: slide.info.width, height: slide.info.height };
  const all = intersect(whole, options.region ?? whole);
  if (all === null) {
    return fail("out-of-bounds", {
      expected: `a region on the slide of ${whole.width} x ${whole.height} px`,
      received: "one beside it",
      remedy: "give x and y in level-0 pixels",
    });
  }
  const grid = layout(all, options, work / known.value, RIM[options.kind] / work);
  const threshold = await sharedThreshold(slide, grid, options, signal);
  if (!threshold.ok) return threshold;
  const cells: Cell[] = [];
  for (const square of grid.squares) {
    signal?.throwIfAborted();
    const raster = await readDownsampled(slide, grid.downsample, square.read, signal);
    if (!raster.ok) return raster;
    const found =
      options.kind === "blood"
        ? findBloodCells(raster.value, work)
        : findNuclei(raster.value, work, {
            ...options,
            ...(threshold.value === null ? {} : { threshold: threshold.value }),
          });
    for (const cell of found) {
      const there = placed(cell, grid.downsample, square.read.x, square.read.y);
      if (isIn(square.own, there.centre.x, there.centre.y))
        cells.push({ ...there, isCut: touches(grid.all, there.box) });
    }
  }
  return ok(cells);
}

interface Square {
  /** Level 0: the centres of the cells that count here. */
  readonly own: Rect;
  /** Corner at level 0, size in work pixels. */
  readonly read: Rect;
}

interface Grid {
  readonly all: Rect;
  readonly downsample: number;
  readonly squares: readonly Square[];
}

function layout(all: Rect, options: CellOptions, downsample: number, rimPixels: number): Grid {
  const side = SQUARE * downsample;
  const rim = Math.ceil(rimPixels) * downsample;
  const { tissue } = options;
  const sums = tissue === undefined ? null : integralImage(tissue.mask, tissue.width, tissue.height);
  const squares: Square[] = [];
  for (let y = all.y; y < all.y + all.height; y += side) {
    for (let x = all.x; x < all.x + all.width; x += side) {
      const own = intersect(all, { x, y, width: side, height: side }) as Rect;
      if (sums !== null && tissue !== undefined) {
        const d = tissue.downsample;
        if (sumUnder(sums, own.x / d, own.y / d, (own.x + own.width) / d, (own.y + own.height) / d) === 0) continue;
      }
      const rimmed = intersect(all, {
        x: own.x - rim,
        y: own.y - rim,
        width: own.width + 2 * rim,
        height: own.height + 2 * rim,
      }) as Rect;
      const pixels = (length: number): number => Math.max(1, Math.round(length / downsample));
      squares.push({ own, read: { ...rimmed, width: pixels(rimmed.width), height: pixels(rimmed.height) } });
    }
  }
  return { all, downsample, squares };
}

/** Nuclei of one slide are told by one threshold: the median over some squares that have one. Null for blood. */
async function sharedThreshold(
  slide: Slide,
  grid: Grid,
  options: CellOptions,
  signal?: AbortSignal,
): Promise<Outcome<number | null>> {
  if (options.kind === "blood" || options.threshold !== undefined) return ok(options.threshold ?? null);
  const step = Math.max(1, Math.floor(grid.squares.length / SAMPLE));
  const cuts: number[] = [];
  for (let i = Math.floor(step / 2); i < grid.squares.length; i += step) {
    const raster = await readDownsampled(slide, grid.downsample, (grid.squares[i] as Square).read, signal);
    if (!raster.ok) return raster;
    const cut = nuclearThreshold(haematoxylin(raster.value, options.stain));
    if (cut !== null) cuts.push(cut);
  }
  cuts.sort((a, b) => a - b);
  const median = cuts[Math.floor(cuts.length / 2)];
  return ok(median === undefined ? null : median / 100);
}

const isIn = (r: Rect, x: number, y: number): boolean =>
  x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height;

const touches = (all: Rect, box: Rect): boolean =>
  box.x <= all.x ||
  box.y <= all.y ||
  box.x + box.width >= all.x + all.width ||
  box.y + box.height >= all.y + all.height;
