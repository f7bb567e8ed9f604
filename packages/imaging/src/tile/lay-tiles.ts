/** Lays tiles on a slide and measures how much tissue each holds. Places only: pixels are read when a tile is encoded. */
import { fail, type Mpp, type Outcome, ok } from "@nacre/core";
import type { Slide } from "../slide/slide.ts";
import { integralImage, sumUnder } from "../tissue/integral-image.ts";
import { knownScale } from "../tissue/known-scale.ts";
import type { Tissue } from "../tissue/tissue.ts";
import { type Grid, tileGrid } from "./grid.ts";
import { checkTileSpec, type TileSpec, type Tiles } from "./tile-spec.ts";

/**
 * Tiles that hold at least `spec.minTissue` tissue. Fails with `no-scale`, or `too-few-tiles` when none does.
 * @throws RangeError for an impossible spec, such as an overlap not below the size
 */
export function layTiles(slide: Slide, tissue: Tissue, spec: TileSpec): Outcome<Tiles> {
  return lay(slide, tissue, spec, spec.minTissue);
}

/**
 * Every tile of the grid, whatever it holds: for field images that are one or a few tiles large.
 * The share of tissue is measured where `tissue` is given, and 1 where the whole image is taken as tissue.
 */
export function wholeImageTiles(slide: Slide, spec: TileSpec, tissue?: Tissue): Outcome<Tiles> {
  return lay(slide, tissue ?? null, spec, 0);
}

function lay(slide: Slide, tissue: Tissue | null, spec: TileSpec, minTissue: number): Outcome<Tiles> {
  checkTileSpec(spec);
  const scale = knownScale(slide.info);
  if (!scale.ok) return scale;
  const { width, height } = slide.info;
  const grid = tileGrid({ width, height, mpp: scale.value }, spec);
  const places = grid.columns.length * grid.rows.length;
  if (places === 0) return tooSmall(slide, spec, grid.side, scale.value);
  const tiles = keepTissue(grid, tissue, spec, minTissue);
  if (tiles.n > 0) return ok(tiles);
  return fail("too-few-tiles", {
    expected: `at least one tile of ${spec.size} px at ${spec.mpp} um/px with a tissue share of ${spec.minTissue}`,
    received: `none among ${places} places; the slide is ${percent(tissue?.fraction ?? 1)} tissue`,
    remedy: "lower tiles.minTissue, or use smaller tiles",
  });
}

function keepTissue(grid: Grid, tissue: Tissue | null, spec: TileSpec, minTissue: number): Tiles {
  const share = tissue === null ? () => 1 : shareOf(tissue, grid.side);
  const x: number[] = [];
  const y: number[] = [];
  const shares: number[] = [];
  for (const top of grid.rows) {
    for (const left of grid.columns) {
      const value = share(left, top);
      if (value < minTissue) continue;
      x.push(left);
      y.push(top);
      shares.push(value);
    }
  }
  const { side } = grid;
  return { spec, n: x.length, x: Int32Array.from(x), y: Int32Array.from(y), side, tissue: Float32Array.from(shares) };
}

/** Share of a square at level 0 that lies on tissue. Rounded to 1e-9, so that a tile full of tissue has exactly 1. */
function shareOf(tissue: Tissue, side: number): (x: number, y: number) => number {
  const image = integralImage(tissue.mask, tissue.width, tissue.height);
  const s = 1 / tissue.downsample;
  return (x, y) => {
    const share = sumUnder(image, x * s, y * s, (x + side) * s, (y + side) * s) / (side * s) ** 2;
    return Math.min(1, Math.max(0, Math.round(share * 1e9) / 1e9));
  };
}

function tooSmall(slide: Slide, spec: TileSpec, side: number, mpp: Mpp): Outcome<never> {
  const { width, height } = slide.info;
  return fail("too-few-tiles", {
    expected: `room for a tile of ${spec.size} px at ${spec.mpp} um/px, which is ${side} px at this slide's ${mpp} um/px`,
    received: `an image of ${width} x ${height} px`,
    remedy: "use smaller tiles or a finer tiles.mpp, and check the image's scale",
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
