/** What the page asks its worker and what the worker answers: one table in, its judgement out as finished texts. */
import type { Failure } from "@nacre/core";
import {
  classesOf,
  decodeTable,
  judgementSections,
  judgeTable,
  parseTable,
  renderJudgement,
  scorecardJson,
} from "@nacre/pipeline/referee";

export interface JudgeRequest {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** null: the last class of the table. */
  readonly positive: string | null;
  readonly bootstrap: number;
  readonly seed: number;
  /** Hash of the report's style sheet, for the policy of the report. */
  readonly styleHash: string;
}

/** A step on the way. */
export type JudgeStep =
  | { readonly kind: "stage"; readonly stage: string }
  | { readonly kind: "classes"; readonly classes: readonly string[]; readonly rows: number };

/** How it ends. */
export type JudgeEnd =
  | { readonly kind: "failure"; readonly failure: Failure }
  | {
      readonly kind: "judged";
      readonly positive: string;
      /** One sentence for the status line. */
      readonly summary: string;
      readonly scorecard: string;
      readonly report: string;
      /** Markup of the result, everything that was read escaped. */
      readonly sections: string;
    };

export type JudgeReply = JudgeStep | JudgeEnd;

/** Judges one table and tells each step on the way. */
export function judgeFile(request: JudgeRequest, tell: (step: JudgeStep) => void): JudgeEnd {
  const { name, bytes, positive, bootstrap, seed, styleHash } = request;
  tell({ kind: "stage", stage: "reading the table" });
  const text = decodeTable(bytes, name);
  const table = text.ok ? parseTable(text.value, name) : text;
  if (!table.ok) return { kind: "failure", failure: table.failure };
  const rows = table.value.rows.length;
  tell({ kind: "classes", classes: classesOf(table.value), rows });
  tell({ kind: "stage", stage: `judging ${rows} rows, ${bootstrap} replicates over patients` });
  const judged = judgeTable(table.value, { positive, bootstrap, seed });
  if (!judged.ok) return { kind: "failure", failure: judged.failure };
  tell({ kind: "stage", stage: "drawing the curves" });
  const { scorecard } = judged.value;
  const parts = [scorecard.internal, scorecard.external].reduce((n, part) => n + (part?.n ?? 0), 0);
  return {
    kind: "judged",
    positive: scorecard.task.positive,
    summary: `${parts} patients judged, ${scorecard.warnings.length === 1 ? "1 warning" : `${scorecard.warnings.length} warnings`}.`,
    scorecard: scorecardJson(scorecard),
    report: renderJudgement(judged.value, { styleHash }),
    sections: judgementSections(judged.value),
  };
}
