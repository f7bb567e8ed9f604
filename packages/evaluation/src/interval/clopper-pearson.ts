/** The exact interval of a share (Clopper and Pearson 1934): never narrower than it says. For promises about safety. */
import { betaQuantile } from "../distribution/quantile.ts";

/** Two-sided interval. @throws RangeError unless 0 <= hits <= n, n >= 1 and 0 < level < 1 */
export function clopperPearson(hits: number, n: number, level = 0.95): [low: number, high: number] {
  if (!(n >= 1 && hits >= 0 && hits <= n && level > 0 && level < 1)) {
    throw new RangeError(
      `expected 0 to n hits, n at least 1 and a level between 0 and 1, received ${hits} of ${n} at ${level}`,
    );
  }
  const tail = (1 - level) / 2;
  return [
    hits === 0 ? 0 : betaQuantile(tail, hits, n - hits + 1),
    hits === n ? 1 : betaQuantile(1 - tail, hits + 1, n - hits),
  ];
}
