/**
 * What a model answers, by kind of task: the columns of predictions.csv (the same that `nacre evaluate` reads), the number that orders
 * bags, and the sum of scores that the evidence of tiles adds up to.
 */
import type { SingleTask, Task } from "@nacre/core";
import { positiveIndex } from "@nacre/core";
import type { Answer } from "../study/question/question.ts";

/** Answers of a model by output name. */
export type Answers = Readonly<Record<string, readonly number[]>>;

/** One question of a task, and how its answers are called. */
export interface Asked {
  readonly task: SingleTask;
  /** null where the task is a single one. */
  readonly name: string | null;
  /** Which score of the model is the first of this question. */
  readonly start: number;
}

/** The questions of a task, in order. */
export function questionsOf(task: Task): readonly Asked[] {
  if (task.kind !== "multitask") return [{ task, name: null, start: 0 }];
  let start = 0;
  return task.tasks.map((one) => {
    const asked = { task: one.task, name: one.name, start };
    start += scoresOf(one.task);
    return asked;
  });
}

/** Number of scores of a task. */
export function scoresOf(task: Task): number {
  switch (task.kind) {
    case "classify":
      return task.classes.length;
    case "ordinal":
      return task.classes.length - 1;
    case "multilabel":
      return task.labels.length;
    case "regress":
      return 1;
    case "survive":
      return task.intervals ?? 1;
    case "multitask":
      return task.tasks.reduce((sum, one) => sum + scoresOf(one.task), 0);
  }
}

/** The label of one question out of the answer of a bag; null where it is unknown. */
export function labelOf(task: Task, { name }: Asked, answer: Answer): Answer | null {
  if (task.kind !== "multitask") return answer;
  const all = answer as readonly (Answer | null)[]; // one a task, as the cohort was read
  return all[task.tasks.findIndex((one) => one.name === name)] ?? null;
}

/** The answers of one question, [k] or [1]. @throws RangeError when the model has no such answer */
export function valuesOf({ task, name }: Asked, answers: Answers): readonly number[] {
  const output = OUTPUT[task.kind];
  const values = answers[name === null ? output : `${name}.${output}`];
  if (values !== undefined) return values;
  throw new RangeError(`expected a model that answers ${output}, received ${Object.keys(answers).join(", ")}`);
}

const OUTPUT = {
  classify: "probabilities",
  ordinal: "probabilities",
  multilabel: "probabilities",
  regress: "value",
  survive: "risk",
} as const;

/** Columns of the label and of the answer. */
export function answerHeader(task: SingleTask): {
  readonly label: readonly string[];
  readonly answer: readonly string[];
} {
  switch (task.kind) {
    case "classify":
    case "ordinal":
      return { label: ["label"], answer: task.classes.map((c) => `p_${c}`) };
    case "multilabel":
      return { label: task.labels.map((l) => `label_${l}`), answer: task.labels.map((l) => `p_${l}`) };
    case "regress":
      return { label: ["label"], answer: ["prediction"] };
    case "survive":
      return { label: ["time", "event"], answer: ["risk"] };
  }
}

/** Cells of the label, empty where it is not known. */
export function labelCells(task: SingleTask, label: Answer | null): (string | number | null)[] {
  if (label === null) return answerHeader(task).label.map(() => null);
  switch (task.kind) {
    case "classify":
    case "ordinal":
      return [task.classes[label as number] as string];
    case "multilabel":
      return [...(label as readonly (number | null)[])];
    case "regress":
      return [label as number];
    case "survive": {
      const { time, event } = label as { readonly time: number; readonly event: boolean };
      return [time, event ? 1 : 0];
    }
  }
}

/** The number that orders bags: the probability of the positive class or of the first label, the expected grade, the number, the risk. */
export function headlineOf(asked: Asked, answers: Answers): number {
  const values = valuesOf(asked, answers);
  if (asked.task.kind === "classify") return values[positiveIndex(asked.task)] ?? 0;
  if (asked.task.kind === "ordinal") return values.reduce((sum, p, grade) => sum + p * grade, 0);
  return values[0] ?? 0;
}

/** Weights of the model's scores in what the evidence of tiles adds up to, [k]. */
export function evidenceWeights(task: Task): number[] {
  const [first] = questionsOf(task) as [Asked];
  const own = scoresOf(first.task);
  const weights = new Array<number>(scoresOf(task)).fill(0);
  for (let c = 0; c < own; c++) weights[c] = weightOf(first.task, c, own);
  return weights;
}

function weightOf(task: SingleTask, score: number, scores: number): number {
  switch (task.kind) {
    case "classify":
      return score === positiveIndex(task) ? 1 : -1 / (scores - 1);
    case "survive":
      return 1 / scores;
    case "ordinal":
    case "multilabel":
    case "regress":
      return score === 0 ? 1 : 0;
  }
}

/** What evidence speaks for, and in which unit its sum is. */
export function evidenceMeaning(task: Task): { readonly subject: string; readonly unit: string } {
  const [{ task: first }] = questionsOf(task) as [Asked];
  switch (first.kind) {
    case "classify":
      return { subject: first.positive, unit: "log-odds" };
    case "ordinal":
      return { subject: `a grade above ${first.classes[0]}`, unit: "log-odds" };
    case "multilabel":
      return { subject: first.labels[0], unit: "log-odds" };
    case "regress":
      return { subject: `a higher ${first.label}`, unit: "standard deviations of the train labels" };
    case "survive":
      return first.intervals === null
        ? { subject: `an earlier ${first.event}`, unit: "log relative hazard" }
        : { subject: `an earlier ${first.event}`, unit: "log-odds of the event in an interval, mean over intervals" };
  }
}

/** The rest of "Can a model …"; null for classes, of which the report has words of its own. */
export function questionText(task: Task): string | null {
  switch (task.kind) {
    case "classify":
      return null;
    case "ordinal":
      return `tell grades (column “${task.label}”, ${task.classes.join(" < ")})`;
    case "multilabel":
      return `tell for each of ${task.labels.join(", ")} whether it holds`;
    case "regress":
      return `foretell a number (column “${task.label}”)`;
    case "survive":
      return `tell who has an event sooner (columns “${task.time}” and “${task.event}”)`;
    case "multitask":
      return `answer ${task.tasks.length} questions at once (${task.tasks.map((t) => t.name).join(", ")})`;
  }
}

/** An answer in a few words: the headline of each question. */
export function answerText(task: Task, answers: Answers): string {
  return questionsOf(task)
    .map((asked) => `${asked.name === null ? "" : `${asked.name}: `}${oneText(asked, answers)}`)
    .join("; ");
}

function oneText(asked: Asked, answers: Answers): string {
  const values = valuesOf(asked, answers);
  const named = (names: readonly string[]): string =>
    names.map((n, i) => `${n} ${(values[i] as number).toFixed(4)}`).join("  ");
  switch (asked.task.kind) {
    case "classify":
    case "ordinal":
      return named(asked.task.classes);
    case "multilabel":
      return named(asked.task.labels);
    case "regress":
      return `${asked.task.label} ${(values[0] as number).toPrecision(5)}`;
    case "survive":
      return `risk ${(values[0] as number).toFixed(4)}`;
  }
}
