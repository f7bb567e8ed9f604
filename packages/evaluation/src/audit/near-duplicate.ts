/**
 * Pairs of slides whose mean features almost coincide. Each feature is centred and scaled over the slides first: raw means of
 * one encoder all point the same way, and their plain cosine would call everything alike. The search is exact and seldom
 * compares all pairs: unit vectors of cosine c lie sqrt(2 - 2c) apart, and an orthogonal projection never moves two points away
 * from each other. So slides are sorted along the direction in which they differ most, only those within that
 * distance meet, and a pair is dropped at the first few directions that hold it further apart. What is left is compared in full.
 */
import type { SlideId } from "@nacre/core";
import { leadingDirections } from "./leading-direction.ts";
import { type Standard, standardOf } from "./standard.ts";

/** One vector for each slide. */
export interface SlideVectors {
  readonly slides: readonly SlideId[];
  /** Row-major [slides, d]. */
  readonly vectors: Float32Array;
  readonly d: number;
}

/** Cosine of standardised vectors from which two slides count as almost alike. */
export const ALIKE = 0.999;
/** More pairs than this are not listed: thousands of equal slides make millions of pairs that say nothing more. */
export const MOST_PAIRS = 100_000;
/** Directions in which a pair is looked at before it is compared in full. */
const DIRECTIONS = 16;
/** Slack for the rounding of projections, far above it and far below the distance. */
const SLACK = 1e-6;

export interface AlikePairs {
  /** In order of the slides. */
  readonly pairs: readonly (readonly [SlideId, SlideId])[];
  /** False where the search stopped at `MOST_PAIRS`. */
  readonly isComplete: boolean;
}

/** All pairs at or above `ALIKE`. Exact; a slide without a direction of its own (every feature at its mean) is like no other. */
export function alikePairs({ slides, vectors, d }: SlideVectors): AlikePairs {
  const standard = standardOf(vectors, d);
  const near = nearPairs(standard);
  return {
    pairs: near.pairs
      .sort(([a, b], [x, y]) => a - x || b - y)
      .map(([a, b]) => [slides[a] as SlideId, slides[b] as SlideId] as const),
    isComplete: near.isComplete,
  };
}

function nearPairs(standard: Standard): { pairs: [number, number][]; isComplete: boolean } {
  const reach = Math.sqrt(2 - 2 * ALIKE) + SLACK;
  const { order, places, q } = sortedPlaces(standard);
  const n = order.length;
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) {
    const first = (places[i * q] as number) + reach;
    for (let j = i + 1; j < n && (places[j * q] as number) <= first; j++) {
      if (!isWithin(places, q, i, j, reach * reach)) continue;
      const [a, b] = [order[i] as number, order[j] as number];
      if (!(standard.cosine(a, b) >= ALIKE)) continue;
      pairs.push(a < b ? [a, b] : [b, a]);
      if (pairs.length === MOST_PAIRS) return { pairs, isComplete: false };
    }
  }
  return { pairs, isComplete: true };
}

function isWithin(places: Float64Array, q: number, i: number, j: number, most: number): boolean {
  let sum = 0;
  for (let c = 0; c < q; c++) {
    const gap = (places[i * q + c] as number) - (places[j * q + c] as number);
    sum += gap * gap;
    if (sum > most) return false;
  }
  return true;
}

/** Slides that have a direction, in the order of their first place, with their places along q directions [n, q]. */
function sortedPlaces(standard: Standard): { order: Uint32Array; places: Float64Array; q: number } {
  const directions = leadingDirections(standard, DIRECTIONS);
  const q = directions.length;
  const all = new Float64Array(standard.n * q);
  const row = new Float64Array(standard.d);
  const known: number[] = [];
  for (let i = 0; i < standard.n; i++) {
    if (!standard.unit(i, row)) continue;
    known.push(i);
    for (const [c, direction] of directions.entries()) all[i * q + c] = dot(row, direction);
  }
  const order = Uint32Array.from(known).sort((a, b) => (all[a * q] as number) - (all[b * q] as number) || a - b);
  const places = new Float64Array(order.length * q);
  order.forEach((i, at) => {
    places.set(all.subarray(i * q, (i + 1) * q), at * q);
  });
  return { order, places, q };
}

function dot(a: Float64Array, b: Float64Array): number {
  let s0 = 0;
  let s1 = 0;
  let j = 0;
  for (; j + 1 < a.length; j += 2) {
    s0 += (a[j] as number) * (b[j] as number);
    s1 += (a[j + 1] as number) * (b[j + 1] as number);
  }
  return j < a.length ? s0 + s1 + (a[j] as number) * (b[j] as number) : s0 + s1;
}
