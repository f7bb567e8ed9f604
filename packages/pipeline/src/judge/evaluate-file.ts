/** Judges a file of predictions, whatever it answers: classes, risks, numbers or several labels, told apart by its columns. */

import { join } from "node:path";
import { fail, unwrap } from "@nacre/core";
import type { PredictionComparison } from "@nacre/evaluation";
import { PAPER_FILES } from "../paper/paper-files.ts";
import { readTable, type Table } from "../study/table.ts";
import { compareFiles, comparisonText } from "./compare-files.ts";
import { type EvaluateTableOptions, evaluateParsed, scorecardText, type TableScorecard } from "./evaluate-table.ts";
import { type AnswerScorecard, answersText, judgeAnswers } from "./judge-answers.ts";
import { kindOfTable } from "./read-answers.ts";
import { writeAnswers } from "./write-answers.ts";

export interface EvaluateFileOptions extends EvaluateTableOptions {
  /** Times of the time-dependent AUROC, for risks. */
  readonly horizons: readonly number[];
  /** Other tables of predictions of the same patients, to be compared with. Default: none. */
  readonly against?: readonly string[];
}

export interface FileJudgement {
  readonly scorecard: TableScorecard | AnswerScorecard;
  /** The main numbers as lines for a terminal. */
  readonly text: string;
  /** Paths written. */
  readonly written: readonly string[];
  /** null where nothing was to be compared with. */
  readonly comparison: readonly PredictionComparison[] | null;
}

/** @throws FailureError missing-file, bad-table, missing-column, bad-value, bad-usage, duplicate-id, conflicting-label, refused, nothing-usable */
export function evaluateFile(path: string, options: EvaluateFileOptions): FileJudgement {
  const table = unwrap(readTable(path));
  const judged = kindOfTable(table) === "classify" ? judgeClasses(table, options) : judgeOthers(table, options);
  const { against = [], positive, bootstrap, seed } = options;
  if (against.length === 0) return { ...judged, comparison: null };
  const comparison = unwrap(compareFiles([table, ...against], { positive, bootstrap, seed }));
  return { ...judged, text: `${judged.text}\n${comparisonText(comparison)}`, comparison };
}

type Judged = Omit<FileJudgement, "comparison">;

function judgeClasses(table: Table, options: EvaluateFileOptions): Judged {
  const { out = null } = options;
  const scorecard = evaluateParsed(table, options);
  const written = out === null ? [] : ["scorecard.json", "report.html", ...PAPER_FILES].map((name) => join(out, name));
  return { scorecard, text: scorecardText(scorecard), written };
}

function judgeOthers(table: Table, options: EvaluateFileOptions): Judged {
  const { out = null } = options;
  if (options.positive !== null || options.ordered === true) unwrap(notClasses(table.file));
  const scorecard = unwrap(judgeAnswers(table, { ...options, subgroups: options.subgroups ?? null }));
  const written = out === null ? [] : writeAnswers(out, scorecard);
  return { scorecard, text: answersText(scorecard), written };
}

function notClasses(path: string) {
  return fail("bad-usage", {
    expected: "--positive and --ordinal with a table of classes (label, p_<class>)",
    received: `another kind of table in ${path}`,
    remedy: "leave them out",
  });
}
