/**
 * Values sorted once into runs of equals, and what rank statistics need of them for any weights of the patients: midranks, pairs
 * not tied, and concordant minus discordant pairs (Knight 1966, here with a Fenwick tree over the runs of the other value).
 */
import { ascending, endOfTie } from "../metric/rank.ts";

export interface Runs {
  /** Rows in ascending order of the value, [n]. */
  readonly order: Uint32Array;
  /** One past the last place of each run. */
  readonly ends: Uint32Array;
  /** Run of each row, from 0, [n]. */
  readonly runOf: Uint32Array;
}

export function runsOf(values: ArrayLike<number>): Runs {
  const order = ascending(values);
  const runOf = new Uint32Array(order.length);
  const ends: number[] = [];
  for (let i = 0; i < order.length; ) {
    const end = endOfTie(order, values, i);
    for (; i < end; i++) runOf[order[i] as number] = ends.length;
    ends.push(end);
  }
  return { order, ends: Uint32Array.from(ends), runOf };
}

/** Midranks of a list that names row i `weights[i]` times, written to `out` [n] and returned. */
export function runRanks({ order, ends }: Runs, weights: Float64Array, out: Float64Array): Float64Array {
  let before = 0;
  for (let r = 0, i = 0; r < ends.length; r++) {
    const start = i;
    let mass = 0;
    for (; i < (ends[r] as number); i++) mass += weights[order[i] as number] as number;
    for (let j = start; j < i; j++) out[order[j] as number] = before + (mass + 1) / 2;
    before += mass;
  }
  return out;
}

/** Pairs whose values differ, (W^2 - sum of squared run weights) / 2; exactly 0 where one run has all the weight. */
export function pairsNotTied({ order, ends }: Runs, weights: Float64Array): number {
  let before = 0;
  let pairs = 0;
  for (let r = 0, i = 0; r < ends.length; r++) {
    let mass = 0;
    for (; i < (ends[r] as number); i++) mass += weights[order[i] as number] as number;
    pairs += mass * before;
    before += mass;
  }
  return pairs;
}

/** Concordant minus discordant pairs of x and y; n log n for each call. */
export function concordanceBalance(x: Runs, y: Runs): (weights: Float64Array) => number {
  const size = y.ends.length;
  const tree = new Float64Array(size + 1);
  const below = (run: number): number => {
    let sum = 0;
    for (let at = run; at > 0; at -= at & -at) sum += tree[at] as number;
    return sum;
  };
  return (weights) => {
    tree.fill(0);
    let inserted = 0;
    let balance = 0;
    for (let r = 0, start = 0; r < x.ends.length; r++) {
      const end = x.ends[r] as number;
      const before = inserted;
      for (let i = start; i < end; i++) {
        const row = x.order[i] as number;
        const w = weights[row] as number;
        if (w === 0) continue;
        const run = y.runOf[row] as number;
        balance += w * (below(run) - (before - below(run + 1)));
      }
      for (; start < end; start++) {
        const row = x.order[start] as number;
        const w = weights[row] as number;
        if (w === 0) continue;
        inserted += w;
        for (let at = (y.runOf[row] as number) + 1; at <= size; at += at & -at) tree[at] = (tree[at] as number) + w;
      }
    }
    return balance;
  };
}
