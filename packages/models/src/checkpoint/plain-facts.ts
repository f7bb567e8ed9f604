/** The facts of a task whose train labels are not known, as every answer of an imported model wants them: nothing counts more than another. */
import type { Task } from "@nacre/core";
import type { HeadFacts } from "../head/head.ts";

/** @throws RangeError for kinds whose answers cannot do without their labels (a number, a follow-up) */
export function plainFacts(task: Task): HeadFacts {
  const ones = (count: number): number[] => new Array<number>(count).fill(1);
  switch (task.kind) {
    case "classify":
    case "ordinal":
      return { counts: ones(task.classes.length) };
    case "multilabel":
      return { no: ones(task.labels.length), yes: ones(task.labels.length) };
    case "multitask":
      return { tasks: task.tasks.map((one) => plainFacts(one.task)) };
    case "regress":
    case "survive":
      throw new RangeError(`expected a task of classes or of yes and no, received ${task.kind}; give its facts`);
  }
}
