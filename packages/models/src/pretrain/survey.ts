/** A look at every bag before a pretraining: what is wrong is said by name, and the features get their moments. */
import { type Bag, checkBag, raise, unwrap } from "@nacre/core";
import type { BagSource } from "../train/bag-source.ts";
import { moments, type Standardisation } from "../train/standardise.ts";
import { compareSpaces, type Named } from "../train/survey.ts";

export interface UnlabelledSurvey {
  readonly d: number;
  readonly space: string;
  /** Of every feature over all tiles. */
  readonly standardisation: Standardisation;
}

/**
 * Failures (thrown as FailureError): too-few (fewer bags than `least`), empty-bag, not-finite, dimension-mismatch, encoder-mismatch, and what
 * the source says.
 */
export async function surveyUnlabelled(
  bags: BagSource,
  ids: readonly string[],
  { least, signal }: { readonly least: number; readonly signal: AbortSignal | undefined },
): Promise<UnlabelledSurvey> {
  let first: Named | null = null;
  let seen: ReturnType<typeof moments> | null = null;
  for (const id of ids) {
    signal?.throwIfAborted();
    const bag: Bag = unwrap(checkBag(unwrap(await bags.load(id)), id));
    first ??= { bag, id };
    unwrap(compareSpaces(first, { bag, id }));
    seen ??= moments(bag.d);
    seen.add(bag);
  }
  if (first === null || seen === null || ids.length < least) {
    return raise("too-few", {
      expected: `at least ${least} bag${least === 1 ? "" : "s"} to learn from`,
      received: ids.length === 0 ? "none" : String(ids.length),
      remedy: "name the train part",
    });
  }
  return { d: first.bag.d, space: first.bag.space, standardisation: seen.standardisation() };
}
