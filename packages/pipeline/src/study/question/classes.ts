/** One of several classes, or a grade: read off one column. What the study names as a class is never a missing value. */
import { type ClassifyTask, fail, nearestName, type OrdinalTask, type Outcome, ok } from "@nacre/core";
import type { SingleStudyTask } from "../study-schema.ts";
import { groupTask } from "./groups.ts";
import type { CohortCells, QuestionKind, RowAnswer } from "./question.ts";

type Asked<K> = Extract<SingleStudyTask, { kind: K }>;

/** More values than this are no classes, unless the study names them. */
const MOST_CLASSES = 50;

export const classifyQuestion: QuestionKind<Asked<"classify">, ClassifyTask> = {
  columns: ({ label }) => [label],
  read(asked, rows, file) {
    const labels = readLabels(asked, rows);
    const settled = settleClasses(asked, labels, file);
    if (!settled.ok) return settled;
    const classes = settled.value;
    if (asked.classes === undefined && classes.length > MOST_CLASSES) return tooMany(asked.label, classes.length);
    const positive = asked.positive ?? (classes[classes.length - 1] as string);
    if (!classes.includes(positive)) return notAClass(positive, classes);
    const task: ClassifyTask = { kind: "classify", label: asked.label, classes, positive };
    return ok({ question: task, task, ...answersOf(labels, classes, asked, rows) });
  },
};

export const ordinalQuestion: QuestionKind<Asked<"ordinal">, OrdinalTask> = {
  columns: ({ label }) => [label],
  read(asked, rows, file) {
    const labels = readLabels(asked, rows);
    const classes = settleClasses(asked, labels, file);
    if (!classes.ok) return classes;
    const question: OrdinalTask = { kind: "ordinal", label: asked.label, classes: classes.value };
    const task = groupTask(asked.label, classes.value);
    return ok({ question, task, ...answersOf(labels, classes.value, asked, rows) });
  },
};

type Classes = Asked<"classify"> | Asked<"ordinal">;

function readLabels({ label, classes = [], drop = [] }: Classes, rows: readonly CohortCells[]): (string | null)[] {
  return rows.map((row) => {
    const text = classes.includes(row.text(label)) ? row.text(label) : row.value(label);
    return text === null || drop.includes(text) ? null : text;
  });
}

function answersOf(
  labels: readonly (string | null)[],
  classes: readonly string[],
  { label }: Classes,
  rows: readonly CohortCells[],
): { answers: (RowAnswer | null)[]; dropped: number } {
  return {
    answers: labels.map((text) => (text === null ? null : { answer: classes.indexOf(text), text, group: text })),
    dropped: labels.filter((text, i) => text === null && rows[i]?.value(label) != null).length,
  };
}

function settleClasses(
  { label, classes: named }: Classes,
  labels: readonly (string | null)[],
  file: string,
): Outcome<[string, string, ...string[]]> {
  const found = [...new Set(labels.filter((l) => l !== null))].sort();
  const classes = named ?? found;
  const strange = found.find((l) => !classes.includes(l));
  if (strange !== undefined) {
    return fail("bad-value", {
      expected: `a label among the classes ${classes.join(", ")}`,
      received: `\`${strange}\` in column ${label} of ${file}`,
      remedy: "add it to task.classes, or to task.drop",
    });
  }
  const present = classes.filter((c) => found.includes(c));
  const [first, second, ...rest] = classes;
  if (present.length < 2 || first === undefined || second === undefined) {
    return fail("one-class", {
      expected: `at least two classes in column ${label}`,
      received: present.length === 0 ? "no label at all" : `only \`${present[0]}\``,
      remedy: "check the label column and task.drop; a model cannot be fitted to one class",
    });
  }
  return ok([first, second, ...rest]);
}

function tooMany(label: string, count: number): Outcome<never> {
  return fail("bad-value", {
    expected: `a label with a few classes in column ${label}`,
    received: `${count} different values`,
    remedy: "name the classes under task.classes, choose another column, or ask for a number with kind: regress",
  });
}

function notAClass(positive: string, classes: readonly string[]): Outcome<never> {
  const near = nearestName(positive, classes);
  return fail("bad-study", {
    expected: `task.positive among ${classes.join(", ")}`,
    received: positive,
    remedy: near === null ? "name one of the classes" : `did you mean \`${near}\`?`,
  });
}
