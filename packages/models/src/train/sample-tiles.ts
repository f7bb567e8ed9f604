/** Fewer tiles of a large bag for one training step, so that memory has a bound. */
import type { Bag, Random } from "@nacre/core";
import type { Tiles } from "./bag-feeds.ts";
import { takeTiles } from "./take-tiles.ts";

/** `count` different tiles, in the order of the bag; the bag itself where it is no larger. */
export function sampleTiles(bag: Bag, count: number | null, random: Random): Tiles {
  if (count === null || bag.n <= count) return bag;
  const places = Int32Array.from({ length: bag.n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + random.below(bag.n - i);
    const chosen = places[j] as number;
    places[j] = places[i] as number;
    places[i] = chosen;
  }
  return takeTiles<Tiles>(bag, places.subarray(0, count).sort());
}

/** How many of n tiles a step takes, at least one; null for all. */
export function tilesOfStep(
  n: number,
  { maxTiles, tileDropout }: { readonly maxTiles: number | null; readonly tileDropout: number },
): number | null {
  if (tileDropout === 0) return maxTiles;
  const kept = Math.max(1, Math.round(n * (1 - tileDropout)));
  return maxTiles === null ? kept : Math.min(maxTiles, kept);
}
