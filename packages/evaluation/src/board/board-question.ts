/** What a table on a board answers, and the rows that answer it. Tables are compared only with tables of the same question. */
import type { ClassifyTask } from "@nacre/core";
import type { MultilabelRow } from "../kind/multilabel.ts";
import type { RegressRow } from "../kind/regress.ts";
import type { SurviveRow } from "../kind/survive.ts";
import type { PredictionRow } from "../prediction.ts";

/** When does the event come? Boards compare the order of the risks alone. */
export interface SurviveQuestion {
  readonly kind: "survive";
}

/** How much? */
export interface RegressQuestion {
  readonly kind: "regress";
}

/** Which of several labels, that do not exclude each other? */
export interface MultilabelQuestion {
  readonly kind: "multilabel";
  /** In the order of the predictions. */
  readonly names: readonly string[];
}

/** A question with the rows of one table that answer it. */
export type Answers =
  | { readonly question: ClassifyTask; readonly rows: readonly PredictionRow[] }
  | { readonly question: SurviveQuestion; readonly rows: readonly SurviveRow[] }
  | { readonly question: RegressQuestion; readonly rows: readonly RegressRow[] }
  | { readonly question: MultilabelQuestion; readonly rows: readonly MultilabelRow[] };

export type BoardQuestion = Answers["question"];
export type BoardKindName = BoardQuestion["kind"];

/** The answers of one kind of question. */
export type AnswersOf<K extends BoardKindName> = Extract<Answers, { readonly question: { readonly kind: K } }>;

/** True for answers of this kind: the question decides what the rows are. */
export function answers<K extends BoardKindName, A extends Answers>(given: A, kind: K): given is A & AnswersOf<K> {
  return given.question.kind === kind;
}

/** The kind in words, for messages. */
export const KIND_TEXT: Readonly<Record<BoardKindName, string>> = {
  classify: "one of several classes",
  survive: "the time to an event",
  regress: "a number",
  multilabel: "several labels",
};
