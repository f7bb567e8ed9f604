/**
 * A look at every bag before the fit: what is wrong is said now, by name, and not in the middle of an epoch. The same pass
 * collects the moments of the train tiles.
 */
import { type Bag, type ClassifyTask, checkBag, fail, type Outcome, ok } from "@nacre/core";
import type { BagSource } from "./bag-source.ts";
import { identityStandardisation, moments, type Standardisation } from "./standardise.ts";

/** A bag and the index of its class in `task.classes`. */
export interface Labelled {
  readonly id: string;
  readonly label: number;
}

export interface Survey {
  readonly d: number;
  readonly space: string;
  readonly standardisation: Standardisation;
  /** Train bags of each class. */
  readonly counts: readonly number[];
}

export interface SurveyRequest {
  readonly task: ClassifyTask;
  readonly bags: BagSource;
  readonly train: readonly Labelled[];
  readonly tune: readonly Labelled[];
  readonly standardise: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Fails with too-few, one-class, dimension-mismatch, encoder-mismatch, empty-bag, not-finite, or what the source says. */
export async function surveyBags(request: SurveyRequest): Promise<Outcome<Survey>> {
  const { task, bags, train, tune, standardise, signal } = request;
  checkLabels(task, [...train, ...tune]);
  const counts = countClasses(task, train);
  if (!counts.ok) return counts;
  let first: { readonly bag: Bag; readonly id: string } | null = null;
  let seen: ReturnType<typeof moments> | null = null;
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
    seen ??= moments(bag.d);
    if (standardise && i < train.length) seen.add(bag);
  }
  if (first === null || seen === null) throw new RangeError("expected counted classes to mean at least one bag");
  const { d, space } = first.bag;
  const standardisation = standardise ? seen.standardisation() : identityStandardisation(d);
  return ok({ d, space, standardisation, counts: counts.value });
}

function checkLabels({ classes }: ClassifyTask, labelled: readonly Labelled[]): void {
  for (const { id, label } of labelled) {
    if (Number.isInteger(label) && label >= 0 && label < classes.length) continue;
    throw new RangeError(`expected a class from 0 to ${classes.length - 1} for ${id}, received ${label}`);
  }
}

function countClasses(task: ClassifyTask, train: readonly Labelled[]): Outcome<number[]> {
  const counts = task.classes.map(() => 0);
  for (const { label } of train) counts[label] = (counts[label] as number) + 1;
  if (train.length === 0) {
    return fail("too-few", {
      expected: "at least one bag of each class to learn from",
      received: "an empty train part",
      remedy: "use fewer folds, a smaller tune share, or more slides",
    });
  }
  const missing = task.classes.filter((_, c) => counts[c] === 0);
  if (missing.length > 0) {
    return fail("one-class", {
      expected: `bags of every class of ${task.label} in the train part (${task.classes.join(", ")})`,
      received: `none of ${missing.join(", ")} among ${train.length}`,
      remedy: "use fewer folds or another split, or drop the class with task.drop",
    });
  }
  return ok(counts);
}

interface Named {
  readonly bag: Bag;
  readonly id: string;
}

function compareSpaces(first: Named, next: Named): Outcome<null> {
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
