/** A table of predictions for the board: `slide,patient,part,label,p_<class>`, with what the table alone gives away about leaks. */
import { type ClassifyTask, type Outcome, ok } from "@nacre/core";
import type { Bar, PredictionRow } from "@nacre/evaluation";
import { repeatOf } from "../judge/check-predictions.ts";
import { readPredictions as readRows, taskOf } from "../judge/read-predictions.ts";
import { hashFile } from "../run/hash.ts";
import { readTable } from "../study/table.ts";

export interface PredictionsTable {
  /** The classes in the order of the columns; the last is positive until the board says otherwise. */
  readonly question: ClassifyTask;
  readonly rows: readonly PredictionRow[];
  /** Of the bytes of the file. */
  readonly sha256: string;
}

/** Reads and checks a table. Failures: bad-table, missing-column, bad-value, duplicate-id, each with row and column. */
export function readPredictions(path: string): Outcome<PredictionsTable> {
  const table = readTable(path);
  if (!table.ok) return table;
  const question = taskOf(table.value, null);
  if (!question.ok) return question;
  const rows = readRows(table.value, question.value);
  if (!rows.ok) return rows;
  return (
    repeatOf(rows.value, table.value) ?? ok({ question: question.value, rows: rows.value, sha256: hashFile(path) })
  );
}

/** What strikes a table out by its own rows: patients both fitted on and reported. */
export function barsOf(rows: readonly PredictionRow[]): Bar[] {
  const fitted = new Set<string>();
  const anywhere = new Set<string>();
  for (const r of rows) {
    if (r.part !== "train" && r.part !== "tune") continue;
    fitted.add(JSON.stringify([r.fold, r.patient]));
    anywhere.add(r.patient);
  }
  const folds = new Set(rows.filter((r) => r.part === "test").map((r) => r.fold));
  // With several folds, each test patient has taught the models of the other folds.
  if (folds.size > 1) for (const r of rows) if (r.part === "test") anywhere.add(r.patient);
  const leaked = rows.filter((r) =>
    r.part === "test"
      ? fitted.has(JSON.stringify([r.fold, r.patient]))
      : r.part === "external" && anywhere.has(r.patient),
  );
  const patients = new Set(leaked.map((r) => r.patient));
  if (patients.size === 0) return [];
  const some = patients.size === 1 ? "1 patient was" : `${patients.size} patients were`;
  return [{ kind: "patient-leak", reason: `${some} both fitted on and reported, for example ${leaked[0]?.patient}` }];
}
