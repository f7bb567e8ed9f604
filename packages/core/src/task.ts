/** The question a study asks, and the answers it gets. */

/** A label with two or more classes. `classes` is in a fixed order; probabilities are always in that order. */
export interface ClassifyTask {
  readonly kind: "classify";
  /** Column of the cohort table that holds the label. */
  readonly label: string;
  readonly classes: readonly [string, string, ...string[]];
  /** The class whose probability is reported first; for two classes the one called positive. */
  readonly positive: string;
}

export type Task = ClassifyTask;

/** The index of the class reported as positive. @throws RangeError when the task does not hold it */
export function positiveIndex(task: ClassifyTask): number {
  const i = task.classes.indexOf(task.positive);
  if (i < 0) throw new RangeError(`expected one of ${task.classes.join(", ")}, received ${task.positive}`);
  return i;
}
