/**
 * Antialiased triangle filter, separable: each output pixel is the weighted mean of the source pixels under a triangle
 * whose half-width is the larger of one source and one output pixel (the "bilinear" of Pillow and of torchvision with
 * antialias). Departure: sums are kept in floating point between the two passes and rounded once, where Pillow
 * rounds after each; the two agree to one grey level.
 *
 * Rows are blended first, because that loop runs along memory, and only the few blended rows are then narrowed.
 */
import { resampleWithKernel } from "./resample-kernel.ts";

/** For each output pixel: the first source pixel, and `taps` weights, which sum to 1. */
export interface Weights {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float64Array;
}

/** One axis of a resampling, in pixels of the source. */
export interface Axis {
  /** Where output pixel 0 begins, relative to source pixel 0. */
  readonly start: number;
  /** Source pixels per output pixel. */
  readonly ratio: number;
  /** Number of output pixels. */
  readonly n: number;
  /** Number of source pixels; what the filter reaches beyond them is left out, and the rest made to sum to 1. */
  readonly sourceN: number;
}

/** The same numbers for the same axis as before: those of a tile and of the tile beside it. Not to be written to. */
export function triangleWeights(axis: Axis): Weights {
  const { start, ratio, n, sourceN } = axis;
  const old = latest?.axis;
  if (latest && old?.start === start && old.ratio === ratio && old.n === n && old.sourceN === sourceN) {
    return latest.weights;
  }
  latest = { axis, weights: newWeights(axis) };
  return latest.weights;
}

let latest: { readonly axis: Axis; readonly weights: Weights } | undefined;

function newWeights({ start, ratio, n, sourceN }: Axis): Weights {
  const reach = Math.max(1, ratio);
  const first = new Int32Array(n);
  let taps = 1;
  for (let i = 0; i < n; i++) {
    const centre = start + (i + 0.5) * ratio;
    const from = clamp(Math.floor(centre - reach - 0.5) + 1, 0, sourceN - 1);
    const to = clamp(Math.ceil(centre + reach - 0.5) - 1, 0, sourceN - 1);
    first[i] = from;
    taps = Math.max(taps, to - from + 1);
  }
  const weights = new Float64Array(n * taps);
  for (let i = 0; i < n; i++) {
    const from = Math.min(first[i] as number, sourceN - taps);
    first[i] = from;
    fillWeights(weights, i * taps, taps, start + (i + 0.5) * ratio - from, reach);
  }
  return { taps, first, weights };
}

/** The triangle around `centre` over `taps` pixels 0, 1, ..., written from `at`. A pixel wholly beyond the source takes the nearest one. */
function fillWeights(weights: Float64Array, at: number, taps: number, centre: number, reach: number): void {
  let sum = 0;
  for (let t = 0; t < taps; t++) {
    const w = Math.max(0, 1 - Math.abs(t + 0.5 - centre) / reach);
    weights[at + t] = w;
    sum += w;
  }
  if (sum === 0) weights[at + (centre < 0 ? 0 : taps - 1)] = 1;
  else for (let t = at; t < at + taps; t++) weights[t] = (weights[t] as number) / sum;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Some rows of the source: RGB, `width` pixels a row, beginning with source row `firstRow`. */
export interface Band {
  readonly data: Uint8Array;
  readonly width: number;
  readonly firstRow: number;
}

/** Writes output rows `from` to `to` (the end is not included) of a resampling into `out`, RGB without gaps. */
export function resampleBand(
  band: Band,
  along: Weights,
  across: Weights,
  rows: { readonly from: number; readonly to: number },
  out: Uint8Array,
): void {
  if (!resampleWithKernel({ ...band, along, across, ...rows, out })) resamplePlainly(band, along, across, rows, out);
}

/** The same in plain loops and float64. */
export function resamplePlainly(
  band: Band,
  along: Weights,
  across: Weights,
  rows: { readonly from: number; readonly to: number },
  out: Uint8Array,
): void {
  const line = new Float64Array(band.width * 3);
  for (let y = rows.from; y < rows.to; y++) {
    const weights = along.weights.subarray(y * along.taps, (y + 1) * along.taps);
    blendRows(band.data, ((along.first[y] as number) - band.firstRow) * line.length, weights, line);
    narrowRow(line, across, out, y * across.first.length * 3);
  }
}

/** line = sum of weights[t] * row t, four rows at a time: one pass over memory instead of four. */
function blendRows(data: Uint8Array, first: number, weights: Float64Array, line: Float64Array): void {
  const length = line.length;
  for (let t = 0; t < weights.length; t += 4) {
    const w0 = weights[t] ?? 0;
    const w1 = weights[t + 1] ?? 0;
    const w2 = weights[t + 2] ?? 0;
    const w3 = weights[t + 3] ?? 0;
    const a = first + t * length;
    // rows beyond the last weigh nothing, but must lie inside the band
    const b = t + 1 < weights.length ? a + length : a;
    const c = t + 2 < weights.length ? b + length : a;
    const d = t + 3 < weights.length ? c + length : a;
    for (let i = 0; i < length; i++) {
      const part =
        w0 * (data[a + i] as number) +
        w1 * (data[b + i] as number) +
        w2 * (data[c + i] as number) +
        w3 * (data[d + i] as number);
      line[i] = t === 0 ? part : (line[i] as number) + part;
    }
  }
}

function narrowRow(line: Float64Array, across: Weights, out: Uint8Array, to: number): void {
  const { taps, first, weights } = across;
  for (let i = 0, q = to; i < first.length; i++, q += 3) {
    let r = 0.5;
    let g = 0.5;
    let b = 0.5;
    let p = (first[i] as number) * 3;
    for (let w = i * taps, end = w + taps; w < end; w++, p += 3) {
      const weight = weights[w] as number;
      r += weight * (line[p] as number);
      g += weight * (line[p + 1] as number);
      b += weight * (line[p + 2] as number);
    }
    // weights may sum to a trifle more than 1, and 256 would become 0
    out[q] = r < 255.5 ? r : 255;
    out[q + 1] = g < 255.5 ? g : 255;
    out[q + 2] = b < 255.5 ? b : 255;
  }
}
