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
  type PredictionRow,
  type RegressScore,
  type SurviveScore,
} from "@nacre/evaluation";
import { measureName } from "../report/answers/measure-name.ts";
import { counted } from "../report/number-text.ts";
import type { Table } from "../study/parse-table.ts";
import { problemOf } from "./check-predictions.ts";
import { seedLines } from "./examination-text.ts";
import { refuseHorizons } from "./judge-table.ts";
import {
  kindOfTable,
  plainRows,
  readMultilabel,
  readRegression,
  readSurvival,
  survivalTimes,
  type TableKind,
} from "./read-answers.ts";
import { classesOf } from "./read-predictions.ts";
import {
  type ClassWarning,
  classWarnings,
  spreadsheetWarnings,
  type TableNote,
  type TableWarning,
  tableNotes,
  warningLines,
} from "./table-warning.ts";
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
  /** Times asked for; empty: the quartiles of the event times. */
  readonly horizons: readonly number[];
  /** What may be wrong and was left as it is. */
  readonly warnings: readonly (TableWarning | ClassWarning)[];
  /** Patients without a label, and words that were read as ours. */
  readonly notes: readonly TableNote[];
  /** Columns by which nothing is reported, each with its reason. */
  readonly leftOut: TraitColumns["leftOut"];
}

const MODEL_COLUMNS = /^(risk|time|event|prediction|label|label_.*|s_.*|p_.*)$/;

const OF_KIND = { regress: "numbers", multilabel: "several labels" } as const;

/** Failures: bad-usage, missing-column, bad-value, duplicate-id, conflicting-label, refused, nothing-usable. @throws RangeError for a table of classes */
export function judgeAnswers(table: Table, options: JudgeAnswersOptions): Outcome<AnswerScorecard> {
  const kind = kindOfTable(table);
  if (kind === "classify")
    throw new RangeError("expected a table of risks, numbers or several labels, received classes");
  if (kind !== "survive" && options.horizons.length > 0) return refuseHorizons(OF_KIND[kind], table);
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
    horizons: options.horizons,
    ...judged.value.parts,
    warnings: [
      ...judged.value.warnings,
      ...backwardsWarnings(judged.value.parts),
      ...spreadsheetWarnings(table, textColumns(table)),
    ],
    notes: judged.value.notes,
    leftOut,
  });
}

/** What was made of the rows of one kind. */
interface JudgedKind {
  readonly parts: Parts<AnswerScore>;
  readonly warnings: readonly ClassWarning[];
  readonly notes: readonly TableNote[];
}

type Scoring = { readonly bootstrap: number; readonly seed: number; readonly subgroups: readonly string[] };

function judgeKind(
  table: Table,
  kind: Exclude<TableKind, "classify">,
  { horizons }: JudgeAnswersOptions,
  scoring: Scoring,
): Outcome<JudgedKind> {
  switch (kind) {
    case "survive": {
      const times = survivalTimes(table);
      if (!times.ok) return times;
      const rows = readSurvival(table, times.value);
      if (!rows.ok) return rows;
      const task = { kind, times: times.value, horizons } as const;
      const plain = plainRows(rows.value, (l) => `${l.time} ${l.event}`);
      return judgedRows(plain, table, () => evaluateSurvival(rows.value, task, scoring));
    }
    case "regress": {
      const rows = readRegression(table);
      if (!rows.ok) return rows;
      const plain = plainRows(rows.value, String);
      const judged = judgedRows(plain, table, () => evaluateRegression(rows.value, scoring));
      return judged.ok ? ok({ ...judged.value, warnings: classWarnings(rows.value, table) }) : judged;
    }
    case "multilabel": {
      const rows = readMultilabel(table);
      if (!rows.ok) return rows;
      const plain = plainRows(rows.value, (l) => l.join(" "));
      return judgedRows(plain, table, () => evaluateMultilabel(rows.value, classesOf(table), scoring));
    }
  }
}

/** The first problem between rows, told as for classes; else what `evaluate` makes of them. */
function judgedRows(
  rows: readonly PredictionRow[],
  table: Table,
  evaluate: () => Outcome<Parts<AnswerScore>>,
): Outcome<JudgedKind> {
  const problem = problemOf(rows, table);
  if (problem !== null) return problem;
  const parts = evaluate();
  return parts.ok ? ok({ parts: parts.value, warnings: [], notes: tableNotes(rows, table) }) : parts;
}

/** Columns that hold words, in which a date or a rounded number is out of place. */
function textColumns({ header }: Table): string[] {
  return header.filter((name) => name !== "" && !MODEL_COLUMNS.test(name));
}

/** What a useless model scores, for the headlines that have such a value. */
export const CHANCE = { survive: 0.5, regress: 0, multilabel: 0.5 } as const;

const LOOK_AT = {
  survive: "look whether a higher risk means an earlier event, and whether event 1 means that the event came",
  regress: "look whether the columns label and prediction have the same direction",
  multilabel: "look whether the columns p_<name> are of the labels they are named after",
} as const;

/** A part that is worse than chance with its whole interval: a model seldom is, a mistake often. */
function backwardsWarnings({ internal, external }: Parts<AnswerScore>): TableWarning[] {
  return [internal, external].flatMap((part, i): TableWarning[] => {
    const headline = part?.measures[part.headline];
    if (part === null || headline?.value == null || headline.low === null || headline.high === null) return [];
    const chance = CHANCE[part.kind];
    if (headline.high >= chance) return [];
    return [
      {
        kind: "columns-swapped",
        column: null,
        rows: [],
        count: headline.n,
        expected: `${measureName(part.headline)} with an interval that reaches ${chance}`,
        received: `${i === 0 ? "internal" : "external"} ${valueText(headline)}, worse than chance for certain`,
        remedy: `${LOOK_AT[part.kind]}; nothing was changed here`,
      },
    ];
  });
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
    `${name}: ${counted(score.n, "patient")}${score.kind === "survive" ? `, ${counted(score.events, "event")}` : ""}`,
    ...Object.entries(score.measures)
      .filter(([measure]) => !measure.startsWith("survivalBrier@"))
      .map(([measure, e]) => `  ${measure.padEnd(20)} ${valueText(e)}`),
    ...kindLines(score),
    ...subgroupLines(score),
  ];
  return [
    ...warningLines(card.warnings, card.notes),
    ...part("internal", card.internal),
    ...(card.external === null ? [] : part("external", card.external)),
    ...seedLines(card.seeds),
  ].join("\n");
}

/** What a kind has beside its measures. */
function kindLines(score: AnswerScore): string[] {
  switch (score.kind) {
    case "survive": {
      const integrated = score.brier?.integrated;
      return [
        ...(score.logRank?.p == null
          ? []
          : [
              `  log-rank, higher against lower risk: chi-squared ${score.logRank.chiSquared?.toFixed(2)}, p ${score.logRank.p.toPrecision(2)}`,
            ]),
        ...(integrated?.reference == null
          ? []
          : [`  integrated Brier of Kaplan-Meier: ${integrated.reference.toFixed(3)}`]),
        ...score.calibration.map((c) => `  observed over foretold events at ${c.time}: ${valueText(c.ratio)}`),
      ];
    }
    case "regress": {
      const agreement = score.blandAltman;
      return agreement === null
        ? []
        : [
            `  bias ${valueText(agreement.bias)}; limits of agreement ${valueText(agreement.low)} to ${valueText(agreement.high)}`,
          ];
    }
    case "multilabel":
      return score.perLabel.map(
        (l) => `  AUROC of ${l.name} (${l.positives} of ${l.positives + l.negatives}): ${valueText(l.auroc)}`,
      );
  }
}

function subgroupLines({ subgroups, headline }: KindScore): string[] {
  return subgroups.map((g) => `  ${headline} for ${g.column} ${g.group} (n = ${g.n}): ${valueText(g.measure)}`);
}

function valueText({ value, low, high, reason }: Estimate): string {
  if (value === null) return `undefined: ${reason ?? ""}`;
  return `${value.toFixed(3)}${low === null || high === null ? "" : ` (${low.toFixed(3)} to ${high.toFixed(3)})`}`;
}
