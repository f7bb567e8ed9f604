/**
 * Occlusion (Zeiler and Fergus 2014, section 4.2) for bags: leave tiles out and ask again. It needs nothing of the model but its answer,
 * and costs one run for each group of tiles. Tiles that say the same stand in for each other, so a large finding loses little by any
 * one group: the drops do not sum to the score, and no error is claimed.
 */
import { type Bag, fail, type Outcome, ok } from "@nacre/core";
import type { Session } from "@nacre/graph";
import { type PredictOptions, predict } from "../model/predict.ts";
import { takeTiles } from "../train/take-tiles.ts";
import type { Explanation } from "./explanation.ts";
import { tileGroups } from "./tile-groups.ts";

export interface OcclusionOptions extends PredictOptions {
  /** Groups at most: the model is run once for each, and once for the whole bag. */
  readonly budget?: number;
  readonly signal?: AbortSignal;
}

/**
 * What each score loses when a group of tiles is left out, shared evenly among them, [n, k]; above zero a tile held the score up.
 * Failures: those of `predict`, and too-few for a bag of one tile.
 */
export async function occlusion(
  session: Session,
  bag: Bag,
  options: OcclusionOptions = {},
): Promise<Outcome<Explanation>> {
  const { budget = 256, signal, name = "the bag" } = options;
  const whole = await predict(session, bag, options);
  if (!whole.ok) return whole;
  if (bag.n < 2) {
    return fail("too-few", {
      expected: `at least two tiles in ${name}, so that something is left when one is taken`,
      received: "one",
      remedy: "explain this bag by contribution",
    });
  }
  const { logits } = whole.value;
  const k = logits.length;
  const values = new Float32Array(bag.n * k);
  const { rule, groups } = tileGroups(bag, budget);
  const places = Array.from({ length: bag.n }, (_, i) => i);
  for (const group of groups) {
    signal?.throwIfAborted();
    const left = new Set(group);
    const rest = takeTiles(
      bag,
      places.filter((i) => !left.has(i)),
    );
    const without = await predict(session, rest, options);
    if (!without.ok) return without;
    for (const i of group) {
      for (const [c, logit] of logits.entries()) {
        values[i * k + c] = (logit - (without.value.logits[c] as number)) / group.length;
      }
    }
  }
  const unit = `fall of a score when the tile is left out (${rule})`;
  const runs = 1 + groups.length;
  return ok({ method: "occlusion", unit, values, columns: k, isSigned: true, rest: null, error: null, runs });
}
