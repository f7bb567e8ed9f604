/** Folds of whole patients with the labels spread evenly: each class is shuffled and dealt, one patient to a fold in turn. */
import { randomStream } from "@nacre/core";
import type { Person } from "./person.ts";

/** The test people of each fold, [folds]. Sizes, over all and in each class, differ by at most one. */
export function dealPatients(people: readonly Person[], folds: number, seed: number): Person[][] {
  const parts: Person[][] = Array.from({ length: folds }, () => []);
  let next = 0;
  for (const label of [...new Set(people.map((p) => p.label))].sort((a, b) => a - b)) {
    const random = randomStream(seed, "split", "patient", label);
    for (const person of random.shuffled(people.filter((p) => p.label === label))) {
      parts[next % folds]?.push(person);
      next++;
    }
  }
  return parts;
}

/**
 * Takes a share of each class at random, at least one patient of a class that has two or more. The rest keeps at
 * least one of each class. Both keep the order of the input.
 */
export function cutShare(
  people: readonly Person[],
  share: number,
  seed: number,
  ...path: readonly (string | number)[]
): { taken: Person[]; rest: Person[] } {
  const taken = new Set<Person>();
  for (const label of share > 0 ? new Set(people.map((p) => p.label)) : []) {
    const members = people.filter((p) => p.label === label);
    const wanted = Math.min(members.length - 1, Math.max(1, Math.round(share * members.length)));
    const random = randomStream(seed, "split", ...path, label);
    for (const person of random.shuffled(members).slice(0, wanted)) taken.add(person);
  }
  return { taken: people.filter((p) => taken.has(p)), rest: people.filter((p) => !taken.has(p)) };
}
