/**
 * Antialiased triangle filter, separable: each output pixel is the weighted mean of the source pixels under a triangle
 * whose half-width is the larger of one source and one output pixel (the "bilinear" of Pillow and of torchvision with
 * antialias). Departure: sums are kept in floating point between the two passes and rounded once, where Pillow
 * rounds after each; the two agree to one grey level.
 */

/** For each output pixel: the first source pixel, and its weights (they sum to 1), `taps` of them. */
export interface Weights {
  readonly taps: number;
  readonly first: Int32Array;
  readonly weights: Float32Array;
}

/** One axis of a resampling, in pixels of the source. */
export interface Axis {
  /** Where output pixel 0 begins, relative to source pixel 0. */
  readonly start: number;
  /** Source pixels per output pixel. */
  readonly ratio: number;
  /** Number of output pixels. */
  readonly n: number;
  /** Number of source pixels; weights beyond are given to those inside. */
  readonly sourceN: number;
}

export function triangleWeights(axis: Axis): Weights {
  const { start, ratio, n, sourceN } = axis;
  const reach = Math.max(1, ratio);
  const taps = Math.min(sourceN, Math.ceil(reach * 2) + 1);
  const first = new Int32Array(n);
  const weights = new Float32Array(n * taps);
  for (let i = 0; i < n; i++) {
    const centre = start + (i + 0.5) * ratio;
    const from = clamp(Math.floor(centre - reach + 0.5), 0, sourceN - taps);
    first[i] = from;
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      const w = Math.max(0, 1 - Math.abs(from + t + 0.5 - centre) / reach);
      weights[i * taps + t] = w;
      sum += w;
    }
    // a pixel wholly beyond the source takes the nearest one
    if (sum === 0) weights[i * taps + (centre < from ? 0 : taps - 1)] = 1;
    else for (let t = 0; t < taps; t++) weights[i * taps + t] = (weights[i * taps + t] as number) / sum;
  }
  return { taps, first, weights };
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Resamples rows of RGB: `rows` x `width` source pixels to `rows` x n floats (three a pixel). */
export function resampleRows(data: Uint8Array, width: number, rows: number, across: Weights): Float32Array {
  const { taps, first, weights } = across;
  const n = first.length;
  const out = new Float32Array(rows * n * 3);
  for (let row = 0, q = 0; row < rows; row++) {
    const base = row * width;
    for (let i = 0; i < n; i++, q += 3) {
      let r = 0;
      let g = 0;
      let b = 0;
      let p = (base + (first[i] as number)) * 3;
      for (let w = i * taps, end = w + taps; w < end; w++, p += 3) {
        const weight = weights[w] as number;
        r += weight * (data[p] as number);
        g += weight * (data[p + 1] as number);
        b += weight * (data[p + 2] as number);
      }
      out[q] = r;
      out[q + 1] = g;
      out[q + 2] = b;
    }
  }
  return out;
}

/**
 * Resamples columns of floats to bytes: output rows `from` to `to` of `down`, whose source rows are `rows`, the first of
 * which is source row `firstRow`. Writes rows of `n` x 3 bytes into `out` at output row `from`.
 */
export function resampleColumns(
  rows: Float32Array,
  firstRow: number,
  down: Weights,
  part: { readonly from: number; readonly to: number; readonly n: number },
  out: Uint8Array,
): void {
  const { taps, first, weights } = down;
  const length = part.n * 3;
  const sum = new Float32Array(length);
  for (let y = part.from; y < part.to; y++) {
    sum.fill(0.5);
    for (let t = 0; t < taps; t++) {
      const weight = weights[y * taps + t] as number;
      if (weight === 0) continue;
      const base = ((first[y] as number) + t - firstRow) * length;
      for (let i = 0; i < length; i++) sum[i] = (sum[i] as number) + weight * (rows[base + i] as number);
    }
    const to = y * length;
    for (let i = 0; i < length; i++) out[to + i] = Math.min(255, sum[i] as number);
  }
}
