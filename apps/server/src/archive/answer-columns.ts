/** Columns of a cohort table that hold the answer to a task: whoever reads a case for the first time must not see them. */
import type { Study } from "@nacre/pipeline";

type Task = Study["task"];

export function answerColumns(task: Task): string[] {
  switch (task.kind) {
    case "classify":
    case "ordinal":
    case "regress":
      return [task.label];
    case "multilabel":
      return [...task.labels];
    case "survive":
      return [task.time, task.event];
    case "multitask":
      return [...new Set(Object.values(task.tasks).flatMap((one) => answerColumns(one)))];
  }
}
