/**
 * Triage: who needs no second look (rule-out), who is called at once (rule-in), and who is left to a person (the grey zone). Thresholds
 * are chosen on the tune part, fold by fold where there are folds (`by-fold.ts`), and judged on test, where every rate carries its
 * Clopper-Pearson interval with the threshold taken as given. Without a tune part they are chosen and judged on the same patients,
 * and every result says so.
 */
import { oneFold, type TunedFold } from "../calibration/tuned-fold.ts";
import type { Estimate } from "../estimate.ts";
import { isClass, type Sample } from "../sample.ts";
import { type ChosenThresholds, calledBy, chooseByFold, type FoldThreshold } from "./by-fold.ts";
import { percent, zoneSentence } from "./sentence.ts";
import { shareEstimate } from "./share.ts";
import { type Tally, tallyOf } from "./tally.ts";
import { COUNTED, countOf, expectTarget, type Rate, type Target, type TargetBasis } from "./target.ts";
import type { NoThreshold } from "./threshold.ts";

export interface TriageOptions {
  /** Rule-out: least sensitivity (default 0.98), or in its place the least negative predictive value. */
  readonly sensitivity?: number;
  readonly npv?: number;
  /** Rule-in: least specificity, or in its place the least positive predictive value. Left out: nobody is ruled in. */
  readonly specificity?: number;
  readonly ppv?: number;
  /** Whether the rate itself or its lower 95 % bound must reach the target where the threshold is chosen. Default `point`. */
  readonly by?: TargetBasis;
}

/** Said by every result: true where thresholds were chosen on the patients they are judged on, with the reason. */
export interface Optimism {
  readonly optimistic: boolean;
  readonly optimisticBecause: string | null;
}

/** `met`: the whole interval on test reaches the target. `missed`: it lies below. `open`: test cannot tell. */
export type Verdict = "met" | "missed" | "open";

interface Zone extends Optimism {
  readonly kind: "ready";
  readonly target: Target;
  /** null where each fold has its own (`thresholds`). */
  readonly threshold: number | null;
  readonly thresholds: readonly FoldThreshold[];
  /** The target's rate on the patients the thresholds were chosen on. */
  readonly reached: Estimate;
  /** Test patients in the zone. */
  readonly patients: number;
  readonly share: Estimate;
  readonly verdict: Verdict;
  readonly sentence: string;
}

/** Patients below the threshold: the work saved. */
export interface RuleOut extends Zone {
  readonly sensitivity: Estimate;
  readonly npv: Estimate;
  /** Positive test patients in the zone, of how many. */
  readonly missed: number;
  readonly positives: number;
}

/** Patients at or above the threshold. */
export interface RuleIn extends Zone {
  readonly specificity: Estimate;
  readonly ppv: Estimate;
  /** Negative test patients in the zone, of how many. */
  readonly falseAlarms: number;
  readonly negatives: number;
}

/** A zone that could not be made. */
export interface NoZone extends NoThreshold, Optimism {
  readonly target: Target;
}

/** Patients neither ruled out nor in: the model abstains, a person decides. */
export interface GreyZone extends Optimism {
  readonly patients: number;
  readonly share: Estimate;
  readonly positives: number;
  /** At or above `low` and below `high`; null where no threshold bounds it, or each fold has its own. */
  readonly low: number | null;
  readonly high: number | null;
  readonly sentence: string;
}

export interface Triage extends Optimism {
  /** Patients the thresholds were chosen on, summed over folds; null without a tune part. */
  readonly tune: { readonly n: number; readonly positives: number } | null;
  readonly test: { readonly n: number; readonly positives: number };
  readonly ruleOut: RuleOut | NoZone;
  /** null where no specificity or ppv was asked for. */
  readonly ruleIn: RuleIn | NoZone | null;
  readonly grey: GreyZone;
}

const SAME_PATIENTS = "no tune part was given, so the thresholds were chosen on the patients they are judged on";

/**
 * Thresholds from `tune`, judged on `test`. A zone whose target cannot be met, or more than two classes, is undefined with the reason.
 * @throws RangeError for a target outside (0, 1], two targets for one side, samples of different classes, or test given as tune
 */
export function triage(tune: Sample | null, test: Sample, options: TriageOptions = {}): Triage {
  return triageByFold([oneFold(tune, test)], test, options);
}

/**
 * The same where several models predicted `test`: each fold has the thresholds of its own tune patients. No fold with tune patients:
 * chosen and judged on the same patients. Some folds without: undefined with the reason.
 * @throws RangeError as `triage`
 */
export function triageByFold(folds: readonly TunedFold[], test: Sample, options: TriageOptions = {}): Triage {
  for (const { tune } of folds) expectSamples(tune, test);
  const by = options.by ?? "point";
  const out = targetOf(by, { sensitivity: options.sensitivity, npv: options.npv }) ?? {
    rate: "sensitivity",
    least: 0.98,
    by,
  };
  const into = targetOf(by, { specificity: options.specificity, ppv: options.ppv });
  const optimistic = folds.every((f) => f.tune === null);
  const judged: Judged = {
    folds: optimistic ? [oneFold(test, test)] : folds,
    test,
    optimism: { optimistic, optimisticBecause: optimistic ? SAME_PATIENTS : null },
  };
  const ruleOut = ruleOutZone(out, judged);
  // A patient who is ruled out cannot be ruled in.
  const ruleIn = into && ruleInZone(into, judged, ruleOut.kind === "ready" ? ruleOut.thresholds : null);
  return {
    tune: optimistic ? null : tunePart(folds),
    test: { n: test.n, positives: positivesOf(test) },
    ruleOut,
    ruleIn,
    grey: greyZone(ruleOut, ruleIn, judged),
    ...judged.optimism,
  };
}

/** Who is judged, by which models, and whether on the patients who taught. */
interface Judged {
  readonly folds: readonly TunedFold[];
  readonly test: Sample;
  readonly optimism: Optimism;
}

function tunePart(folds: readonly TunedFold[]): { readonly n: number; readonly positives: number } {
  const tunes = folds.flatMap(({ tune }) => (tune === null ? [] : [tune]));
  return {
    n: tunes.reduce((sum, tune) => sum + tune.n, 0),
    positives: tunes.reduce((sum, tune) => sum + positivesOf(tune), 0),
  };
}

function ruleOutZone(target: Target, judged: Judged): RuleOut | NoZone {
  const { folds, test, optimism } = judged;
  const chosen = chooseByFold(folds, target, "rule-out", { test });
  if (chosen.kind === "undefined") return { ...chosen, target, ...optimism };
  const tally = tallyOf(test, calledBy(folds, chosen.thresholds, test, "any"));
  const positives = tally.found + tally.missed;
  const rates = { sensitivity: rateOf("sensitivity", tally), npv: rateOf("npv", tally) };
  const zone = zoneOf(target, chosen, judged, {
    patients: tally.missed + tally.cleared,
    which: "below the threshold",
    rate: target.rate === "npv" ? rates.npv : rates.sensitivity,
    outcome: "need no second look",
    errors: `${tally.missed} of ${positives} positive patients missed`,
  });
  return { ...zone, ...rates, missed: tally.missed, positives };
}

function ruleInZone(target: Target, judged: Judged, from: readonly FoldThreshold[] | null): RuleIn | NoZone {
  const { folds, test, optimism } = judged;
  const chosen = chooseByFold(folds, target, "rule-in", { test, from });
  if (chosen.kind === "undefined") return { ...chosen, target, ...optimism };
  const tally = tallyOf(test, calledBy(folds, chosen.thresholds, test, "all"));
  const negatives = tally.cleared + tally.alarms;
  const rates = { specificity: rateOf("specificity", tally), ppv: rateOf("ppv", tally) };
  const zone = zoneOf(target, chosen, judged, {
    patients: tally.found + tally.alarms,
    which: "at or above the threshold",
    rate: target.rate === "ppv" ? rates.ppv : rates.specificity,
    outcome: "are ruled in",
    errors: `${tally.alarms} of ${negatives} negative patients ruled in`,
  });
  return { ...zone, ...rates, falseAlarms: tally.alarms, negatives };
}

interface ZoneCount {
  readonly patients: number;
  readonly which: string;
  /** The target's rate on the judged patients. */
  readonly rate: Estimate;
  readonly outcome: string;
  readonly errors: string;
}

function zoneOf(target: Target, chosen: ChosenThresholds, judged: Judged, count: ZoneCount): Zone {
  const { patients, which, rate, outcome, errors } = count;
  const { test, optimism } = judged;
  const share = shareEstimate(patients, test.n, `share of patients ${which}`, "no labelled patient");
  const sentence = zoneSentence({
    target,
    share,
    chosenOn: chosen.thresholds.map((t) => t.reached),
    judged: rate,
    isOptimistic: optimism.optimistic,
    outcome,
    errors,
  });
  return { ...chosen, target, patients, share, verdict: verdictOf(rate, target), sentence, ...optimism };
}

function greyZone(
  ruleOut: RuleOut | NoZone,
  ruleIn: RuleIn | NoZone | null,
  { folds, test, optimism }: Judged,
): GreyZone {
  const everybody = new Uint8Array(test.n).fill(1);
  const nobody = new Uint8Array(test.n);
  const notOut = ruleOut.kind === "ready" ? calledBy(folds, ruleOut.thresholds, test, "any") : everybody;
  const ruledIn = ruleIn?.kind === "ready" ? calledBy(folds, ruleIn.thresholds, test, "all") : nobody;
  const below = tallyOf(test, notOut);
  const above = tallyOf(test, ruledIn);
  const positives = below.found - above.found;
  const patients = positives + below.alarms - above.alarms;
  const share = shareEstimate(patients, test.n, "share of patients left to a person", "no labelled patient");
  const sentence = `${percent(share.value)} of ${optimism.optimistic ? "these" : "test"} patients (${patients} of ${test.n}, ${positives} of them positive) are left to a person`;
  return {
    patients,
    share,
    positives,
    low: ruleOut.kind === "ready" ? ruleOut.threshold : null,
    high: ruleIn?.kind === "ready" ? ruleIn.threshold : null,
    sentence,
    ...optimism,
  };
}

function rateOf(rate: Rate, tally: Omit<Tally, "threshold">): Estimate {
  const { hits, n } = countOf(rate, tally);
  return shareEstimate(hits, n, `${rate} at the threshold`, `no ${COUNTED[rate]}`);
}

function verdictOf({ low, high }: Estimate, { least }: Target): Verdict {
  if (low === null || high === null) return "open";
  return low >= least ? "met" : high < least ? "missed" : "open";
}

function targetOf(by: TargetBasis, asked: Readonly<Partial<Record<Rate, number | undefined>>>): Target | null {
  const given = (Object.keys(asked) as Rate[]).flatMap((rate) => {
    const least = asked[rate];
    return least === undefined ? [] : [{ rate, least, by }];
  });
  if (given.length > 1) {
    throw new RangeError(
      `expected one target, received ${given.map((t) => t.rate).join(" and ")}; leave one of them out`,
    );
  }
  const target = given[0] ?? null;
  if (target !== null) expectTarget(target.rate, target.least);
  return target;
}

function positivesOf(sample: Sample): number {
  return isClass(sample).reduce((sum, yes) => sum + yes, 0);
}

function expectSamples(tune: Sample | null, test: Sample): void {
  if (tune === null) return;
  if (tune === test)
    throw new RangeError("expected other patients as tune, received the test sample; give null instead");
  const names = (s: Sample): string => `${s.classes.join(", ")} with ${s.classes[s.positive]} as positive`;
  if (names(tune) !== names(test)) {
    throw new RangeError(`expected tune and test of the same classes, received ${names(tune)} and ${names(test)}`);
  }
}
