/** The value below which a share of numbers lies, linear between neighbours (definition 7 of Hyndman and Fan 1996). */

/** `share` from 0 to 1; the numbers are sorted in place. NaN for no numbers. */
export function percentile(numbers: Float64Array, share: number): number {
  if (numbers.length === 0) return Number.NaN;
  numbers.sort();
  return sortedPercentile(numbers, share);
}

/** The same of numbers that are sorted already. */
export function sortedPercentile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(sorted.length - 1, below + 1)] as number;
  return low + (at - below) * (high - low);
}
