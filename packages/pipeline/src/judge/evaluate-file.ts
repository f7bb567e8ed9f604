/** Judges a file of predictions, whatever it answers: classes, risks, numbers or several labels, told apart by its columns. */

import { join } from "node:path";
import { fail, unwrap } from "@nacre/core";
import { writeWhole } from "../run/write-file.ts";
import { readTable } from "../study/table.ts";
import { type EvaluateTableOptions, evaluateTable, scorecardText, type TableScorecard } from "./evaluate-table.ts";
import { type AnswerScorecard, answersText, judgeAnswers } from "./judge-answers.ts";
import { kindOfTable } from "./read-answers.ts";
import { scorecardJson } from "./scorecard-json.ts";

export interface EvaluateFileOptions extends EvaluateTableOptions {
  /** Times of the time-dependent AUROC, for risks. */
  readonly horizons: readonly number[];
}

export interface FileJudgement {
  readonly scorecard: TableScorecard | AnswerScorecard;
  /** The main numbers as lines for a terminal. */
  readonly text: string;
  /** Paths written. */
  readonly written: readonly string[];
}

/** @throws FailureError missing-file, bad-table, missing-column, bad-value, bad-usage, duplicate-id, conflicting-label, refused, nothing-usable */
export function evaluateFile(path: string, options: EvaluateFileOptions): FileJudgement {
  const table = unwrap(readTable(path));
  const { out = null } = options;
  if (kindOfTable(table) === "classify") {
    const scorecard = evaluateTable(path, options);
    const written = out === null ? [] : ["scorecard.json", "report.html"].map((name) => join(out, name));
    return { scorecard, text: scorecardText(scorecard), written };
  }
  if (options.positive !== null || options.ordered === true) unwrap(notClasses(path));
  const scorecard = unwrap(judgeAnswers(table, { ...options, subgroups: options.subgroups ?? null }));
  const written = out === null ? [] : [join(out, "scorecard.json")];
  for (const file of written) writeWhole(file, scorecardJson(scorecard));
  return { scorecard, text: answersText(scorecard), written };
}

function notClasses(path: string) {
  return fail("bad-usage", {
    expected: "--positive and --ordinal with a table of classes (label, p_<class>)",
    received: `another kind of table in ${path}`,
    remedy: "leave them out",
  });
}
