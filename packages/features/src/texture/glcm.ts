/**
 * Grey-level co-occurrence of the stain densities. Source: Haralick, Shanmugam and Dinstein 1973, IEEE Trans SMC 3:610: angular
 * second moment (its root, energy), contrast, correlation, inverse difference moment (homogeneity), entropy; symmetric counts.
 * Departures: 16 grey levels laid between the 1 % and 99 % quantile of the tile itself (at least 0.05 apart), so that a stronger
 * stain gives the same matrix; the four directions are pooled before normalising, which makes the features the same for a tile
 * turned by a right angle. Entropy is divided by its maximum.
 */
import { featuresOf, type TextureFamily } from "./family.ts";
import { densityHistogram, fillHistogram, quantile } from "./histogram.ts";

/** 16, so that a pair of levels is one byte. */
export const GREY_LEVELS = 16;
const NAMES = ["contrast", "correlation", "energy", "homogeneity", "entropy"];
/** Distances in pixels of the half-resolution plane. */
const DISTANCES = { h: [1, 2, 4], e: [1, 2] } as const;
const LEAST_RANGE = 0.05;

export function glcmFamily(half: number): TextureFamily {
  const levels = new Uint8Array(half * half);
  const counts = new Uint32Array(GREY_LEVELS * GREY_LEVELS);
  const histogram = densityHistogram();
  return {
    features: [
      ...DISTANCES.h.flatMap((d) => featuresOf(`glcm-hematoxylin${d * 2}`, NAMES, true)),
      ...DISTANCES.e.flatMap((d) => featuresOf(`glcm-eosin${d * 2}`, NAMES, true)),
    ],
    measure(planes, out, at) {
      let next = at;
      for (const stain of ["h", "e"] as const) {
        const plane = planes[stain];
        fillHistogram(histogram, plane);
        const low = quantile(histogram, 0.01, plane.length);
        const high = Math.max(quantile(histogram, 0.99, plane.length), low + LEAST_RANGE);
        quantise(plane, low, high, levels);
        for (const distance of DISTANCES[stain]) {
          countPairs(levels, half, distance, counts);
          measurePairs(counts, out, next);
          next += NAMES.length;
        }
      }
    },
  };
}

function quantise(plane: Float32Array, low: number, high: number, levels: Uint8Array): void {
  const scale = GREY_LEVELS / (high - low);
  for (let i = 0; i < plane.length; i++) {
    const level = ((plane[i] as number) - low) * scale;
    levels[i] = level < 0 ? 0 : level >= GREY_LEVELS ? GREY_LEVELS - 1 : level;
  }
}

/** Pairs at `distance` in the directions 0, 45, 90 and 135 degrees, both ways, into `counts` [levels, levels]. */
export function countPairs(levels: Uint8Array, side: number, distance: number, counts: Uint32Array): void {
  counts.fill(0);
  const end = side - distance;
  const down = side * distance;
  countDirection(levels, { side, from: 0, to: end, rows: side, step: distance }, counts);
  countDirection(levels, { side, from: 0, to: side, rows: end, step: down }, counts);
  countDirection(levels, { side, from: 0, to: end, rows: end, step: down + distance }, counts);
  countDirection(levels, { side, from: distance, to: side, rows: end, step: down - distance }, counts);
  for (let i = 0; i < GREY_LEVELS; i++) {
    for (let j = 0; j <= i; j++) {
      const both = (counts[i * GREY_LEVELS + j] as number) + (counts[j * GREY_LEVELS + i] as number);
      counts[i * GREY_LEVELS + j] = both;
      counts[j * GREY_LEVELS + i] = both;
    }
  }
}

interface Walk {
  readonly side: number;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly step: number;
}

function countDirection(levels: Uint8Array, { side, from, to, rows, step }: Walk, counts: Uint32Array): void {
  for (let y = 0; y < rows; y++) {
    const end = y * side + to;
    for (let i = y * side + from; i < end; i++) {
      const at = ((levels[i] as number) << 4) | (levels[i + step] as number);
      counts[at] = (counts[at] as number) + 1;
    }
  }
}

/** Contrast, correlation, energy, homogeneity and entropy of a symmetric matrix of counts. A flat tile has correlation 1. */
export function measurePairs(counts: Uint32Array, out: Float32Array, at: number): void {
  let total = 0;
  let mean = 0;
  for (let k = 0; k < counts.length; k++) {
    total += counts[k] as number;
    mean += Math.floor(k / GREY_LEVELS) * (counts[k] as number);
  }
  mean /= total;
  let contrast = 0;
  let covariance = 0;
  let variance = 0;
  let squares = 0;
  let homogeneity = 0;
  let entropy = 0;
  for (let i = 0; i < GREY_LEVELS; i++) {
    for (let j = 0; j < GREY_LEVELS; j++) {
      const p = (counts[i * GREY_LEVELS + j] as number) / total;
      if (p === 0) continue;
      const gap = (i - j) * (i - j);
      contrast += gap * p;
      covariance += (i - mean) * (j - mean) * p;
      variance += (i - mean) * (i - mean) * p;
      squares += p * p;
      homogeneity += p / (1 + gap);
      entropy -= p * Math.log(p);
    }
  }
  out[at] = contrast;
  out[at + 1] = variance < 1e-12 ? 1 : covariance / variance;
  out[at + 2] = Math.sqrt(squares);
  out[at + 3] = homogeneity;
  out[at + 4] = entropy / Math.log(GREY_LEVELS * GREY_LEVELS);
}
