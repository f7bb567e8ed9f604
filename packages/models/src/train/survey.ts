/**
 * A look at every bag before the fit: what is wrong is said now, by name, and not in the middle of an epoch. The same pass
 * collects the moments of the train tiles.
 */
import { attempt, type Bag, checkBag, fail, type Outcome, ok, type Task } from "@nacre/core";
import type { HeadFacts, Label } from "../head/head.ts";
import { surveyLabels } from "../head/registry.ts";
import { type Asked, placesOf } from "./bag-feeds.ts";
import type { BagSource } from "./bag-source.ts";
import { identityStandardisation, moments, type Standardisation } from "./standardise.ts";
import type { LargestBag } from "./step-memory.ts";

/** A bag, its answer, and what is known of it beside its tiles. */
export interface Labelled<L extends Label = Label> {
  readonly id: string;
  readonly label: L;
  readonly covariates?: readonly number[];
}

export interface Survey {
  readonly d: number;
  readonly space: string;
  readonly standardisation: Standardisation;
  readonly facts: HeadFacts;
  /** The train bag with the most tiles. */
  readonly largest: LargestBag;
}

export interface SurveyRequest {
  readonly task: Task;
  readonly bags: BagSource;
  readonly train: readonly Labelled[];
  readonly tune: readonly Labelled[];
  readonly standardise: boolean;
  /** What the model asks of a bag beside its features. */
  readonly asked?: Pick<Asked, "places" | "grid">;
  readonly signal?: AbortSignal | undefined;
}

/** Fails with what the head says of the labels, dimension-mismatch, encoder-mismatch, empty-bag, not-finite, no-places, out-of-bounds, or what the source says. */
export async function surveyBags(request: SurveyRequest): Promise<Outcome<Survey>> {
  const { task, bags, train, tune, standardise, asked = { places: false }, signal } = request;
  const facts = surveyLabels(
    task,
    train.map(({ label }) => label),
  );
  if (!facts.ok) return facts;
  let first: { readonly bag: Bag; readonly id: string } | null = null;
  let seen: ReturnType<typeof moments> | null = null;
  let largest: LargestBag = { id: "", n: 0 };
  for (const [i, { id }] of [...train, ...tune].entries()) {
    signal?.throwIfAborted();
    const loaded = await bags.load(id);
    if (!loaded.ok) return loaded;
    const checked = checkBag(loaded.value, id);
    if (!checked.ok) return checked;
    const bag = checked.value;
    first ??= { bag, id };
    const mismatch = compareSpaces(first, { bag, id });
    if (!mismatch.ok) return mismatch;
    if (asked.places) {
      const placed = await attempt(() => placesOf(bag, id, asked.grid));
      if (!placed.ok) return placed;
    }
    seen ??= moments(bag.d);
    if (i >= train.length) continue;
    if (standardise) seen.add(bag);
    if (bag.n > largest.n) largest = { id, n: bag.n };
  }
  if (first === null || seen === null) throw new RangeError("expected surveyed labels to mean at least one bag");
  const { d, space } = first.bag;
  const standardisation = standardise ? seen.standardisation() : identityStandardisation(d);
  return ok({ d, space, standardisation, facts: facts.value, largest });
}

/** A bag and what a reader calls it. */
export interface Named {
  readonly bag: Bag;
  readonly id: string;
}

/** Refuses a bag whose features are of another number or another space than those of the first. */
export function compareSpaces(first: Named, next: Named): Outcome<null> {
  if (next.bag.d !== first.bag.d) {
    return fail("dimension-mismatch", {
      expected: `${first.bag.d} features a tile, as in ${first.id}`,
      received: `${next.bag.d} in ${next.id}`,
      remedy: "encode every slide with the same encoder",
    });
  }
  if (isOtherSpace(first.bag.space, next.bag.space)) {
    return fail("encoder-mismatch", {
      expected: `features of ${first.bag.space}, as in ${first.id}`,
      received: `features of ${next.bag.space} in ${next.id}`,
      remedy: "encode every slide with the same encoder",
    });
  }
  return ok(null);
}

/** Whether two spaces are known to differ. */
export function isOtherSpace(a: string, b: string): boolean {
  return a !== b && a !== "unknown" && b !== "unknown";
}
