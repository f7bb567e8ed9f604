/**
 * Triage: who needs no second look (rule-out), who is called at once (rule-in), and who is left to a person (the grey zone). Thresholds
 * are chosen on the tune part and judged on test, where every rate carries its Clopper-Pearson interval with the threshold
 * taken as given. Without a tune part they are chosen and judged on the same patients, and every result says so.
 */
import type { Estimate } from "../estimate.ts";
import { isClass, type Sample } from "../sample.ts";
import { percent, zoneSentence } from "./sentence.ts";
import { shareEstimate } from "./share.ts";
import { type Tally, tallyAt } from "./tally.ts";
import { COUNTED, countOf, expectTarget, type Rate, type Target, type TargetBasis } from "./target.ts";
import { type ChosenThreshold, chooseThreshold, type NoThreshold } from "./threshold.ts";

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
  readonly threshold: number;
  /** The target's rate on the patients the threshold was chosen on. */
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
  /** At or above `low` and below `high`; null where no threshold bounds it. */
  readonly low: number | null;
  readonly high: number | null;
  readonly sentence: string;
}

export interface Triage extends Optimism {
  /** Patients the thresholds were chosen on; null without a tune part. */
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
  expectSamples(tune, test);
  const by = options.by ?? "point";
  const out = targetOf(by, { sensitivity: options.sensitivity, npv: options.npv }) ?? {
    rate: "sensitivity",
    least: 0.98,
    by,
  };
  const into = targetOf(by, { specificity: options.specificity, ppv: options.ppv });
  const optimism = { optimistic: tune === null, optimisticBecause: tune === null ? SAME_PATIENTS : null };
  const ruleOut = ruleOutZone(chooseThreshold(tune ?? test, out, "rule-out"), out, test, optimism);
  // A patient who is ruled out cannot be ruled in.
  const from = ruleOut.kind === "ready" ? ruleOut.threshold : Number.NEGATIVE_INFINITY;
  const ruleIn = into && ruleInZone(chooseThreshold(tune ?? test, into, "rule-in", from), into, test, optimism);
  return {
    tune: tune === null ? null : { n: tune.n, positives: positivesOf(tune) },
    test: { n: test.n, positives: positivesOf(test) },
    ruleOut,
    ruleIn,
    grey: greyZone(ruleOut, ruleIn, test, optimism),
    ...optimism,
  };
}

function ruleOutZone(
  chosen: ChosenThreshold | NoThreshold,
  target: Target,
  test: Sample,
  optimism: Optimism,
): RuleOut | NoZone {
  if (chosen.kind === "undefined") return { ...chosen, target, ...optimism };
  const tally = tallyAt(test, chosen.threshold);
  const positives = tally.found + tally.missed;
  const patients = tally.missed + tally.cleared;
  const rates = { sensitivity: rateOf("sensitivity", tally), npv: rateOf("npv", tally) };
  const judged = target.rate === "npv" ? rates.npv : rates.sensitivity;
  const share = shareEstimate(patients, test.n, "share of patients below the threshold", "no labelled patient");
  const sentence = zoneSentence({
    target,
    share,
    judged,
    isOptimistic: optimism.optimistic,
    outcome: "need no second look",
    errors: `${tally.missed} of ${positives} positive patients missed`,
  });
  const verdict = verdictOf(judged, target);
  return {
    ...chosen,
    target,
    patients,
    share,
    ...rates,
    missed: tally.missed,
    positives,
    verdict,
    sentence,
    ...optimism,
  };
}

function ruleInZone(
  chosen: ChosenThreshold | NoThreshold,
  target: Target,
  test: Sample,
  optimism: Optimism,
): RuleIn | NoZone {
  if (chosen.kind === "undefined") return { ...chosen, target, ...optimism };
  const tally = tallyAt(test, chosen.threshold);
  const negatives = tally.cleared + tally.alarms;
  const patients = tally.found + tally.alarms;
  const rates = { specificity: rateOf("specificity", tally), ppv: rateOf("ppv", tally) };
  const judged = target.rate === "ppv" ? rates.ppv : rates.specificity;
  const share = shareEstimate(patients, test.n, "share of patients at or above the threshold", "no labelled patient");
  const sentence = zoneSentence({
    target,
    share,
    judged,
    isOptimistic: optimism.optimistic,
    outcome: "are ruled in",
    errors: `${tally.alarms} of ${negatives} negative patients ruled in`,
  });
  const verdict = verdictOf(judged, target);
  const falseAlarms = tally.alarms;
  return { ...chosen, target, patients, share, ...rates, falseAlarms, negatives, verdict, sentence, ...optimism };
}

function greyZone(
  ruleOut: RuleOut | NoZone,
  ruleIn: RuleIn | NoZone | null,
  test: Sample,
  optimism: Optimism,
): GreyZone {
  const low = ruleOut.kind === "ready" ? ruleOut.threshold : null;
  const high = ruleIn?.kind === "ready" ? ruleIn.threshold : null;
  const below = tallyAt(test, low ?? Number.NEGATIVE_INFINITY);
  const above = tallyAt(test, high ?? Number.POSITIVE_INFINITY);
  const positives = below.found - above.found;
  const patients = positives + below.alarms - above.alarms;
  const share = shareEstimate(patients, test.n, "share of patients left to a person", "no labelled patient");
  const sentence = `${percent(share.value)} of ${optimism.optimistic ? "these" : "test"} patients (${patients} of ${test.n}, ${positives} of them positive) are left to a person`;
  return { patients, share, positives, low, high, sentence, ...optimism };
}

function rateOf(rate: Rate, tally: Tally): Estimate {
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
