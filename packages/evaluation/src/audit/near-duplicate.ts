/**
 * Pairs of slides whose mean features almost coincide. Each feature is centred and scaled over the slides first: raw means of
 * one encoder all point the same way, and their plain cosine would call everything alike.
 */
import type { SlideId } from "@nacre/core";

/** One vector for each slide. */
export interface SlideVectors {
  readonly slides: readonly SlideId[];
  /** Row-major [slides, d]. */
  readonly vectors: Float32Array;
  readonly d: number;
}

/** Cosine of standardised vectors from which two slides count as almost alike. */
export const ALIKE = 0.999;

/** All pairs at or above `ALIKE`, O(n^2 d). */
export function alikePairs({ slides, vectors, d }: SlideVectors): [SlideId, SlideId][] {
  const unit = standardised(vectors, slides.length, d);
  const pairs: [SlideId, SlideId][] = [];
  for (let a = 0; a < slides.length; a++) {
    for (let b = a + 1; b < slides.length; b++) {
      let dot = 0;
      for (let j = 0; j < d; j++) dot += (unit[a * d + j] as number) * (unit[b * d + j] as number);
      if (dot >= ALIKE) pairs.push([slides[a] as SlideId, slides[b] as SlideId]);
    }
  }
  return pairs;
}

function standardised(vectors: Float32Array, n: number, d: number): Float64Array {
  const out = Float64Array.from(vectors);
  for (let j = 0; j < d; j++) {
    let mean = 0;
    let square = 0;
    for (let i = 0; i < n; i++) mean += (out[i * d + j] as number) / n;
    for (let i = 0; i < n; i++) square += ((out[i * d + j] as number) - mean) ** 2 / n;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let i = 0; i < n; i++) out[i * d + j] = ((out[i * d + j] as number) - mean) * scale;
  }
  for (let i = 0; i < n; i++) {
    const row = out.subarray(i * d, (i + 1) * d);
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    if (length > 0) for (let j = 0; j < d; j++) row[j] = (row[j] as number) / length;
  }
  return out;
}
