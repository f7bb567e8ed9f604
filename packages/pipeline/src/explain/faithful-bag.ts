/**
 * The deletion test of what a heatmap shows, for one bag: contribution and attention, each held against random tiles. The score followed
 * is that of the answer the model gave: where it speaks against the positive class, the tiles that speak against it come first.
 */
import type { Bag, Outcome, Task } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { type DeletionTest, deletionTest, type PredictOptions } from "@nacre/models";
import { evidenceWeights } from "../predict/answer-kind.ts";

export interface Shown {
  /** [n] */
  readonly evidence: Float32Array;
  readonly attention: Float32Array;
  /** Further rankings by name: signed ones speak for the headline of the task as `evidence` does. */
  readonly further?: readonly { readonly name: string; readonly values: Float32Array; readonly isSigned: boolean }[];
}

/** Shares of the tiles that are taken out. */
export const FAITHFUL_SHARES: readonly number[] = [0.01, 0.05, 0.1, 0.2, 0.5];
/** Random orders: a ranking without sense is called faithful by chance in one bag of six. */
export const FAITHFUL_DRAWS = 5;
/** What is held against random orders. */
export const FAITHFUL_RANKINGS = ["contribution", "attention"] as const;
/** Predictions a bag costs at most. */
export const FAITHFUL_RUNS = 1 + FAITHFUL_SHARES.length * (FAITHFUL_DRAWS + FAITHFUL_RANKINGS.length);

/** Rankings `contribution` and `attention` of one bag, and the further ones. Failures: those of `predict`. */
export async function faithfulBag(
  session: Session,
  bag: Bag,
  { evidence, attention, further = [] }: Shown,
  { task, ...options }: PredictOptions & { readonly task: Task; readonly signal?: AbortSignal },
): Promise<Outcome<DeletionTest>> {
  const sign = evidence.reduce((sum, value) => sum + value, 0) < 0 ? -1 : 1;
  const towards = evidenceWeights(task).map((weight) => sign * weight);
  const turned = (values: Float32Array): Float32Array => values.map((value) => sign * value);
  const rankings: Record<string, Float32Array> = {
    contribution: turned(evidence),
    attention,
    ...Object.fromEntries(
      further.map(({ name, values, isSigned }) => [name, isSigned ? turned(values) : values] as const),
    ),
  };
  return deletionTest(session, bag, rankings, {
    ...options,
    towards,
    shares: FAITHFUL_SHARES,
    draws: FAITHFUL_DRAWS,
  });
}
