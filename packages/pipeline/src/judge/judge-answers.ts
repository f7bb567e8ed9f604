/** Judges tables of risks, numbers and several labels, as `judgeTable` judges classes: pure, free of files and of Node. */
import { fail, type Outcome, ok } from "@nacre/core";
import {
  type Estimate,
  evaluateMultilabel,
  evaluateRegression,
  evaluateSurvival,
  type KindScore,
  type MultilabelScore,
  type Parts,
  type RegressScore,
  type SurviveScore,
} from "@nacre/evaluation";
import type { Table } from "../study/parse-table.ts";
import { problemOf } from "./check-predictions.ts";
import {
  type AnswerRow,
  kindOfTable,
  readMultilabel,
  readRegression,
  readSurvival,
  survivalTimes,
  type TableKind,
} from "./read-answers.ts";
import { classesOf } from "./read-predictions.ts";
import { type TraitColumns, traitColumns } from "./trait-columns.ts";

export interface JudgeAnswersOptions {
  readonly bootstrap: number;
  readonly seed: number;
  /** null: columns that look like traits. */
  readonly subgroups: readonly string[] | null;
  /** Times of the time-dependent AUROC; empty: the quartiles of the event times. */
  readonly horizons: readonly number[];
}

export type AnswerScore = SurviveScore | RegressScore | MultilabelScore;

export interface AnswerScorecard extends Parts<AnswerScore> {
  readonly file: string;
  readonly task: { readonly kind: Exclude<TableKind, "classify"> };
  /** The unit of every number. */
  readonly unit: "patient";
  readonly rows: number;
  readonly bootstrap: number;
  readonly seed: number;
  /** Columns by which nothing is reported, each with its reason. */
  readonly leftOut: TraitColumns["leftOut"];
}

const MODEL_COLUMNS = /^(risk|time|event|prediction|label|label_.*|s_.*|p_.*)$/;

/** Failures: missing-column, bad-value, duplicate-id, conflicting-label, refused, nothing-usable. @throws RangeError for a table of classes */
export function judgeAnswers(table: Table, options: JudgeAnswersOptions): Outcome<AnswerScorecard> {
  const kind = kindOfTable(table);
  if (kind === "classify")
    throw new RangeError("expected a table of risks, numbers or several labels, received classes");
  const traits = traitColumns({ ...table, header: table.header.map((h) => (MODEL_COLUMNS.test(h) ? "" : h)) }, []);
  const scoring = { bootstrap: options.bootstrap, seed: options.seed, subgroups: options.subgroups ?? traits.shown };
  const absent = scoring.subgroups.find((name) => !table.header.includes(name));
  if (absent !== undefined) return noColumn(absent, table);
  const judged = judgeKind(table, kind, options, scoring);
  if (!judged.ok) return judged;
  const { bootstrap, seed } = options;
  const leftOut = options.subgroups === null ? traits.leftOut : [];
  return ok({
    file: table.file,
    task: { kind },
    unit: "patient",
    rows: table.rows.length,
    bootstrap,
    seed,
    ...judged.value,
    leftOut,
  });
}

type Scoring = { readonly bootstrap: number; readonly seed: number; readonly subgroups: readonly string[] };

function judgeKind(
  table: Table,
  kind: Exclude<TableKind, "classify">,
  { horizons }: JudgeAnswersOptions,
  scoring: Scoring,
): Outcome<Parts<AnswerScore>> {
  switch (kind) {
    case "survive": {
      const times = survivalTimes(table);
      if (!times.ok) return times;
      const rows = readSurvival(table, times.value);
      if (!rows.ok) return rows;
      const task = { kind, times: times.value, horizons } as const;
      return sound(rows.value, table, (l) => `${l.time} ${l.event}`) ?? evaluateSurvival(rows.value, task, scoring);
    }
    case "regress": {
      const rows = readRegression(table);
      return rows.ok ? (sound(rows.value, table, String) ?? evaluateRegression(rows.value, scoring)) : rows;
    }
    case "multilabel": {
      const rows = readMultilabel(table);
      if (!rows.ok) return rows;
      return sound(rows.value, table, (l) => l.join(" ")) ?? evaluateMultilabel(rows.value, classesOf(table), scoring);
    }
  }
}

/** The first problem between rows, told as for classes; null where there is none. */
function sound<Label>(
  rows: readonly AnswerRow<Label>[],
  table: Table,
  textOf: (label: Label) => string,
): Outcome<never> | null {
  const plain = rows.map((r) => ({
    ...r,
    case: r.patient,
    label: r.label === null ? null : textOf(r.label),
    probabilities: r.prediction,
  }));
  return problemOf(plain, table);
}

function noColumn(name: string, table: Table): Outcome<never> {
  return fail("missing-column", {
    expected: `a column \`${name}\` in ${table.file}, to report by`,
    received: table.header.join(", "),
    remedy: "name columns of the table",
  });
}

/** The numbers of both parts as lines for a terminal. */
export function answersText(card: AnswerScorecard): string {
  const part = (name: string, score: AnswerScore): string[] => [
    `${name}: ${score.n} patients${score.kind === "survive" ? `, ${score.events} events` : ""}`,
    ...Object.entries(score.measures).map(([measure, e]) => `  ${measure.padEnd(20)} ${valueText(e)}`),
    ...subgroupLines(score),
  ];
  return [...part("internal", card.internal), ...(card.external === null ? [] : part("external", card.external))].join(
    "\n",
  );
}

function subgroupLines({ subgroups, headline }: KindScore): string[] {
  return subgroups.map((g) => `  ${headline} for ${g.column} ${g.group} (n = ${g.n}): ${valueText(g.measure)}`);
}

function valueText({ value, low, high, reason }: Estimate): string {
  if (value === null) return `undefined: ${reason ?? ""}`;
  return `${value.toFixed(3)}${low === null || high === null ? "" : ` (${low.toFixed(3)} to ${high.toFixed(3)})`}`;
}
