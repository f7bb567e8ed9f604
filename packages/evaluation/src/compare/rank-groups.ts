/**
 * A ranking that does not say more than the patients can: every pair of models is tested on the same patients, Holm's
 * correction covers all pairs, and a model's rank is one more than the number of models significantly better than it. Models
 * that nobody beats share rank 1 and are the best group. Test: paired bootstrap; for the AUROC of two classes the paired
 * DeLong test. Where the perfect value lies inside the range (a calibration slope), nearness to it is compared.
 */
import type { Estimate } from "../estimate.ts";
import { aurocMetric } from "../metric/auroc.ts";
import { pairedDelong } from "../metric/delong.ts";
import type { Metric, Sized } from "../metric/metric.ts";
import { isClass, scoresOf } from "../sample.ts";
import { type Difference, leastP } from "./difference.ts";
import { type CompareOptions, type Judged, judge } from "./judge.ts";
import { groupLetters } from "./letters.ts";
import { adjustKnown } from "./multiplicity.ts";
import { differenceOfJudged } from "./paired-bootstrap.ts";
import { expectSamePatients, isClassified } from "./same-patients.ts";

export interface NamedSample<S extends Sized> {
  readonly name: string;
  readonly sample: S;
}

export interface RankOptions extends CompareOptions {
  /** Chance of one false difference among all pairs. Default 0.05. */
  readonly level?: number;
}

export interface RankedModel {
  readonly name: string;
  readonly estimate: Estimate;
  /** 1 plus the number of models significantly better; null where the metric is undefined. */
  readonly rank: number | null;
  /** Models that share a letter cannot be told apart; "" where the metric is undefined. */
  readonly letters: string;
}

export interface RankedPair extends Difference {
  readonly a: string;
  readonly b: string;
  /** Corrected over all pairs (Holm). */
  readonly adjusted: number | null;
  /** The better of the two, null where they cannot be told apart. */
  readonly better: string | null;
}

export interface RankGroups {
  /** Best value first; models without a value last. */
  readonly models: readonly RankedModel[];
  /** Every pair once, a before b in the order of `models`. `difference` is the metric of a minus the metric of b. */
  readonly pairs: readonly RankedPair[];
  /** Names of rank 1, best value first. */
  readonly best: readonly string[];
  readonly method: string;
}

interface Entry<S extends Sized> extends NamedSample<S>, Judged {
  /** Distance from the perfect value; the smaller the better. */
  readonly distance: number;
}

/**
 * Ranks models on the same patients. Deterministic in the seed; equal values keep the order given.
 * @throws RangeError where the samples are not of the same patients in the same order, or two models share a name
 */
export function rankGroups<S extends Sized>(
  models: readonly NamedSample<S>[],
  metric: Metric<S>,
  options: RankOptions,
): RankGroups {
  expectComparable(models);
  const { level = 0.05 } = options;
  const judged = judge(
    models.map((m) => m.sample),
    metric,
    options,
  );
  const entries = models.map((m, i): Entry<S> => {
    const j = judged[i] as Judged;
    return { ...m, ...j, distance: Math.abs((j.estimate.value ?? Number.NaN) - metric.perfect) };
  });
  const known = entries.filter((e) => e.estimate.value !== null).sort((a, b) => a.distance - b.distance);
  const isDelong = metric.name === aurocMetric.name && known.every(({ sample: s }) => isClassified(s) && s.k === 2);
  const pairs = testPairs(known, metric, { level, compare: isDelong ? delongPair : bootstrapPair });
  const unknown = entries.filter((e) => e.estimate.value === null);
  const ranked = [...rank(known, pairs), ...unknown.map((e) => ({ ...shown(e), rank: null, letters: "" }))];
  const test = isDelong ? "paired DeLong" : "paired bootstrap over patients";
  return {
    models: ranked,
    pairs,
    best: ranked.filter((m) => m.rank === 1).map((m) => m.name),
    method: `${test}, Holm over ${pairs.length} pairs, level ${level}; rank = 1 + models significantly better`,
  };
}

type Compare = <S extends Sized>(a: Entry<S>, b: Entry<S>, metric: Metric<S>) => Difference;

function testPairs<S extends Sized>(
  known: readonly Entry<S>[],
  metric: Metric<S>,
  { level, compare }: { readonly level: number; readonly compare: Compare },
): RankedPair[] {
  const tested = known.flatMap((a, i) =>
    known
      .slice(i + 1)
      .map((b) => ({ a: a.name, b: b.name, isTied: a.distance === b.distance, ...compare(a, b, metric) })),
  );
  const adjusted = adjustKnown(tested.map((t) => t.p));
  return tested.map(({ isTied, ...pair }, i) => {
    const p = adjusted[i] as number | null;
    // `known` is ordered by nearness to perfect, so where the two differ the first is the better.
    return { ...pair, adjusted: p, better: p !== null && p < level && !isTied ? pair.a : null };
  });
}

const bootstrapPair: Compare = (a, b, metric) => {
  const plain = differenceOfJudged(a, b, metric.title);
  const isInside = metric.perfect > metric.range[0] && metric.perfect < metric.range[1];
  if (!isInside) return plain;
  const near = (e: Judged): Judged => ({
    ...e,
    estimate: { ...e.estimate, value: Math.abs((e.estimate.value as number) - metric.perfect) },
    replicates: e.replicates?.map((v) => Math.abs(v - metric.perfect)) ?? null,
  });
  return { ...plain, p: differenceOfJudged(near(a), near(b), metric.title).p };
};

const delongPair: Compare = (a, b) => {
  const [first, second]: readonly Sized[] = [a.sample, b.sample];
  if (first === undefined || second === undefined || !isClassified(first) || !isClassified(second))
    throw new TypeError("expected samples of two classes, received others; compare them by paired bootstrap");
  const { difference, p } = pairedDelong(scoresOf(first), scoresOf(second), isClass(first));
  if (p !== null || difference.value === null) return { difference, p };
  // No variance: the two rank alike, or one is better by the same amount for every patient.
  return { difference, p: difference.value === 0 ? 1 : leastP(first.n) };
};

function rank<S extends Sized>(known: readonly Entry<S>[], pairs: readonly RankedPair[]): RankedModel[] {
  const place = new Map(known.map((e, i) => [e.name, i]));
  const beaten = new Array<number>(known.length).fill(0);
  const differ = pairs
    .filter((p) => p.better !== null)
    .map((p) => [place.get(p.a), place.get(p.b)] as [number, number]);
  for (const [, worse] of differ) beaten[worse] = (beaten[worse] as number) + 1;
  const letters = groupLetters(known.length, differ);
  return known.map((e, i) => ({ ...shown(e), rank: 1 + (beaten[i] as number), letters: letters[i] as string }));
}

function shown<S extends Sized>({ name, estimate }: Entry<S>): Pick<RankedModel, "name" | "estimate"> {
  return { name, estimate };
}

function expectComparable<S extends Sized>(models: readonly NamedSample<S>[]): void {
  const twice = models.find((m, i) => models.findIndex((o) => o.name === m.name) !== i);
  if (twice !== undefined)
    throw new RangeError(`expected a name of its own for every model, received ${JSON.stringify(twice.name)} twice`);
  for (const m of models) expectSamePatients((models[0] as NamedSample<S>).sample, m.sample);
}
