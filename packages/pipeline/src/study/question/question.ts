/**
 * A question as the cohort answers it, row by row: what heads learn from, what people read, and a class for each row by which the
 * cohort is divided and audited. Where the answer is no class, rows are put into a few groups that every part should hold.
 */
import type { ClassifyTask, Outcome, Task } from "@nacre/core";
import type { Labelled } from "@nacre/models";

/** The reference answer of a bag in the form heads take it. */
export type Answer = Labelled["label"];

/** One row of the cohort table, seen from a question. */
export interface CohortCells {
  /** As it stands; empty where there is no such column. */
  text(column: string): string;
  /** null for a code of a missing value. */
  value(column: string): string | null;
  /** "row 5 of cohort.csv" */
  readonly at: string;
}

export interface RowAnswer {
  readonly answer: Answer;
  /** For people, and to tell whether two rows agree. */
  readonly text: string;
  /** One of the classes of `task`. */
  readonly group: string;
}

export interface ReadQuestion<T extends Task = Task> {
  readonly question: T;
  /** The question itself where it is one of classes, else groups made of the answers. */
  readonly task: ClassifyTask;
  /** One a row; null where nothing is known. */
  readonly answers: readonly (RowAnswer | null)[];
  /** Rows whose label is a class the study drops. */
  readonly dropped: number;
}

/** How one kind of question is read. `S` is what the study file says. */
export interface QuestionKind<S, T extends Task = Task> {
  /** Columns the cohort must have. */
  columns(asked: S): readonly string[];
  /** Failures: bad-value (by row and column), bad-study, one-class, no-events. `file`: the table, for messages. */
  read(asked: S, rows: readonly CohortCells[], file: string): Outcome<ReadQuestion<T>>;
}
