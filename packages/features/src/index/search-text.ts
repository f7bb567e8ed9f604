/** What a search says in words, and the small arithmetic of queries of several tiles. */
import type { Failure } from "@nacre/core";
import { LEAST_KNOWN } from "./experience.ts";

/** Mean of rows that are read one by one: a region may hold all of a large slide. */
export function meanOf(rows: readonly number[], read: (row: number) => Float32Array, d: number): Float32Array {
  const mean = new Float32Array(d);
  for (const row of rows) {
    const own = read(row);
    for (let j = 0; j < d; j++) mean[j] = (mean[j] as number) + (own[j] as number) / rows.length;
  }
  return mean;
}

/** Exactly the mean of the archive: it points nowhere, and is alike to nothing. */
export function isBlank(query: Float32Array): boolean {
  return query.every((value) => value === 0);
}

export function blank(what: string): Omit<Failure, "kind"> {
  return {
    expected: `features of the ${what} that differ from the mean of the archive`,
    received: "features that are that mean exactly, as where all tiles have the same features",
    remedy: "look at the features: an encoder that gives the same for every tile has failed",
  };
}

/** At most so many, from the whole length. */
export function evenly<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return Array.from({ length: Math.min(most, items.length) }, (_, i) => items[Math.floor(i * step)] as T);
}

/** The distance in words, with the rule that it is judged by. */
export function distanceText(told: {
  readonly distance: number | null;
  readonly known: number;
  /** What the distance was measured among. */
  readonly among: "slides" | "tiles";
  readonly by: string;
  readonly isOutside: boolean;
}): string {
  const { distance, known, among, by, isOutside } = told;
  if (distance === null)
    return "How far it lies from what the archive holds is not known: there is no other patient to compare with.";
  const percent = (100 * distance).toFixed(1);
  const share = `${percent}% of ${known} ${among} of the archive have a nearer neighbour in another patient than this one${by === "" ? "" : ` (${by})`}`;
  if (known < LEAST_KNOWN)
    return `${share}; with fewer than ${LEAST_KNOWN} nothing can be called outside of experience.`;
  return isOutside
    ? `Outside of experience: ${share}, more than 99%.`
    : `Within experience: ${share}; more than 99% would be outside.`;
}
