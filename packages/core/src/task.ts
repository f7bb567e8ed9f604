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

/** A label whose classes have an order, the lowest grade first. */
export interface OrdinalTask {
  readonly kind: "ordinal";
  readonly label: string;
  readonly classes: readonly [string, string, ...string[]];
}

/** Several yes-or-no labels at once, each in a column of its own; any of them may be unknown for a bag. */
export interface MultilabelTask {
  readonly kind: "multilabel";
  readonly labels: readonly [string, ...string[]];
}

/** A number. */
export interface RegressTask {
  readonly kind: "regress";
  readonly label: string;
}

/** Time to an event that may not have been seen (right-censored). */
export interface SurviveTask {
  readonly kind: "survive";
  /** Columns of the follow-up time and of the event (1) or censoring (0). */
  readonly time: string;
  readonly event: string;
  /** Number of intervals of the discrete-time hazard; null for proportional hazards (Cox). */
  readonly intervals: number | null;
}

/** One question. */
export type SingleTask = ClassifyTask | OrdinalTask | MultilabelTask | RegressTask | SurviveTask;

/** One of several questions asked of the same bag. */
export interface NamedTask {
  readonly name: string;
  /** Share of this task's loss in the total, before the shares are scaled to sum to 1. */
  readonly weight: number;
  readonly task: SingleTask;
}

/** Several questions, answered by one model; a bag may lack the label of some. */
export interface MultitaskTask {
  readonly kind: "multitask";
  readonly tasks: readonly [NamedTask, ...NamedTask[]];
}

export type Task = SingleTask | MultitaskTask;

/** The index of the class reported as positive. @throws RangeError when the task does not hold it */
export function positiveIndex(task: ClassifyTask): number {
  const i = task.classes.indexOf(task.positive);
  if (i < 0) throw new RangeError(`expected one of ${task.classes.join(", ")}, received ${task.positive}`);
  return i;
}
