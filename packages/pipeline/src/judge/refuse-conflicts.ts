/**
 * One answer a patient: every number of a run counts patients, so a patient with two reference answers cannot be judged. Classes are left to
 * the audit, which counts such patients and can be told to let them through; for all else the run stops before the long work.
 */
import { type CohortRow, raise } from "@nacre/core";
import { type Asked, labelCells, labelOf, questionsOf } from "../predict/answer-kind.ts";
import type { Cohort } from "../study/read-cohort.ts";

/** @throws FailureError conflicting-label */
export function refuseConflicts(rows: readonly CohortRow[], { question, answers }: Cohort): void {
  if (question.kind === "classify" || question.kind === "ordinal") return;
  for (const asked of questionsOf(question)) {
    const first = new Map<string, { readonly slide: string; readonly text: string }>();
    for (const row of rows) {
      const text = textOf(row, asked);
      if (text === null) continue;
      const before = first.get(row.patient);
      if (before === undefined) first.set(row.patient, { slide: row.slide, text });
      else if (before.text !== text) {
        raise("conflicting-label", {
          expected: `one answer for each patient${asked.name === null ? "" : `, for the task ${asked.name}`}`,
          received: `\`${before.text}\` for ${before.slide} and \`${text}\` for ${row.slide}, both of patient ${row.patient}`,
          remedy: "correct the cohort; an answer that belongs to a slide needs a patient column that names slides",
        });
      }
    }
  }

  function textOf(row: CohortRow, asked: Asked): string | null {
    const answer = answers.get(row.slide)?.answer;
    const label = answer === undefined ? null : labelOf(question, asked, answer);
    return label === null
      ? null
      : labelCells(asked.task, label)
          .map((cell) => cell ?? "?")
          .join(" ");
  }
}
