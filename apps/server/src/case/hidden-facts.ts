/**
 * What the cohort table says of a case is shown, save the answer: who reads a case must not know what a study takes for the truth. The
 * columns of every run's task stay hidden until the case was signed once; then they are there to compare.
 */
import type { Kysely } from "kysely";
import type { Tables } from "../store/tables.ts";
import type { CaseRecord } from "./case-scope.ts";

/** What a column of answers is called where no study says it yet. */
const BY_CUSTOM = "label";

export interface ShownFacts {
  /** Without what is hidden now. */
  readonly facts: Record<string, string>;
  /** Columns of these that were hidden until the case was signed. */
  readonly revealed: readonly string[];
}

/** What is shown of the facts of a case. */
export async function shownFacts(
  db: Kysely<Tables>,
  { key, project, facts }: Pick<CaseRecord, "key" | "project" | "facts">,
): Promise<ShownFacts> {
  const runs = await db.selectFrom("run").select("answer_columns").where("project", "=", project).execute();
  const answers = new Set([BY_CUSTOM, ...runs.flatMap(({ answer_columns }) => answer_columns)]);
  const signed = await db.selectFrom("signed_report").select("number").where("case_key", "=", key).executeTakeFirst();
  const shown = Object.entries(facts).filter(([column]) => signed !== undefined || !answers.has(column));
  return {
    facts: Object.fromEntries(shown),
    revealed: shown.flatMap(([column]) => (answers.has(column) ? [column] : [])),
  };
}
