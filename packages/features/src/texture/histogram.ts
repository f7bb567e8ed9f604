/** A histogram with equal bins over a fixed range, and what can be read from it. Values outside fall into the end bins. */

export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: Float64Array;
}

export function allocateHistogram(low: number, high: number, bins: number): Histogram {
  return { low, high, counts: new Float64Array(bins) };
}

/** Stain densities: 500 bins of 0.005 from -0.5 to 2. */
export const densityHistogram = (): Histogram => allocateHistogram(-0.5, 2, 500);

export function fillHistogram(histogram: Histogram, values: Float32Array): void {
  const { low, high, counts } = histogram;
  const last = counts.length - 1;
  const scale = counts.length / (high - low);
  counts.fill(0);
  for (let i = 0; i < values.length; i++) {
    const place = ((values[i] as number) - low) * scale;
    const bin = place < 0 ? 0 : place > last ? last : place | 0;
    counts[bin] = (counts[bin] as number) + 1;
  }
}

/** The value below which a share of the counts lies, linear inside a bin. */
export function quantile(histogram: Histogram, share: number, total: number): number {
  const { low, high, counts } = histogram;
  const width = (high - low) / counts.length;
  const wanted = share * total;
  let below = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count > 0 && below + count >= wanted) return low + (bin + (wanted - below) / count) * width;
    below += count;
  }
  return high;
}

/**
 * The threshold that best parts the counts in two (Otsu 1979, IEEE Trans SMC 9:62), as the upper edge of a bin, and the share
 * of the variance between the two sides, 0 to 1.
 */
export function otsu(histogram: Histogram, total: number): { threshold: number; separation: number } {
  const { low, high, counts } = histogram;
  const width = (high - low) / counts.length;
  let sum = 0;
  let squares = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    sum += bin * (counts[bin] as number);
    squares += bin * bin * (counts[bin] as number);
  }
  const variance = squares / total - (sum / total) ** 2;
  let best = -1;
  let at = 0;
  let below = 0;
  let belowSum = 0;
  for (let bin = 0; bin < counts.length - 1; bin++) {
    below += counts[bin] as number;
    belowSum += bin * (counts[bin] as number);
    if (below === 0 || below === total) continue;
    const gap = belowSum / below - (sum - belowSum) / (total - below);
    const between = (below / total) * (1 - below / total) * gap * gap;
    if (between > best) {
      best = between;
      at = bin;
    }
  }
  return { threshold: low + (at + 1) * width, separation: variance > 1e-9 && best > 0 ? best / variance : 0 };
}
