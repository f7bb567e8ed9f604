/** Intervals in closed form, for shares and for an AUROC. They stay honest at 0 and 1, where resampling cannot. */
import { Z95 } from "../estimate.ts";

/** 95 % score interval of a share (Wilson 1927). @throws RangeError unless 0 <= hits <= n and n >= 1 */
export function wilson(hits: number, n: number): [low: number, high: number] {
  if (!(n >= 1 && hits >= 0 && hits <= n))
    throw new RangeError(`expected 0 to n hits and n at least 1, received ${hits} of ${n}`);
  const p = hits / n;
  const z2 = Z95 * Z95;
  const centre = p + z2 / (2 * n);
  const half = Z95 * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  return [hits === 0 ? 0 : (centre - half) / scale, hits === n ? 1 : (centre + half) / scale];
}

/**
 * 95 % score-type interval of an AUROC (Newcombe 2006, method 5): the values t for which |auroc - t| is at most z times the
 * Hanley-McNeil error at t, with both class sizes in its small terms replaced by their mean.
 */
export function newcombe(auroc: number, positives: number, negatives: number): [low: number, high: number] {
  const mean = (positives + negatives) / 2;
  const error = (t: number): number => {
    const bracket = 2 * mean - 1 - (3 * mean - 3) / ((2 - t) * (1 + t));
    return Z95 * Math.sqrt((t * (1 - t) * bracket) / (positives * negatives));
  };
  return [
    bisect(0, auroc, (t) => auroc - t > error(t)),
    auroc >= 1 ? 1 : bisect(auroc, 1, (t) => !(t - auroc > error(t))),
  ];
}

/** The point where `isBelow` turns false between low and high, to 1e-14. */
function bisect(low: number, high: number, isBelow: (t: number) => boolean): number {
  let [a, b] = [low, high];
  while (b - a > 1e-14) {
    const middle = (a + b) / 2;
    if (isBelow(middle)) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}
