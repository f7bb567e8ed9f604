/**
 * The directions in which slides differ most, found by orthogonal iteration on a sample of them. They need not be exact: any
 * orthonormal directions keep the search of near-duplicates correct, good ones make it short.
 */
import { type Random, randomStream } from "@nacre/core";
import type { Standard } from "./standard.ts";

const SAMPLE = 1000;
const ROUNDS = 6;

/** At most `most` orthonormal directions [d] each, the strongest first. */
export function leadingDirections(standard: Standard, most: number): Float64Array[] {
  const { d } = standard;
  const random = randomStream(0, "near-duplicate", "directions");
  const rows = sampled(standard, random);
  const q = Math.min(most, d);
  let directions = orthonormal(
    Array.from({ length: q }, () => Float64Array.from({ length: d }, () => random.normal())),
  );
  for (let round = 0; round < ROUNDS; round++) {
    const next = orthonormal(turned(rows, directions, d));
    // A sample that lies in one point has no direction to offer.
    if (next.length === 0) return directions;
    directions = next;
  }
  return directions;
}

function sampled(standard: Standard, random: Random): Float64Array[] {
  const all = Array.from({ length: standard.n }, (_, i) => i);
  const rows: Float64Array[] = [];
  for (const i of standard.n <= SAMPLE ? all : random.shuffled(all).slice(0, SAMPLE)) {
    const row = new Float64Array(standard.d);
    if (standard.unit(i, row)) rows.push(row);
  }
  return rows;
}

/** Each direction times the scatter of the rows. */
function turned(rows: readonly Float64Array[], directions: readonly Float64Array[], d: number): Float64Array[] {
  return directions.map((direction) => {
    const out = new Float64Array(d);
    for (const row of rows) {
      let along = 0;
      for (let j = 0; j < d; j++) along += (row[j] as number) * (direction[j] as number);
      for (let j = 0; j < d; j++) out[j] = (out[j] as number) + along * (row[j] as number);
    }
    return out;
  });
}

/** Gram and Schmidt, twice over for the digits; what has no length of its own left is dropped. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const out: Float64Array[] = [];
  for (const vector of vectors) {
    const before = norm(vector);
    const v = Float64Array.from(vector);
    for (let pass = 0; pass < 2; pass++) for (const u of out) takeOut(v, u);
    const length = norm(v);
    if (!(length > 1e-9 * before)) continue;
    out.push(v.map((x) => x / length));
  }
  return out;
}

function takeOut(v: Float64Array, u: Float64Array): void {
  let along = 0;
  for (let j = 0; j < v.length; j++) along += (v[j] as number) * (u[j] as number);
  for (let j = 0; j < v.length; j++) v[j] = (v[j] as number) - along * (u[j] as number);
}

function norm(v: Float64Array): number {
  let square = 0;
  for (const x of v) square += x * x;
  return Math.sqrt(square);
}
