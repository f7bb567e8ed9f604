/** The kinds of question there are, and several of them at once. */
import { fail, type MultitaskTask, type NamedTask, type Outcome, ok, type SingleTask } from "@nacre/core";
import type { SingleStudyTask, StudyTask } from "../study-schema.ts";
import { classifyQuestion, ordinalQuestion } from "./classes.ts";
import { multilabelQuestion } from "./multilabel.ts";
import type { Answer, CohortCells, QuestionKind, ReadQuestion, RowAnswer } from "./question.ts";
import { regressQuestion } from "./regress.ts";
import { surviveQuestion } from "./survive.ts";

type Kind = SingleStudyTask["kind"];
type AskedOf<K extends Kind> = Extract<SingleStudyTask, { readonly kind: K }>;
type Kinds = { readonly [K in Kind]: QuestionKind<AskedOf<K>, SingleTask> };

const KINDS: Kinds = {
  classify: classifyQuestion,
  ordinal: ordinalQuestion,
  multilabel: multilabelQuestion,
  regress: regressQuestion,
  survive: surviveQuestion,
};

/** Columns of the cohort that hold the answer, each once. */
export function answerColumns(task: StudyTask): string[] {
  const columns = task.kind === "multitask" ? Object.values(task.tasks).flatMap(answerColumns) : columnsOf(task);
  return [...new Set(columns)];
}

/** What the rows of a cohort answer. Failures: those of the kind of question. */
export function readQuestion(task: StudyTask, rows: readonly CohortCells[], file: string): Outcome<ReadQuestion> {
  return task.kind === "multitask" ? readAll(task, rows, file) : readOne(task, rows, file);
}

function columnsOf<K extends Kind>(task: AskedOf<K>): readonly string[] {
  const kind: K = task.kind;
  return KINDS[kind].columns(task);
}

function readOne<K extends Kind>(
  task: AskedOf<K>,
  rows: readonly CohortCells[],
  file: string,
): Outcome<ReadQuestion<SingleTask>> {
  const kind: K = task.kind;
  return KINDS[kind].read(task, rows, file);
}

/** A row is known where at least one of its answers is. Parts are balanced by the first task. */
function readAll(
  { tasks }: Extract<StudyTask, { kind: "multitask" }>,
  rows: readonly CohortCells[],
  file: string,
): Outcome<ReadQuestion<MultitaskTask>> {
  const read: { readonly named: NamedTask; readonly answers: readonly (RowAnswer | null)[] }[] = [];
  let task: ReadQuestion["task"] | null = null;
  for (const [name, { weight, ...asked }] of Object.entries(tasks)) {
    const one = readOne(asked, rows, file);
    if (!one.ok)
      return { ok: false, failure: { ...one.failure, expected: `${one.failure.expected}, for the task ${name}` } };
    read.push({ named: { name, weight, task: one.value.question }, answers: one.value.answers });
    task ??= one.value.task;
  }
  const [first, ...rest] = read.map(({ named }) => named);
  if (first === undefined || task === null) return noTask();
  const usual = commonest(read[0]?.answers ?? []);
  const answers = rows.map((_, i): RowAnswer | null => {
    const all = read.map((r) => r.answers[i] ?? null);
    if (all.every((answer) => answer === null)) return null;
    return {
      // A single answer, or null where it is unknown, for each task, as heads of several tasks take it.
      answer: all.map((answer) => answer?.answer ?? null) as Answer,
      text: all.map((answer) => answer?.text ?? "?").join(" | "),
      group: all[0]?.group ?? usual,
    };
  });
  return ok({ question: { kind: "multitask", tasks: [first, ...rest] }, task, answers, dropped: 0 });
}

/** The group of most rows, into which rows go that do not answer the first task. */
function commonest(answers: readonly (RowAnswer | null)[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) if (answer !== null) counts.set(answer.group, (counts.get(answer.group) ?? 0) + 1);
  return [...counts].sort(([a, na], [b, nb]) => nb - na || (a < b ? -1 : 1))[0]?.[0] ?? "";
}

function noTask(): Outcome<never> {
  return fail("bad-study", {
    expected: "task.tasks with at least one task",
    received: "none",
    remedy: "name the tasks under task.tasks:",
  });
}
