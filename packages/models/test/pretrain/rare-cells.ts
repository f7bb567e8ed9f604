/**
 * Bags whose profile depends on rare cells: common cells are of several kinds mixed in proportions that differ from bag to bag (a
 * nuisance that any bag encoder sees first); each of the three entries of the profile adds a few cells of its own kind.
 */
import { type Bag, randomStream } from "@nacre/core";
import type { Profiled } from "../../src/pretrain/profile-feeds.ts";
import { bagOf } from "../planted-bags.ts";

export interface RareCells {
  readonly bags: ReadonlyMap<string, Bag>;
  readonly profiled: readonly Profiled[];
  /** Of each bag, whether the first kind of common cell is the most frequent: a label that is not genetic. */
  readonly firstKind: readonly number[];
}

export interface RareOptions {
  readonly count: number;
  readonly d: number;
  readonly tiles: number;
  /** Share of rare cells for each entry that is present. */
  readonly share: number;
  /** Length of the step from common to rare, in deviations of the noise. */
  readonly distance: number;
  readonly seed: number;
}

const KINDS = 4;

export function rareCells({ count, d, tiles, share, distance, seed }: RareOptions): RareCells {
  const shapes = randomStream(7, "kinds");
  const draw = (length: number): number[] => {
    const v = Array.from({ length: d }, () => shapes.normal());
    const size = Math.hypot(...v);
    return v.map((value) => (length * value) / size);
  };
  const common = Array.from({ length: KINDS }, () => draw(4));
  const rare = Array.from({ length: 3 }, () => draw(distance));
  const bags = new Map<string, Bag>();
  const profiled: Profiled[] = [];
  const firstKind: number[] = [];
  for (let i = 0; i < count; i++) {
    const random = randomStream(seed, "rare", i);
    const profile = [0, 1, 2].map(() => (random.uniform() < 0.5 ? 1 : 0) as 0 | 1);
    const mix = Array.from({ length: KINDS }, () => -Math.log(1 - random.uniform()));
    const total = mix.reduce((a, b) => a + b, 0);
    const few = Math.max(1, Math.round(share * tiles));
    const features = new Float32Array(tiles * d);
    for (let t = 0; t < tiles; t++) {
      const kind = kindAt(mix, random.uniform() * total);
      const own = Math.floor(t / few);
      const extra = own < 3 && profile[own] === 1 ? rare[own] : undefined;
      for (let j = 0; j < d; j++) {
        features[t * d + j] = (common[kind]?.[j] ?? 0) + (extra?.[j] ?? 0) + random.normal();
      }
    }
    firstKind.push(mix[0] === Math.max(...mix) ? 1 : 0);
    bags.set(`bag-${i}`, bagOf(features, d));
    profiled.push({ id: `bag-${i}`, profiles: [profile.slice(0, 2), profile.slice(2)] });
  }
  return { bags, profiled, firstKind };
}

/** Which of the runs of these lengths, one after the other, a point lies in. */
function kindAt(lengths: readonly number[], point: number): number {
  let end = 0;
  for (const [kind, length] of lengths.entries()) {
    end += length;
    if (point < end) return kind;
  }
  return lengths.length - 1;
}
