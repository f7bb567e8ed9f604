/**
 * Cox's partial likelihood as a function of the log relative hazards eta, with its first derivative and the diagonal of its
 * second. At a time with the set D of d events and the set R at risk, S = sum over R of w exp(eta), E = the same over D:
 *
 *   Efron 1977    log L = sum over D of w eta - (mean weight of D) sum over l < d of log(S - (l / d) E)
 *   Breslow 1974  log L = sum over D of w eta - (mean weight of D) d log S
 *
 * They agree where no two events share a time. One pass from the longest follow-up to the shortest, one back: O(n + events).
 */
import type { RiskOrder } from "./risk-order.ts";

/** How events at one time are treated. */
export type Ties = "efron" | "breslow";

/** One term of the sum over l: its share l / d, and the events' mean weight over what remains of S. */
export interface Term {
  readonly group: number;
  readonly share: number;
  readonly mass: number;
  readonly remaining: number;
}

export interface PartialLikelihood {
  readonly logLikelihood: number;
  /** Derivative of the negative log likelihood by eta, [n]. */
  readonly gradient: Float64Array;
  /** Diagonal of its second derivative, [n], at least 0. */
  readonly curvature: Float64Array;
  /** w exp(eta - shift), [n], and the terms, for whoever needs the whole second derivative. */
  readonly risk: Float64Array;
  readonly terms: readonly Term[];
  /** Largest eta, taken off all of them before exponentials are summed. */
  readonly shift: number;
}

/** @param eta [n] @param weights case weights [n], above 0 */
export function partialLikelihood(
  order: RiskOrder,
  eta: Float64Array,
  weights: ArrayLike<number>,
  ties: Ties,
): PartialLikelihood {
  const { n, rows, start, events } = order;
  const shift = eta.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const risk = Float64Array.from(eta, (value, i) => (weights[i] as number) * Math.exp(value - shift));
  const terms = termsOf(order, risk, weights, ties);
  let logLikelihood = 0;
  for (let g = 0; g < events.length; g++) {
    for (let at = start[g] as number; at < (start[g] as number) + (events[g] as number); at++) {
      const row = rows[at] as number;
      logLikelihood += (weights[row] as number) * ((eta[row] as number) - shift);
    }
  }
  for (const { mass, remaining } of terms) logLikelihood -= mass * Math.log(remaining);
  const gradient = new Float64Array(n);
  const curvature = new Float64Array(n);
  backward(order, { terms, risk, weights, gradient, curvature });
  return { logLikelihood, gradient, curvature, risk, terms, shift };
}

/** The terms of every group with events, from the longest time to the shortest, stratum by stratum. */
function termsOf(order: RiskOrder, risk: Float64Array, weights: ArrayLike<number>, ties: Ties): Term[] {
  const { rows, start, events, stratum } = order;
  const terms: Term[] = [];
  let atRisk = 0;
  for (let g = 0; g < events.length; g++) {
    if (g > 0 && stratum[g] !== stratum[g - 1]) atRisk = 0;
    const first = start[g] as number;
    const d = events[g] as number;
    let dying = 0;
    let weight = 0;
    for (let at = first; at < (start[g + 1] as number); at++) {
      const row = rows[at] as number;
      atRisk += risk[row] as number;
      if (at >= first + d) continue;
      dying += risk[row] as number;
      weight += weights[row] as number;
    }
    for (let l = 0; l < d; l++) {
      const share = ties === "efron" ? l / d : 0;
      terms.push({ group: g, share, mass: weight / d, remaining: atRisk - share * dying });
    }
  }
  return terms;
}

interface Sums {
  readonly terms: readonly Term[];
  readonly risk: Float64Array;
  readonly weights: ArrayLike<number>;
  readonly gradient: Float64Array;
  readonly curvature: Float64Array;
}

/** From the shortest time on: what each row has met of sum mass / remaining and of sum mass / remaining^2. */
function backward(
  { rows, start, events, stratum }: RiskOrder,
  { terms, risk, weights, gradient, curvature }: Sums,
): void {
  let hazard = 0;
  let squared = 0;
  let next = terms.length - 1;
  for (let g = events.length - 1; g >= 0; g--) {
    if (g < events.length - 1 && stratum[g] !== stratum[g + 1]) {
      hazard = 0;
      squared = 0;
    }
    let ownHazard = hazard; // of a row with its event now, which leaves the set at risk bit by bit
    let ownSquared = squared;
    for (; next >= 0 && (terms[next] as Term).group === g; next--) {
      const { share, mass, remaining } = terms[next] as Term;
      const step = mass / remaining;
      hazard += step;
      squared += step / remaining;
      ownHazard += (1 - share) * step;
      ownSquared += ((1 - share) ** 2 * step) / remaining;
    }
    const first = start[g] as number;
    for (let at = first; at < (start[g + 1] as number); at++) {
      const row = rows[at] as number;
      const r = risk[row] as number;
      const isEvent = at < first + (events[g] as number);
      gradient[row] = r * (isEvent ? ownHazard : hazard) - (isEvent ? (weights[row] as number) : 0);
      curvature[row] = Math.max(0, r * (isEvent ? ownHazard : hazard) - r * r * (isEvent ? ownSquared : squared));
    }
  }
}
