/**
 * How one slide is stained, from some of its tiles. One profile serves all tiles of the slide: a tile that lacks nuclei has no
 * haematoxylin to measure, and a profile of its own would stretch its faintest dye to full strength. Which tiles are looked at is
 * drawn by a seed that is always the same, so a slide's colours depend on the slide alone.
 */
import { fail, type Outcome, ok, randomStream } from "@nacre/core";
import type { Raster, Slide } from "../slide/slide.ts";
import type { Tiles } from "../tile/tile-spec.ts";
import { fitStain } from "./normalise-stain.ts";
import type { StainMethod, StainProfile } from "./stain-profile.ts";

/** Tiles that are read, at most. */
const MOST_TILES = 32;
/** Pixels that are looked at, about, at most: every k-th of each row and column of the tiles. */
const MOST_PIXELS = 200_000;

/**
 * Density of a stained pixel in every channel: 0.15 in natural logarithms, as the reference was measured. The 0.15 of the paper is
 * decadic and leaves out most of the eosin of a pale slide, which takes little red.
 */
const LEAST_DENSITY = 0.15 / Math.LN10;

export interface SlideStain {
  readonly profile: StainProfile;
  /** How many tiles it was measured on. */
  readonly tiles: number;
}

/** Fails with no-tissue or too-few (too little of a stain), or what reading a tile fails with, told with its place. */
export async function fitSlideStain(
  slide: Slide,
  tiles: Tiles,
  method: StainMethod,
  signal?: AbortSignal,
): Promise<Outcome<SlideStain>> {
  const { mpp, size } = tiles.spec;
  const drawn = sample(tiles.n);
  const step = Math.max(1, Math.ceil(Math.sqrt((drawn.length * size * size) / MOST_PIXELS)));
  const rasters: Raster[] = [];
  for (const i of drawn) {
    const place = { x: tiles.x[i] as number, y: tiles.y[i] as number, width: size, height: size };
    const tile = await slide.readAt(mpp, place, signal);
    if (!tile.ok) {
      const { kind, expected, received, remedy } = tile.failure;
      return fail(kind, { expected, received: `${received} (tile at ${place.x}, ${place.y})`, remedy });
    }
    rasters.push(thinned(tile.value, step));
  }
  const profile = fitStain(method, rasters, { minDensity: LEAST_DENSITY });
  return profile.ok ? ok({ profile: profile.value, tiles: drawn.length }) : profile;
}

/** Up to MOST_TILES of n, in their order. */
function sample(n: number): number[] {
  if (n <= MOST_TILES) return Array.from({ length: n }, (_, i) => i);
  const random = randomStream(0, "slide-stain");
  const chosen = new Set<number>();
  while (chosen.size < MOST_TILES) chosen.add(random.below(n));
  return [...chosen].sort((a, b) => a - b);
}

/** Every `step`-th pixel of every `step`-th row. Colours are left as they are: a mean of pixels would be of no dye. */
function thinned(raster: Raster, step: number): Raster {
  const width = Math.ceil(raster.width / step);
  const height = Math.ceil(raster.height / step);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, q = 0; y < height; y++) {
    for (let x = 0; x < width; x++, q += 3) {
      const p = (y * raster.width + x) * step * 3;
      data.set(raster.data.subarray(p, p + 3), q);
    }
  }
  return { width, height, data };
}
