/** A table of predictions for the board, whatever it answers, with what the table alone gives away about leaks. */
import { fail, type Outcome, ok } from "@nacre/core";
import { type Answers, type Bar, type PredictionRow, SEED_COLUMN } from "@nacre/evaluation";
import { shown } from "../judge/bad-cell.ts";
import { repeatOf } from "../judge/check-predictions.ts";
import {
  type AnswerRow,
  kindOfTable,
  plainRows,
  readMultilabel,
  readRegression,
  readSurvival,
} from "../judge/read-answers.ts";
import { classesOf, readPredictions as readRows, taskOf } from "../judge/read-predictions.ts";
import { hashFile } from "../run/hash.ts";
import type { Table } from "../study/parse-table.ts";
import { readTable } from "../study/table.ts";

export interface PredictionsTable {
  /** Classes in the order of the columns; the last is positive until the board says otherwise. */
  readonly answers: Answers;
  /** Of the bytes of the file. */
  readonly sha256: string;
}

/** Reads and checks a table. Failures: bad-table, missing-column, bad-value, duplicate-id, each with row and column. */
export function readPredictions(path: string): Outcome<PredictionsTable> {
  const table = readTable(path);
  if (!table.ok) return table;
  const answers = answersIn(table.value);
  return answers.ok ? ok({ answers: answers.value, sha256: hashFile(path) }) : answers;
}

function answersIn(table: Table): Outcome<Answers> {
  const seeds = severalSeeds(table);
  if (seeds !== null) return seeds;
  const kind = kindOfTable(table);
  switch (kind) {
    case "classify": {
      const question = taskOf(table, null);
      if (!question.ok) return question;
      const rows = readRows(table, question.value);
      if (!rows.ok) return rows;
      return repeatOf(rows.value, table) ?? ok({ question: question.value, rows: rows.value });
    }
    case "survive":
      return once(table, readSurvival(table, []), (rows) => ({ question: { kind }, rows }));
    case "regress":
      return once(table, readRegression(table), (rows) => ({ question: { kind }, rows }));
    case "multilabel":
      return once(table, readMultilabel(table), (rows) => ({ question: { kind, names: classesOf(table) }, rows }));
  }
}

/**
 * A table of several seeds, whose mean would be an ensemble that nobody asked about; null for one seed. `evaluate` tells how far
 * its seeds lie apart; a board wants each as an entry. Failures: bad-table.
 */
function severalSeeds(table: Table): Outcome<never> | null {
  const column = table.header.indexOf(SEED_COLUMN);
  const seeds = column < 0 ? [] : [...new Set(table.rows.map((row) => row[column] ?? ""))];
  if (seeds.length < 2) return null;
  return fail("bad-table", {
    expected: `the predictions of one seed in ${table.file}, since the mean over seeds would be an ensemble that no seed's model is`,
    received: `the seeds ${seeds.slice(0, 5).map(shown).join(", ")} in column ${SEED_COLUMN}`,
    remedy: "write a table for each seed; on a board give each an entry with its seed:",
  });
}

/** The rows as answers, unless a bag stands in the table twice. */
function once<Label>(
  table: Table,
  rows: Outcome<AnswerRow<Label>[]>,
  answersOf: (rows: AnswerRow<Label>[]) => Answers,
): Outcome<Answers> {
  if (!rows.ok) return rows;
  return repeatOf(plainRows(rows.value, String), table) ?? ok(answersOf(rows.value));
}

/** What strikes a table out by its own rows: patients both fitted on and reported. */
export function barsOf(rows: readonly Pick<PredictionRow, "patient" | "part" | "fold">[]): Bar[] {
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
