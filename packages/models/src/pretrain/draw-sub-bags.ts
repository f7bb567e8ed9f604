/** Parts of a bag to look at, and which of their tiles are hidden: as crops of an image are drawn, by share of the whole. */
import type { Bag, Random } from "@nacre/core";
import type { Tiles } from "../train/bag-feeds.ts";
import { sampleTiles } from "../train/sample-tiles.ts";

/** Different tiles of a bag, their share drawn evenly from [least, most]: at least one, at most `cap`. */
export function drawSubBag(bag: Bag, [least, most]: readonly [number, number], cap: number, random: Random): Tiles {
  const share = least + (most - least) * random.uniform();
  return sampleTiles(bag, Math.min(cap, Math.max(1, Math.round(share * bag.n))), random);
}

export interface HidingOptions {
  /** How often anything is hidden at all. */
  readonly chance: number;
  /** The largest share hidden; drawn evenly from 0.1 to it. */
  readonly share: number;
}

const LEAST_HIDDEN = 0.1;

/** 1 for each hidden tile of n. One tile at least is left to see, so of a single one nothing is hidden. */
export function hideTiles(n: number, { chance, share }: HidingOptions, random: Random): Float32Array<ArrayBuffer> {
  const hidden = new Float32Array(n);
  if (random.uniform() >= chance) return hidden;
  const least = Math.min(LEAST_HIDDEN, share);
  const count = Math.min(n - 1, Math.max(1, Math.round(n * (least + (share - least) * random.uniform()))));
  const order = random.shuffled(Array.from({ length: n }, (_, i) => i));
  for (const place of order.slice(0, count)) hidden[place] = 1;
  return hidden;
}
