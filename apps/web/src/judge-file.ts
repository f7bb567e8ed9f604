/** What the page asks its worker and what the worker answers: one table in, its judgement out as finished texts. */
import type { Failure } from "@nacre/core";
import {
  answerSections,
  classesOf,
  decodeTable,
  judgeAnswers,
  judgementSections,
  judgeTable,
  kindOfTable,
  parseTable,
  renderAnswers,
  renderJudgement,
  scorecardJson,
  type Table,
  type TableKind,
} from "@nacre/pipeline/referee";

export interface JudgeRequest {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** null: the last class of the table. Unused where the table holds no classes. */
  readonly positive: string | null;
  readonly bootstrap: number;
  readonly seed: number;
  /** Hash of the report's style sheet, for the policy of the report. */
  readonly styleHash: string;
}

/** A step on the way. */
export type JudgeStep =
  | { readonly kind: "stage"; readonly stage: string }
  /** What the table answers; `classes` are empty where it does not hold one of several classes. */
  | {
      readonly kind: "classes";
      readonly answer: TableKind;
      readonly classes: readonly string[];
      readonly rows: number;
    };

/** How it ends. */
export type JudgeEnd =
  | { readonly kind: "failure"; readonly failure: Failure }
  | {
      readonly kind: "judged";
      /** null where the table holds no classes. */
      readonly positive: string | null;
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
  const { name, bytes, bootstrap } = request;
  tell({ kind: "stage", stage: "reading the table" });
  const text = decodeTable(bytes, name);
  const table = text.ok ? parseTable(text.value, name) : text;
  if (!table.ok) return { kind: "failure", failure: table.failure };
  const rows = table.value.rows.length;
  const answer = kindOfTable(table.value);
  tell({ kind: "classes", answer, classes: answer === "classify" ? classesOf(table.value) : [], rows });
  tell({ kind: "stage", stage: `judging ${rows} rows, ${bootstrap} replicates over patients` });
  return answer === "classify" ? judgeClasses(table.value, request, tell) : judgeOthers(table.value, request, tell);
}

const DRAWING: JudgeStep = { kind: "stage", stage: "drawing the curves" };

function judgeClasses(table: Table, request: JudgeRequest, tell: (step: JudgeStep) => void): JudgeEnd {
  const { positive, bootstrap, seed, styleHash } = request;
  const judged = judgeTable(table, { positive, bootstrap, seed });
  if (!judged.ok) return { kind: "failure", failure: judged.failure };
  tell(DRAWING);
  const { scorecard } = judged.value;
  return {
    kind: "judged",
    positive: scorecard.task.positive,
    summary: summaryOf(scorecard),
    scorecard: scorecardJson(scorecard),
    report: renderJudgement(judged.value, { styleHash }),
    sections: judgementSections(judged.value),
  };
}

/** Risks, numbers, several labels. */
function judgeOthers(table: Table, request: JudgeRequest, tell: (step: JudgeStep) => void): JudgeEnd {
  const { bootstrap, seed, styleHash } = request;
  const judged = judgeAnswers(table, { bootstrap, seed, subgroups: null, horizons: [] });
  if (!judged.ok) return { kind: "failure", failure: judged.failure };
  tell(DRAWING);
  const scorecard = judged.value;
  return {
    kind: "judged",
    positive: null,
    summary: summaryOf(scorecard),
    scorecard: scorecardJson(scorecard),
    report: renderAnswers(scorecard, { styleHash }),
    sections: answerSections(scorecard),
  };
}

interface Judged {
  readonly internal: { readonly n: number };
  readonly external: { readonly n: number } | null;
  readonly warnings: readonly unknown[];
}

function summaryOf({ internal, external, warnings }: Judged): string {
  const patients = internal.n + (external?.n ?? 0);
  return `${patients === 1 ? "1 patient" : `${patients} patients`} judged, ${warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`}.`;
}
