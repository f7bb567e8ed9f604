/** Bags with a planted truth, for tests: most tiles are noise, and in bags of the second class a few come from elsewhere. */
import { type Bag, type Random, randomStream } from "@nacre/core";
import { type BagSource, bagsInMemory, type Labelled } from "../src/index.ts";

export interface PlantedOptions {
  readonly bags: number;
  readonly d: number;
  /** Smallest and largest bag. */
  readonly tiles: readonly [number, number];
  /** Share of planted tiles in a positive bag; at least one. */
  readonly share: number;
  /** Distance of a planted tile from the noise, in deviations of the noise, on each of the first three features. */
  readonly distance: number;
  readonly seed: number;
}

export interface PlantedBags {
  readonly source: BagSource;
  readonly labelled: readonly Labelled<number>[];
  /** Places of the planted tiles of each bag. */
  readonly planted: ReadonlyMap<string, readonly number[]>;
}

export function plantBags({ bags, d, tiles, share, distance, seed }: PlantedOptions): PlantedBags {
  const random = randomStream(seed, "planted");
  const made = new Map<string, Bag>();
  const planted = new Map<string, readonly number[]>();
  const labelled: Labelled<number>[] = [];
  for (let i = 0; i < bags; i++) {
    const id = `bag-${i}`;
    const label = i % 2;
    const n = tiles[0] + random.below(tiles[1] - tiles[0] + 1);
    const bag = noiseBag(n, d, random);
    const places = label === 0 ? [] : Array.from({ length: Math.max(1, Math.round(share * n)) }, () => random.below(n));
    for (const place of new Set(places)) {
      for (let j = 0; j < Math.min(3, d); j++) bag.features[place * d + j] = distance + random.normal() * 0.5;
    }
    made.set(id, bag);
    planted.set(id, [...new Set(places)]);
    labelled.push({ id, label });
  }
  return { source: bagsInMemory(made), labelled, planted };
}

/** A bag of standard normal noise. */
export function noiseBag(n: number, d: number, random: Random): Bag {
  return bagOf(
    Float32Array.from({ length: n * d }, () => random.normal()),
    d,
  );
}

/** A bag around given features, row-major. */
export function bagOf(features: Float32Array, d: number): Bag {
  const n = features.length / d;
  const x = Int32Array.from({ length: n }, (_, i) => i * 256);
  return { features, n, d, x, y: new Int32Array(n), side: 256, space: "test" };
}
