/**
 * A running alarm (Page 1954): two sums, one for drift upwards and one downwards, each forgetting what stays within the
 * allowance; the first to pass the threshold sounds. The threshold is not taken from a table: the caller simulates series in which
 * nothing changed and asks for the value that at most a given share of them ever reaches, so that the chance of a false
 * alarm is that of this series, with its length, its probabilities and its baseline.
 */

export interface Cusum {
  /** Sum after each value, [n]: drift above and below what was expected, both at least 0. */
  readonly up: Float64Array;
  readonly down: Float64Array;
}

/** Sums of standardised residuals: up = max(0, up + z - allowance), down = max(0, down - z - allowance). */
export function cusum(residuals: ArrayLike<number>, allowance: number): Cusum {
  const up = new Float64Array(residuals.length);
  const down = new Float64Array(residuals.length);
  let above = 0;
  let below = 0;
  for (let i = 0; i < residuals.length; i++) {
    above = Math.max(0, above + (residuals[i] as number) - allowance);
    below = Math.max(0, below - (residuals[i] as number) - allowance);
    up[i] = above;
    down[i] = below;
  }
  return { up, down };
}

/** The highest point of both sums. */
export function cusumPeak(residuals: ArrayLike<number>, allowance: number): number {
  let above = 0;
  let below = 0;
  let peak = 0;
  for (let i = 0; i < residuals.length; i++) {
    above = Math.max(0, above + (residuals[i] as number) - allowance);
    below = Math.max(0, below - (residuals[i] as number) - allowance);
    if (above > peak) peak = above;
    if (below > peak) peak = below;
  }
  return peak;
}

/** The value that at most `share` of the simulated peaks lie above; the largest where there are too few to say. */
export function threshold(peaks: Float64Array, share: number): number {
  const sorted = peaks.slice().sort();
  const at = Math.min(sorted.length - 1, Math.ceil((1 - share) * (sorted.length + 1)) - 1);
  return sorted[at] as number;
}
