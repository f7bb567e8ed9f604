/** A few groups of rows whose answers are numbers, so that every part of a division holds low and high ones. */
import type { ClassifyTask } from "@nacre/core";

/** Rows from which four groups are made instead of two. */
const MANY = 80;

export interface Groups {
  readonly classes: readonly [string, string, ...string[]];
  of(value: number): string;
}

/** Cuts at quantiles; where most values are equal there may be fewer groups. null where all values are. */
export function numberGroups(values: readonly number[]): Groups | null {
  const sorted = [...values].sort((a, b) => a - b);
  const wanted = sorted.length >= MANY ? 4 : 2;
  const most = sorted.at(-1) as number;
  const quantiles = Array.from(
    { length: wanted - 1 },
    (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / wanted) - 1],
  );
  const cuts = [...new Set(quantiles.map((cut) => cut ?? (sorted[0] as number)))].filter((cut) => cut < most);
  // More than half of the values may be the largest one: then the others are the first group.
  if (cuts.length === 0) cuts.push(...sorted.filter((value) => value < most).slice(-1));
  const names = [...cuts.map((cut) => `up to ${cut}`), `above ${cuts.at(-1)}`];
  const [first, second, ...rest] = names;
  if (cuts.length === 0 || first === undefined || second === undefined) return null;
  return {
    classes: [first, second, ...rest],
    of: (value) => names[cuts.filter((cut) => value > cut).length] as string,
  };
}

/** Groups as the classes of a task, the last one positive. `label` names what they were made of. */
export function groupTask(label: string, classes: ClassifyTask["classes"]): ClassifyTask {
  return { kind: "classify", label, classes, positive: classes[classes.length - 1] as string };
}
