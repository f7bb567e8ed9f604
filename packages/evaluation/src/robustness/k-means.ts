/**
 * Clusters by k-means (Lloyd 1982) from seeds spread by k-means++ (Arthur and Vassilvitskii 2007). A cluster that loses all its
 * members takes the row farthest from its own centre. Squared Euclidean distance; on rows of length one that is 2 - 2 cosine.
 */
import type { Random } from "@nacre/core";
import { type Rows, squaredDistance } from "./unit-rows.ts";

export interface Clusters {
  /** Cluster of each row, [n]. */
  readonly of: Int32Array;
  /** Sum of squared distances to the own centre. */
  readonly inertia: number;
}

const STEPS = 100;

/** @throws RangeError unless 1 <= k <= n */
export function kMeans(rows: Rows, k: number, random: Random): Clusters {
  if (!(Number.isInteger(k) && k >= 1 && k <= rows.n))
    throw new RangeError(`expected 1 to ${rows.n} clusters, received ${k}`);
  const centres = { values: new Float64Array(k * rows.d), n: k, d: rows.d };
  seed(rows, centres, random);
  const of = new Int32Array(rows.n).fill(-1);
  const distance = new Float64Array(rows.n);
  for (let step = 0; step < STEPS; step++) {
    const moved = assign(rows, centres, of, distance);
    if (moved === 0) break;
    refill(of, distance, k);
    average(rows, centres, of);
  }
  return { of, inertia: distance.reduce((a, b) => a + b, 0) };
}

function seed(rows: Rows, centres: Rows, random: Random): void {
  const place = (at: number, row: number): void =>
    centres.values.set(rows.values.subarray(row * rows.d, (row + 1) * rows.d), at * rows.d);
  place(0, random.below(rows.n));
  const nearest = new Float64Array(rows.n).fill(Number.POSITIVE_INFINITY);
  for (let c = 1; c < centres.n; c++) {
    let total = 0;
    for (let i = 0; i < rows.n; i++) {
      nearest[i] = Math.min(nearest[i] as number, squaredDistance(rows, i, centres, c - 1));
      total += nearest[i] as number;
    }
    let left = random.uniform() * total;
    let chosen = 0;
    // Where all rows lie on centres already, total is 0 and the first row is as good as any.
    while (chosen < rows.n - 1 && left >= (nearest[chosen] as number)) left -= nearest[chosen++] as number;
    place(c, total === 0 ? random.below(rows.n) : chosen);
  }
}

/** Puts each row to its nearest centre, the first of equals; how many moved. */
function assign(rows: Rows, centres: Rows, of: Int32Array, distance: Float64Array): number {
  let moved = 0;
  for (let i = 0; i < rows.n; i++) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let c = 0; c < centres.n; c++) {
      const d = squaredDistance(rows, i, centres, c);
      if (d < least) {
        least = d;
        best = c;
      }
    }
    if (of[i] !== best) moved++;
    of[i] = best;
    distance[i] = least;
  }
  return moved;
}

function refill(of: Int32Array, distance: Float64Array, k: number): void {
  const members = new Int32Array(k);
  for (const c of of) members[c] = (members[c] as number) + 1;
  for (let c = 0; c < k; c++) {
    if ((members[c] as number) > 0) continue;
    let far = -1;
    for (let i = 0; i < of.length; i++) {
      const isSpare = (members[of[i] as number] as number) > 1;
      if (isSpare && (far < 0 || (distance[i] as number) > (distance[far] as number))) far = i;
    }
    if (far < 0) return;
    members[of[far] as number] = (members[of[far] as number] as number) - 1;
    of[far] = c;
    members[c] = 1;
    distance[far] = 0;
  }
}

function average(rows: Rows, centres: Rows, of: Int32Array): void {
  const { d } = rows;
  const members = new Float64Array(centres.n);
  centres.values.fill(0);
  for (let i = 0; i < rows.n; i++) {
    const c = of[i] as number;
    members[c] = (members[c] as number) + 1;
    for (let j = 0; j < d; j++)
      centres.values[c * d + j] = (centres.values[c * d + j] as number) + (rows.values[i * d + j] as number);
  }
  for (let c = 0; c < centres.n; c++) {
    const size = members[c] as number;
    if (size > 0) for (let j = 0; j < d; j++) centres.values[c * d + j] = (centres.values[c * d + j] as number) / size;
  }
}
