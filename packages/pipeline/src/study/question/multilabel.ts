/**
 * Several labels that do not exclude each other, each in a column of its own; some may be unknown. Parts are balanced by the label that is
 * hardest to have in all of them: the one with the fewest bags on one side.
 */
import { fail, type MultilabelTask, type Outcome, ok } from "@nacre/core";
import type { SingleStudyTask } from "../study-schema.ts";
import { yesNoCell } from "./cell.ts";
import { groupTask } from "./groups.ts";
import type { CohortCells, QuestionKind, RowAnswer } from "./question.ts";

type Labels = readonly (0 | 1 | null)[];

export const multilabelQuestion: QuestionKind<Extract<SingleStudyTask, { kind: "multilabel" }>, MultilabelTask> = {
  columns: ({ labels }) => labels,
  read({ labels: names }, rows, file) {
    const read = readLabels(names, rows);
    if (!read.ok) return read;
    const [first, ...rest] = names;
    const sides = names.map((_, l) =>
      Math.min(...([0, 1] as const).map((side) => read.value.filter((row) => row[l] === side).length)),
    );
    const fewest = Math.min(...sides);
    const rare = sides.indexOf(fewest);
    const name = names[rare];
    if (first === undefined || name === undefined || fewest === 0) {
      return fail("one-class", {
        expected: `rows with and without ${name ?? "a label"} in ${file}`,
        received: "one of them only",
        remedy: "check the column, or leave this label out of task.labels",
      });
    }
    const [no, yes] = [`not ${name}`, name];
    const answerOf = (row: Labels): RowAnswer | null =>
      row.every((label) => label === null)
        ? null
        : { answer: row, text: row.map((label) => label ?? "?").join(" "), group: row[rare] === 1 ? yes : no };
    return ok({
      question: { kind: "multilabel", labels: [first, ...rest] },
      task: groupTask(name, [no, yes]),
      answers: read.value.map(answerOf),
      dropped: 0,
    });
  },
};

function readLabels(names: readonly string[], rows: readonly CohortCells[]): Outcome<Labels[]> {
  const all: (0 | 1 | null)[][] = [];
  for (const row of rows) {
    const labels: (0 | 1 | null)[] = [];
    for (const name of names) {
      const label = yesNoCell(row, name);
      if (!label.ok) return label;
      labels.push(label.value);
    }
    all.push(labels);
  }
  return ok(all);
}
