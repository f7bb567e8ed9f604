/** Tiles of a slide to a bag: step 4 of the way the data goes. */
import { type Bag, checkBag, fail, type Outcome } from "@nacre/core";
import type { OpenOptions, Tiles } from "@nacre/imaging";
import { checkTiles, spaceOf } from "../encoder/encoder.ts";
import { findEncoder } from "../encoder/encoder-folder.ts";
import type { EncodeOptions, EncodePool } from "./encode-pool.ts";
import type { TileColour } from "./tile-colour.ts";

export interface EncodeTilesOptions extends EncodeOptions {
  readonly pool: EncodePool;
  /** Default: colours as they are stored. */
  readonly colour?: TileColour | undefined;
}

/**
 * Encodes the tiles of a slide on the pool's threads. The bytes do not depend on the number of threads. Fails with `bad-encoder`,
 * `encoder-mismatch` (tiles of another size or scale than the encoder wants), `not-finite` (the encoder's fault, with the tile),
 * `cancelled`, or what opening and reading the slide fail with; a failed tile is named by its place.
 */
export async function encodeTiles(
  slidePath: string,
  openOptions: OpenOptions,
  tiles: Tiles,
  encoderRef: string,
  options: EncodeTilesOptions,
): Promise<Outcome<Bag>> {
  const place = await findEncoder(encoderRef);
  if (!place.ok) return place;
  const { info } = place.value;
  const fits = checkTiles(info, tiles.spec);
  if (!fits.ok) return fits;
  if (tiles.n === 0) return noTiles(slidePath);
  const { mpp, size } = tiles.spec;
  const { colour } = options;
  const own = colour === undefined ? {} : { colour };
  const source = { slide: slidePath, slideMpp: openOptions.mpp ?? null, encoder: place.value, mpp, size, ...own };
  const features = await options.pool.encode(source, tiles.x, tiles.y, options);
  if (!features.ok) return features;
  const { n, x, y, side } = tiles;
  const bag: Bag = {
    features: features.value,
    n,
    d: info.dim,
    x,
    y,
    side,
    space: `${spaceOf(info)}/${tiles.spec.size}px@${tiles.spec.mpp}${colour === undefined ? "" : `/${colour.space}`}`,
  };
  return checkBag(bag, slidePath);
}

function noTiles(slidePath: string): Outcome<never> {
  return fail("empty-bag", {
    expected: `at least one tile of ${slidePath}`,
    received: "none",
    remedy: "check the tissue settings, or leave the slide out of the cohort",
  });
}
