/**
 * Choosing a threshold that keeps a promise. Rule-out: the largest at which the rate still reaches its target, so that as many
 * patients as possible fall below. Rule-in: the smallest. Candidates are the probabilities seen in the sample. For sensitivity and
 * specificity by the bound the choice carries its own guarantee: the threshold is an order statistic of one class, and the chance
 * that its true rate is below the target is at most 2.5 % (Wilks 1941). For npv and ppv many thresholds are tried, and it is not.
 */
import { binomialTail } from "../distribution/tail.ts";
import type { Estimate } from "../estimate.ts";
import { clopperPearson } from "../interval/clopper-pearson.ts";
import { wilson } from "../interval/wilson.ts";
import type { Sample } from "../sample.ts";
import { neededWithoutError, shareEstimate } from "./share.ts";
import { type ShareCount, type Tally, tallies } from "./tally.ts";
import { COUNTED, countOf, type Target } from "./target.ts";

/** Candidates whose exact bound is worked out when none reaches the target. */
const FINALISTS = 20;

export type Side = "rule-out" | "rule-in";

export interface ChosenThreshold {
  readonly kind: "ready";
  readonly threshold: number;
  /** The rate on the patients it was chosen on. */
  readonly reached: Estimate;
}

export interface NoThreshold {
  readonly kind: "undefined";
  readonly reason: string;
  /** How many it takes for the target to be met at all, without a single error; null where no number is enough. */
  readonly needed: number | null;
}

/** The threshold of one side, not below `from`. */
export function chooseThreshold(
  sample: Sample,
  target: Target,
  side: Side,
  from: number = Number.NEGATIVE_INFINITY,
): ChosenThreshold | NoThreshold {
  const needed = target.by === "bound" ? neededWithoutError(target.least) : 1;
  if (sample.k !== 2) {
    return { kind: "undefined", reason: `thresholds are for two classes, here are ${sample.k}`, needed };
  }
  const candidates = tallies(sample).filter((t) => t.threshold >= from);
  const ordered = side === "rule-out" ? candidates.toReversed() : candidates;
  const chosen = ordered.find((t) => meets(target, t));
  if (chosen !== undefined) return { kind: "ready", threshold: chosen.threshold, reached: reachedAt(target, chosen) };
  return { kind: "undefined", reason: whyNot(target, candidates, needed), needed };
}

/** The lower end of the interval is at least t where P(X >= hits) at t is at most 2.5 %: the same statement, without the inverse. */
function meets({ rate, least, by }: Target, tally: Tally): boolean {
  const { hits, n } = countOf(rate, tally);
  if (n === 0 || hits / n < least) return false;
  return by === "point" || binomialTail(hits, n, least) <= 0.025;
}

function reachedAt({ rate }: Target, tally: Tally): Estimate {
  const { hits, n } = countOf(rate, tally);
  return shareEstimate(hits, n, `${rate} of the patients the threshold was chosen on`, `no ${COUNTED[rate]}`);
}

function whyNot(target: Target, candidates: readonly Tally[], needed: number | null): string {
  const { rate, least, by } = target;
  const best = bestOf(target, candidates);
  if (best === null) return `no ${COUNTED[rate]} to choose a threshold on`;
  const { hits, n, low } = best;
  const asked = `no threshold reaches ${rate} at least ${least}${by === "bound" ? " by its lower 95 % bound" : ""}`;
  const found = `${asked}: the best is ${hits} of ${n} ${COUNTED[rate]} (${(hits / n).toFixed(3)}, lower bound ${low.toFixed(3)})`;
  if (needed === null) return `${found}, and no number of patients proves a share of 1`;
  return n < needed ? `${found}; even without an error it takes ${needed} ${COUNTED[rate]}` : found;
}

/** The candidate that comes closest, by the rate or by its bound. */
function bestOf({ rate, by }: Target, candidates: readonly Tally[]): (ShareCount & { readonly low: number }) | null {
  const counts = candidates.map((t) => countOf(rate, t)).filter(({ n }) => n > 0);
  if (by === "point") counts.sort((a, b) => b.hits * a.n - a.hits * b.n || b.n - a.n);
  else counts.sort((a, b) => wilson(b.hits, b.n)[0] - wilson(a.hits, a.n)[0]);
  // Wilson's bound orders them almost as the exact one does, and costs nothing; the exact one decides among the first.
  const first = counts.slice(0, by === "point" ? 1 : FINALISTS);
  const exact = first.map((count) => ({ ...count, low: clopperPearson(count.hits, count.n)[0] }));
  return by === "point"
    ? (exact[0] ?? null)
    : exact.reduce<(typeof exact)[number] | null>((a, b) => (a !== null && a.low >= b.low ? a : b), null);
}
