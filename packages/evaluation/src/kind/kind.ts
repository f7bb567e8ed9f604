/**
 * A kind of question as the referee sees it: how labelled patients become a sample, which numbers are asked, and which one
 * carries the claim. Everything shared (intervals, subgroups, folds) is written once against this and never asks which kind it is.
 */
import { type Outcome, ok, randomStream } from "@nacre/core";
import type { Estimate } from "../estimate.ts";
import { type BootstrapOptions, bootstrap } from "../interval/bootstrap.ts";
import { type SeedSpread, spreadOver } from "../interval/by-seed.ts";
import type { Metric, Sized } from "../metric/metric.ts";
import { groupsOf } from "../subgroup.ts";
import { type Answered, type AnsweredRow, type GatherOptions, gatherPatients } from "./gather.ts";

export interface Kind<Label, S extends Sized> {
  readonly sampleOf: (labelled: readonly (Answered<Label> & { readonly label: Label })[]) => S;
  /** Stratum of each patient, kept in its size by every replicate; null for none. */
  readonly strataOf: (sample: S) => ArrayLike<number> | null;
  readonly metrics: readonly Metric<S>[];
  /** The number a claim is about: shown for subgroups and folds. */
  readonly headline: Metric<S>;
}

export interface ScoreOptions {
  /** Bootstrap replicates behind every interval. */
  readonly bootstrap: number;
  /** Columns to report by. */
  readonly subgroups: readonly string[];
  readonly seed: number;
  readonly interval?: "percentile" | "bca";
}

/** What every kind of part has. `measures` by the name of the metric. */
export interface KindScore {
  readonly n: number;
  readonly unlabelled: number;
  readonly bags: number;
  readonly headline: string;
  readonly measures: Readonly<Record<string, Estimate>>;
  readonly subgroups: readonly {
    readonly column: string;
    readonly group: string;
    readonly n: number;
    readonly measure: Estimate;
  }[];
  readonly folds: readonly { readonly fold: number; readonly n: number; readonly measure: Estimate }[];
}

/** All numbers of one part, and the sample they come from. `name` keeps the chance of the parts apart. */
export function scoreKind<Label, S extends Sized>(
  patients: readonly Answered<Label>[],
  kind: Kind<Label, S>,
  options: ScoreOptions,
  name: string,
): { readonly score: KindScore; readonly sample: S } {
  const chance = chanceOf(options, name);
  const estimate = (members: readonly Answered<Label>[], metrics: readonly Metric<S>[]) => {
    const sample = kind.sampleOf(members.filter(isLabelled));
    return { sample, estimates: bootstrap(sample, metrics, { ...chance, strata: kind.strataOf(sample) }) };
  };
  const headline = (members: readonly Answered<Label>[]): { n: number; measure: Estimate } => {
    const { sample, estimates } = estimate(members, [kind.headline]);
    return { n: sample.n, measure: estimates[0] as Estimate };
  };
  const { sample, estimates } = estimate(patients, kind.metrics);
  const folds = [...new Set(patients.flatMap((p) => p.folds))].sort((a, b) => a - b);
  const score: KindScore = {
    n: sample.n,
    unlabelled: patients.length - sample.n,
    bags: patients.reduce((sum, p) => sum + p.bags, 0),
    headline: kind.headline.name,
    measures: Object.fromEntries(kind.metrics.map((m, i) => [m.name, estimates[i] as Estimate])),
    subgroups: options.subgroups.flatMap((column) =>
      groupsOf(patients, column).map(({ group, members }) => ({ column, group, ...headline(members) })),
    ),
    folds: folds.map((fold) => ({ fold, ...headline(patients.filter((p) => p.folds.includes(fold))) })),
  };
  return { score, sample };
}

/** The chance of one part's intervals. */
export function chanceOf({ bootstrap: replicates, seed, interval }: ScoreOptions, name: string): BootstrapOptions {
  return {
    replicates,
    seed: randomStream(seed, "evaluate", name).bits(),
    ...(interval === undefined ? {} : { interval }),
  };
}

/** True where the reference answer is known. */
export function isLabelled<Label>(p: Answered<Label>): p is Answered<Label> & { readonly label: Label } {
  return p.label !== null;
}

/** What was made of the test patients of all folds, and of the external ones. */
export interface Parts<Score> {
  readonly internal: Score;
  /** null where no patient is external. */
  readonly external: Score | null;
  /** Runs with several seeds by the headline, where the rows come from such; null where there is no column `seed`. */
  readonly seeds: readonly SeedSpread[] | null;
}

/** Gathers patients and scores both parts. Rows of train and tune are never scored. Failures: `conflicting-label`. */
export function judgeParts<Label, S extends Sized, Score>(
  rows: readonly AnsweredRow<Label>[],
  kind: Kind<Label, S>,
  gather: GatherOptions<Label>,
  score: (patients: readonly Answered<Label>[], name: "internal" | "external") => Score,
): Outcome<Parts<Score>> {
  const test = gatherPatients(
    rows.filter((r) => r.part === "test"),
    gather,
  );
  if (!test.ok) return test;
  const external = gatherPatients(
    rows.filter((r) => r.part === "external"),
    gather,
  );
  if (!external.ok) return external;
  return ok({
    internal: score(test.value, "internal"),
    external: external.value.length === 0 ? null : score(external.value, "external"),
    seeds: spreadOver(rows, kind.headline, (own) => {
      const patients = gatherPatients(own, gather);
      return patients.ok ? kind.sampleOf(patients.value.filter(isLabelled)) : null;
    }),
  });
}
