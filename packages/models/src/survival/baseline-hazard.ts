/**
 * The baseline cumulative hazard (Breslow 1974), and the survival it foretells: S(t | x) = exp(-H0(t) exp(log relative hazard)).
 * With Efron ties the increments are his too, as the likelihood was: sum over l of 1 / (S - (l / d) E).
 */
import type { PartialLikelihood } from "./partial-likelihood.ts";
import type { RiskOrder } from "./risk-order.ts";

export interface BaselineHazard {
  readonly stratum: string;
  /** Times of events, rising. */
  readonly time: Float64Array;
  /** Cumulative hazard from each of those times on; 0 before the first. */
  readonly cumulative: Float64Array;
  /** The longest follow-up: nothing is known beyond it. */
  readonly until: number;
}

/** One for each stratum, in the order of their names, at log relative hazard 0. */
export function baselineHazards(order: RiskOrder, { terms, shift }: PartialLikelihood): BaselineHazard[] {
  return order.strata.map((stratum, place) => {
    const steps = new Map<number, number>();
    for (const { group, mass, remaining } of terms) {
      if (order.stratum[group] === place) steps.set(group, (steps.get(group) ?? 0) + mass / remaining);
    }
    const groups = [...steps.keys()].sort((a, b) => b - a); // groups run from the longest time to the shortest
    let sum = 0;
    const cumulative = Float64Array.from(groups, (group) => {
      sum += (steps.get(group) as number) * Math.exp(-shift);
      return sum;
    });
    const until = order.time[order.stratum.indexOf(place)] as number;
    return { stratum, time: Float64Array.from(groups, (group) => order.time[group] as number), cumulative, until };
  });
}

/** Cumulative baseline hazard at t; null beyond the longest follow-up. */
export function cumulativeHazardAt({ time, cumulative, until }: BaselineHazard, t: number): number | null {
  if (t > until) return null;
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((time[middle] as number) <= t) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : (cumulative[low - 1] as number);
}

/**
 * The chance of no event by t for each patient; null beyond the longest follow-up.
 * @param hazards log relative hazard of each patient
 */
export function survivalAt(baseline: BaselineHazard, hazards: ArrayLike<number>, t: number): Float64Array | null {
  const cumulative = cumulativeHazardAt(baseline, t);
  return cumulative === null ? null : Float64Array.from(hazards, (hazard) => Math.exp(-cumulative * Math.exp(hazard)));
}
