/**
 * Thresholds fold by fold: probabilities of two models are not on one scale, so each fold's tune part chooses a threshold for the patients
 * which that fold's model predicted. A patient predicted by several folds is ruled out only where all of them rule him out, and
 * ruled in only where all of them rule him in; the others are left to a person.
 */
import type { TunedFold } from "../calibration/tuned-fold.ts";
import type { Estimate } from "../estimate.ts";
import { type Sample, subsample } from "../sample.ts";
import type { Target } from "./target.ts";
import { type ChosenThreshold, chooseThreshold, type NoThreshold, type Side } from "./threshold.ts";

/** The threshold of one fold, and its rate on the patients it was chosen on. */
export interface FoldThreshold {
  readonly fold: number | null;
  readonly threshold: number;
  readonly reached: Estimate;
}

/** Thresholds of all folds, in their order. */
export interface ChosenThresholds {
  readonly kind: "ready";
  readonly thresholds: readonly FoldThreshold[];
  /** null where folds have thresholds of their own. */
  readonly threshold: number | null;
  /** Over all folds together; without an interval where there are several, since a patient may be tune in many. */
  readonly reached: Estimate;
}

/** A threshold for each fold, none below those of `from`; undefined where one fold has none. */
export function chooseByFold(
  folds: readonly TunedFold[],
  target: Target,
  side: Side,
  { test, from = null }: { readonly test: Sample; readonly from?: readonly FoldThreshold[] | null },
): ChosenThresholds | NoThreshold {
  const chosen = folds.map(({ tune }, f) =>
    chooseThreshold(tune ?? subsample(test, []), target, side, from?.[f]?.threshold),
  );
  const missing = chosen.flatMap((c, f) => (c.kind === "undefined" ? [{ ...c, fold: folds[f]?.fold ?? null }] : []));
  const [first, ...more] = missing;
  if (first !== undefined) {
    const { fold, ...none } = first;
    if (folds.length === 1) return none;
    const others = more.length === 0 ? "" : `; and ${more.length} more of ${folds.length} folds`;
    return { ...none, reason: `fold ${fold ?? "(none)"}: ${none.reason}${others}` };
  }
  const thresholds = (chosen as ChosenThreshold[]).map(({ threshold, reached }, f) => ({
    fold: folds[f]?.fold ?? null,
    threshold,
    reached,
  }));
  const [only] = thresholds;
  return {
    kind: "ready",
    thresholds,
    threshold: thresholds.length === 1 && only !== undefined ? only.threshold : null,
    reached: reachedByAll(thresholds),
  };
}

/** Who is called, [n]: by `any` of the folds that predicted the patient at their threshold, or by `all` of them. */
export function calledBy(
  folds: readonly TunedFold[],
  thresholds: readonly FoldThreshold[],
  sample: Sample,
  who: "any" | "all",
): Uint8Array {
  const called = new Uint8Array(sample.n).fill(who === "any" ? 0 : 1);
  folds.forEach(({ rows, probabilities }, f) => {
    const { threshold } = thresholds[f] as FoldThreshold;
    rows.forEach((row, at) => {
      const isCalled = (probabilities[at * sample.k + sample.positive] as number) >= threshold;
      if (isCalled === (who === "any")) called[row] = isCalled ? 1 : 0;
    });
  });
  return called;
}

function reachedByAll(thresholds: readonly FoldThreshold[]): Estimate {
  const [first] = thresholds;
  if (thresholds.length === 1 && first !== undefined) return first.reached;
  const n = thresholds.reduce((sum, t) => sum + t.reached.n, 0);
  const hits = thresholds.reduce((sum, t) => sum + (t.reached.value ?? 0) * t.reached.n, 0);
  return {
    value: hits / n,
    low: null,
    high: null,
    n,
    method: `${first?.reached.method.split(";")[0]}, all folds together`,
    reason: "no interval: a patient may be tune in several folds",
  };
}
