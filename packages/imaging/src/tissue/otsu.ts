/**
 * Otsu's threshold (Otsu 1979, IEEE SMC 9:62): the cut of a histogram that leaves the largest variance between its two
 * halves. It always cuts, also where there is only one population, so both halves are returned for the caller to judge.
 */

export interface OtsuCut {
  /** Values <= threshold are the lower half. */
  readonly threshold: number;
  readonly lowerMean: number;
  readonly upperMean: number;
  /** Share of pixels in the upper half, 0..1. */
  readonly upperShare: number;
}

/** 256 counts → cut, or null where the histogram is empty or holds a single value. */
export function otsu(histogram: Uint32Array): OtsuCut | null {
  let total = 0;
  let sum = 0;
  for (let v = 0; v < 256; v++) {
    total += histogram[v] as number;
    sum += v * (histogram[v] as number);
  }
  let best: OtsuCut | null = null;
  let bestVariance = 0;
  let below = 0;
  let belowSum = 0;
  for (let v = 0; v < 255; v++) {
    below += histogram[v] as number;
    belowSum += v * (histogram[v] as number);
    if (below === 0 || below === total) continue;
    const lowerMean = belowSum / below;
    const upperMean = (sum - belowSum) / (total - below);
    const variance = below * (total - below) * (upperMean - lowerMean) ** 2;
    if (variance <= bestVariance) continue;
    bestVariance = variance;
    best = { threshold: v, lowerMean, upperMean, upperShare: (total - below) / total };
  }
  return best;
}
