/** The answers of an imported model under names of its owner: a file of weights numbers its classes, and says no more. */
import { type MultitaskTask, type NamedTask, raise, type SingleTask, type Task } from "@nacre/core";
import { PLAIN_LOSS } from "../head/head.ts";
import { headOf } from "../head/registry.ts";
import type { Member } from "../model/encode-fitted.ts";
import { plainFacts } from "./plain-facts.ts";

export interface AnswerNames {
  /** Names of the classes or labels, in the order of the file; one list for each question. */
  readonly classes?: readonly (readonly string[])[];
  /** What the classes are of, as the column of a cohort would be called. */
  readonly label?: string;
}

/** The member with its answers named; the numbers stay as they are. @throws FailureError bad-usage for another count of names */
export function withNames<M extends Member>(member: M, { classes, label }: AnswerNames): M {
  const { task: before } = member.design;
  const lists = listsFor(before, classes);
  const task = before.kind === "multitask" ? namedTasks(before, lists) : namedOne(before, lists?.[0], label);
  return { ...member, design: { ...member.design, task, head: headOf(task, plainFacts(task), PLAIN_LOSS) } };
}

function namedTasks(task: MultitaskTask, lists: AnswerNames["classes"]): MultitaskTask {
  const named = (one: NamedTask, i: number): NamedTask => ({ ...one, task: namedOne(one.task, lists?.[i], undefined) });
  const [first, ...rest] = task.tasks;
  return { ...task, tasks: [named(first, 0), ...rest.map((one, i) => named(one, i + 1))] };
}

function listsFor(task: Task, classes: AnswerNames["classes"]): AnswerNames["classes"] {
  const questions = task.kind === "multitask" ? task.tasks.map(({ name }) => name) : ["the model"];
  if (classes === undefined || classes.length === questions.length) return classes;
  return raise("bad-usage", {
    expected: `${questions.length} ${questions.length === 1 ? "list" : "lists"} of names, for ${questions.join(" and ")}`,
    received: `${classes.length}`,
    remedy: "put commas between names, and a semicolon between lists",
  });
}

function namedOne(task: SingleTask, names: readonly string[] | undefined, label: string | undefined): SingleTask {
  const ofLabel = label === undefined ? {} : { label };
  switch (task.kind) {
    case "classify": {
      const [first, second, ...rest] = checked(names ?? task.classes, task.classes.length);
      const classes = [first, second as string, ...rest] as const;
      const positive = names === undefined ? task.positive : (classes.at(-1) as string);
      return { ...task, ...ofLabel, classes: [...classes], positive };
    }
    case "multilabel":
      return { ...task, labels: [...checked(names ?? task.labels, task.labels.length)] };
    case "ordinal":
    case "regress":
    case "survive":
      throw new RangeError(`expected a task of classes or of yes and no, received ${task.kind}`);
  }
}

/** @throws FailureError bad-usage for too many, too few, empty or equal names */
function checked(names: readonly string[], count: number): [string, ...string[]] {
  const [first, ...rest] = names;
  const isFit = names.length === count && new Set(names).size === count && !names.includes("");
  if (isFit && first !== undefined) return [first, ...rest];
  return raise("bad-usage", {
    expected: `${count} different names, one for each score of the file`,
    received: names.length === 0 ? "none" : `${names.length}: ${names.map((name) => name || "nothing").join(", ")}`,
    remedy: "name the classes in the order in which the model was trained on them",
  });
}
