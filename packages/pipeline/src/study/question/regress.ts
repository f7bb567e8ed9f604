/** A number, read off one column. */
import { fail, type Outcome, ok, type RegressTask } from "@nacre/core";
import type { SingleStudyTask } from "../study-schema.ts";
import { numberCell } from "./cell.ts";
import { groupTask, numberGroups } from "./groups.ts";
import type { CohortCells, QuestionKind } from "./question.ts";

export const regressQuestion: QuestionKind<Extract<SingleStudyTask, { kind: "regress" }>, RegressTask> = {
  columns: ({ label }) => [label],
  read({ label }, rows, file) {
    const read = readNumbers(label, rows);
    if (!read.ok) return read;
    const known = read.value.filter((value) => value !== null);
    const groups = numberGroups(known);
    if (groups === null) {
      return fail("one-class", {
        expected: `numbers that differ in column ${label} of ${file}`,
        received: known.length === 0 ? "no number at all" : `${known.length} times ${known[0]}`,
        remedy: "check the label column; a model cannot be fitted to one number",
      });
    }
    return ok({
      question: { kind: "regress", label },
      task: groupTask(label, groups.classes),
      answers: read.value.map((value) =>
        value === null ? null : { answer: value, text: String(value), group: groups.of(value) },
      ),
      dropped: 0,
    });
  },
};

function readNumbers(label: string, rows: readonly CohortCells[]): Outcome<(number | null)[]> {
  const values: (number | null)[] = [];
  for (const row of rows) {
    const value = numberCell(row, label);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(values);
}
