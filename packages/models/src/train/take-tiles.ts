/** Some tiles of a bag, as a bag of their own. */
import type { Tiles } from "./bag-feeds.ts";

/** The tiles at these places, in the order of the list; a copy. */
export function takeTiles<T extends Tiles>(bag: T, places: ArrayLike<number> & Iterable<number>): T {
  const { d } = bag;
  const features = new Float32Array(places.length * d);
  let row = 0;
  for (const place of places) features.set(bag.features.subarray(place * d, (place + 1) * d), d * row++);
  const along = (all: Int32Array): Int32Array => Int32Array.from(places, (place) => all[place] as number);
  return { ...bag, features, n: places.length, x: along(bag.x), y: along(bag.y) };
}
