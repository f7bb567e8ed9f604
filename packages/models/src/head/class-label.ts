/** Labels that are one of several classes, as classes and grades share them: checked, counted, and written one-hot. */
import { fail, type Outcome, ok } from "@nacre/core";
import type { HeadFacts, Label } from "./head.ts";

export interface Classes {
  /** Column of the label. */
  readonly label: string;
  readonly classes: readonly string[];
}

/** Bags of each class: `counts` [k]. Fails with `one-class` where a class is absent. @throws RangeError for what is no class */
export function countClasses(task: Classes, train: readonly Label[]): Outcome<HeadFacts> {
  const counts = task.classes.map(() => 0);
  for (const label of train) counts[classOf(label, task)] = (counts[classOf(label, task)] as number) + 1;
  const missing = task.classes.filter((_, c) => counts[c] === 0);
  if (missing.length === 0) return ok({ counts });
  return fail("one-class", {
    expected: `bags of every class of ${task.label} in the train part (${task.classes.join(", ")})`,
    received: `none of ${missing.join(", ")} among ${train.length}`,
    remedy: "use fewer folds or another split, or drop the class with task.drop",
  });
}

/** The index of a label among the classes. @throws RangeError for what is no class */
export function classOf(label: Label, { classes, label: column }: Classes): number {
  if (typeof label === "number" && Number.isInteger(label) && label >= 0 && label < classes.length) return label;
  throw new RangeError(
    `expected a class of ${column} from 0 to ${classes.length - 1}, received ${JSON.stringify(label)}`,
  );
}

/** 1 at the class of the label and 0 elsewhere, [k]. @throws RangeError for what is no class */
export function writeOneHot(task: Classes, label: Label, row: Float32Array): void {
  row.fill(0);
  row[classOf(label, task)] = 1;
}
