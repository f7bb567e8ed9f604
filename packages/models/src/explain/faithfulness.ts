/** The deletion test of many bags in a few numbers: how often each ranking was faithful, and by how much. */
import type { DeletionTest, RankingTest, Verdict } from "./deletion.ts";

export interface Faithfulness {
  /** Bags tested. */
  readonly bags: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Median over bags of the advantage over random tiles, in units of the score. */
  readonly advantage: number;
}

/** What is needed of a deletion test. */
export interface Judged {
  readonly rankings: Readonly<Record<string, Pick<RankingTest, "verdict" | "advantage">>>;
}

/** By the name of the ranking, over the tests that hold it. */
export function faithfulness(tests: readonly Judged[]): Record<string, Faithfulness> {
  const names = [...new Set(tests.flatMap((test) => Object.keys(test.rankings)))];
  return Object.fromEntries(
    names.map((name) => {
      const found = tests.flatMap(({ rankings }) => rankings[name] ?? []);
      const verdicts: Record<Verdict, number> = { faithful: 0, chance: 0, misleading: 0, flat: 0 };
      for (const { verdict } of found) verdicts[verdict]++;
      return [name, { bags: found.length, verdicts, advantage: median(found.map((test) => test.advantage)) }];
    }),
  );
}

/** A verdict as a plain sentence about one bag. @param unit of the score, such as log-odds */
export function verdictText(name: string, { rankings, control, whole, shares }: DeletionTest, unit: string): string {
  const test = rankings[name];
  if (test === undefined)
    throw new RangeError(`expected a ranking of ${Object.keys(rankings).join(", ")}, received ${name}`);
  const { verdict, scores } = test;
  if (verdict === "flat") return `${name}: the answer does not depend on which tiles are there`;
  const last = shares.length - 1;
  const random = median(control.map((curve) => curve.scores[last] as number));
  const change = `${whole.toFixed(2)} to ${(scores[last] as number).toFixed(2)} ${unit}, with random tiles to ${random.toFixed(2)}`;
  const share = `${Math.round(100 * (shares[last] as number))} % of the tiles`;
  return `${name}: ${WORDS[verdict]} (at its first ${share} the score goes from ${change})`;
}

const WORDS: Readonly<Record<Exclude<Verdict, "flat">, string>> = {
  faithful: "faithful, the answer follows it more closely than any random order",
  chance: "no better than some random order",
  misleading: "misleading, the answer follows it less closely than any random order",
};

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
