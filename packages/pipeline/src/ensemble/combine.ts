/**
 * The answers of several runs as one answer a bag (docs/methods/ensemble.md).
 *
 *   mean      the mean of probabilities, numbers or risks
 *   rank      the mean of the places (from 0 to 1) that each run gives the bag among those of its part and fold: an order, no probability
 *   learned   ranks of the classes of a bag, weighed as fitted on the tune part of the same fold (docs/methods/rank-ensemble.md)
 */
import { fail, groupBy, type Outcome, ok } from "@nacre/core";
import { ensembleProbabilities, ensembleScores, fitRankEnsemble, type RankEnsemble } from "@nacre/models";
import { keyOf } from "./check-members.ts";
import type { Member, MemberRow, SingleQuestion } from "./read-member.ts";

export const WAYS = ["mean", "rank", "learned"] as const;
export type Way = (typeof WAYS)[number];

/** Weights of each run at each rank, by fold; "external" are those of all folds together. */
export interface LearnedWeights {
  readonly fold: string;
  readonly queries: number;
  /** [runs][ranks] */
  readonly weights: readonly (readonly number[])[];
}

export interface Combined {
  /** By row of the first run: its answer, in the order of its answer columns. */
  readonly answers: readonly (readonly number[])[];
  /** Only of `learned`. */
  readonly learned: readonly LearnedWeights[];
}

/** Failures: bad-usage (a way that means nothing for the task, no tune part), too-few. `members` have passed `checkMembers`. */
export function combine(members: readonly Member[], by: Way, seed: number): Outcome<Combined> {
  const [first] = members;
  if (first === undefined) throw new RangeError("expected at least one run, received none");
  const problem = unfit(first.task, by);
  if (problem !== null) return problem;
  const aligned = members.map((member) => alignedRows(first.rows, member.rows));
  if (by === "mean") return ok({ answers: meanOf(first, aligned), learned: [] });
  if (by === "rank") {
    const places = aligned.map((rows) => placesOf(first, rows));
    const means = meanOf(first, places);
    return ok({ answers: "classes" in first.task ? means.map(asShares) : means, learned: [] });
  }
  return learn(members, aligned, seed);
}

/** A way that means nothing for a task, with the one that does. */
function unfit(task: SingleQuestion, by: Way): Outcome<never> | null {
  const others = "use --by mean";
  if (by === "rank" && task.kind === "regress") {
    return wrongWay(by, "numbers", `${others}: a mean of ranks has no unit`);
  }
  if (by !== "learned") return null;
  if (task.kind !== "classify" && task.kind !== "ordinal") return wrongWay(by, task.kind, `${others} or --by rank`);
  if (task.classes.length > 2) return null;
  const remedy = `with two candidates a rank says no more than which is first; ${others}, or --by rank, which ranks patients`;
  return wrongWay(by, `two classes (${task.classes.join(", ")})`, remedy);
}

function wrongWay(by: Way, received: string, remedy: string): Outcome<never> {
  const expected = by === "learned" ? "three classes or more, whose ranks can be weighed" : "classes, labels or risks";
  return fail("bad-usage", { expected: `${expected}, for --by ${by}`, received: `a task of ${received}`, remedy });
}

/** The rows of a run in the order of another. */
function alignedRows(order: readonly MemberRow[], rows: readonly MemberRow[]): MemberRow[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return order.map((row) => byKey.get(keyOf(row)) as MemberRow); // checkMembers found every one
}

function meanOf({ answer }: Member, aligned: readonly (readonly MemberRow[])[]): number[][] {
  const [order = []] = aligned;
  return order.map((_, i) =>
    answer.map(
      (column) => aligned.reduce((sum, rows) => sum + (rows[i]?.values[column] as number), 0) / aligned.length,
    ),
  );
}

/** Places of the classes of a bag as numbers that sum to 1, as a table of classes must hold. */
function asShares(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

/** Each answer as its place among those of its part and fold, (rank - 1/2) / n; equal answers share the middle of their places. */
function placesOf({ answer }: Member, rows: readonly MemberRow[]): MemberRow[] {
  const places = new Map<MemberRow, Record<string, number>>(rows.map((row) => [row, {}]));
  for (const group of groupBy(rows, ({ part, fold }) => `${part} ${fold}`).values()) {
    for (const column of answer) {
      for (const [row, place] of placesIn(group, column)) {
        (places.get(row) as Record<string, number>)[column] = place;
      }
    }
  }
  return rows.map((row) => ({ ...row, values: places.get(row) ?? {} }));
}

function placesIn(rows: readonly MemberRow[], column: string): Map<MemberRow, number> {
  const value = (row: MemberRow): number => row.values[column] as number;
  const sorted = rows.toSorted((a, b) => value(a) - value(b));
  const places = new Map<MemberRow, number>();
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && value(sorted[end] as MemberRow) === value(sorted[start] as MemberRow)) end++;
    for (const row of sorted.slice(start, end)) places.set(row, (start + end) / (2 * sorted.length));
    start = end;
  }
  return places;
}

function learn(
  members: readonly Member[],
  aligned: readonly (readonly MemberRow[])[],
  seed: number,
): Outcome<Combined> {
  const [first] = members as [Member];
  const parts = [...new Set(first.rows.map(({ part, fold }) => (part === "external" ? "external" : fold)))];
  const fitted = new Map<string, RankEnsemble>();
  const learned: LearnedWeights[] = [];
  for (const fold of parts) {
    const queries = queriesOf(members, fold === "external" ? null : fold);
    if (queries.length === 0) return noTune(fold);
    const ensemble = fitRankEnsemble(queries, { seed });
    if (!ensemble.ok) return ensemble;
    const { weights, ranks } = ensemble.value;
    fitted.set(fold, ensemble.value);
    learned.push({
      fold,
      queries: queries.length,
      weights: members.map((_, m) => [...weights.subarray(m * ranks, (m + 1) * ranks)]),
    });
  }
  const answers = first.rows.map(({ part, fold }, i) => {
    const ensemble = fitted.get(part === "external" ? "external" : fold) as RankEnsemble; // one for each of the parts
    const scores = aligned.map((rows) => first.answer.map((column) => rows[i]?.values[column] as number));
    return [...ensembleProbabilities(ensemble, ensembleScores(ensemble, scores))];
  });
  return ok({ answers, learned });
}

/** Tune bags that every run answered of, in one fold or (null) in all: each model was fitted without them. */
function queriesOf(members: readonly Member[], fold: string | null) {
  const [first, ...others] = members as [Member, ...Member[]];
  const { task, answer } = first;
  const classes: readonly string[] = "classes" in task ? task.classes : [];
  const found = others.map(({ tune }) => new Map(tune.map((row) => [keyOf(row), row])));
  return first.tune.flatMap((row) => {
    const same = found.map((rows) => rows.get(keyOf(row)));
    const truth = classes.indexOf(row.cells.label ?? "");
    if ((fold !== null && row.fold !== fold) || truth < 0 || same.includes(undefined)) return [];
    const all = [row, ...(same as MemberRow[])]; // none is undefined
    return [{ scores: all.map(({ values }) => answer.map((column) => values[column] as number)), truth }];
  });
}

function noTune(fold: string): Outcome<never> {
  return fail("bad-usage", {
    expected: "tune predictions that every run holds, to learn weights from",
    received: fold === "external" ? "none" : `none in fold ${fold}`,
    remedy: "run the studies with split: {tune: 0.2}, or use --by mean or --by rank",
  });
}
