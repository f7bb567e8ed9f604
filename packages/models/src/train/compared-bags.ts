/** A loss that compares the bags of a step with each other: scores first, then the slope of the loss by each of them. */
import type { Random } from "@nacre/core";
import type { TensorData } from "@nacre/graph";
import type { BagGradient } from "./bag-gradient.ts";
import type { ModelDesign } from "./program.ts";
import type { Feeds } from "./state.ts";

/** A bag of a step, which is gone through twice with the same masks. */
export interface ScoredBag {
  feeds(): Feeds;
  chance(): Random;
}

export interface Compared {
  readonly loss: number;
  /** [1, k] for each bag: the slope of the loss times the number of bags, since a step takes the mean over bags. */
  readonly slopes: readonly TensorData[];
}

/** @throws TypeError where the head has no such loss */
export async function compareBags(
  { head }: ModelDesign,
  gradient: Pick<BagGradient, "scores">,
  bags: readonly ScoredBag[],
  weights: Feeds,
): Promise<Compared> {
  const { k, t } = head;
  const m = bags.length;
  const scores = new Float64Array(m * k);
  const targets = new Float64Array(m * t);
  for (const [i, { feeds, chance }] of bags.entries()) {
    const fed = feeds();
    scores.set(await gradient.scores(fed, chance(), weights), i * k);
    targets.set(fed.target?.data as Float32Array, i * t); // every bag of a fit is fed with its target
  }
  const compared = head.slopes?.(scores, targets, m);
  if (compared === undefined) throw new TypeError("expected a head whose loss compares bags");
  const slopes = bags.map((_, i) => ({
    data: Float32Array.from(compared.slopes.subarray(i * k, (i + 1) * k), (slope) => slope * m),
    dims: [1, k],
  }));
  return { loss: compared.loss, slopes };
}
