/** Fewer tiles of a large bag for one training step, so that memory has a bound. */
import type { Bag, Random } from "@nacre/core";

/** `count` different tiles, in the order of the bag; the bag itself where it is no larger. */
export function sampleTiles(bag: Bag, count: number | null, random: Random): Pick<Bag, "features" | "n" | "d"> {
  if (count === null || bag.n <= count) return bag;
  const { d } = bag;
  const places = Int32Array.from({ length: bag.n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + random.below(bag.n - i);
    const chosen = places[j] as number;
    places[j] = places[i] as number;
    places[i] = chosen;
  }
  const chosen = places.subarray(0, count).sort();
  const features = new Float32Array(count * d);
  for (const [row, place] of chosen.entries()) {
    features.set(bag.features.subarray(place * d, (place + 1) * d), row * d);
  }
  return { features, n: count, d };
}
