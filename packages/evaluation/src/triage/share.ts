/** A share with its exact interval (Clopper and Pearson): what a promise about safety is stated in. */
import { type Estimate, undefinedEstimate } from "../estimate.ts";
import { clopperPearson } from "../interval/clopper-pearson.ts";

/** hits of n with the 95 % Clopper-Pearson interval; undefined with `empty` as the reason where n is 0. */
export function shareEstimate(hits: number, n: number, what: string, empty: string): Estimate {
  const method = `${what}; 95 % Clopper-Pearson interval`;
  if (n === 0) return undefinedEstimate(0, method, empty);
  const [low, high] = clopperPearson(hits, n);
  return { value: hits / n, low, high, n, method };
}

/**
 * How many it takes for the lower end of the 95 % interval of a share to reach `least` when there is not a single error: the smallest n
 * with least^n at most 0.025. null where no number is enough (least = 1).
 */
export function neededWithoutError(least: number): number | null {
  if (least >= 1) return null;
  if (least <= 0) return 1;
  return Math.max(1, Math.ceil(Math.log(0.025) / Math.log(least) - 1e-9));
}
