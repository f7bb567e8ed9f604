/**
 * The scorecard of a run by kind of question. Classes and grades are judged by `judgeRun`; risks, numbers and labels as `nacre evaluate`
 * judges their tables, by the same code and from the same columns; of several questions each as if it stood alone.
 */
import { type CohortRow, type MultitaskTask, type Outcome, ok, type SingleTask, type Task } from "@nacre/core";
import type { AuditReport, Estimate } from "@nacre/evaluation";
import { type Asked, labelOf, questionsOf, valuesOf } from "../predict/answer-kind.ts";
import { answerTable, type BagAnswer, type PredictedBag } from "../predict/bag-answer.ts";
import type { Table } from "../study/parse-table.ts";
import { groupTask } from "../study/question/groups.ts";
import type { Study } from "../study/read-study.ts";
import { scorecardText } from "./evaluate-table.ts";
import { type AnswerScore, type AnswerScorecard, answersText, judgeAnswers } from "./judge-answers.ts";
import { judgeRun, type RunScorecard } from "./judge-run.ts";

/** Of risks, numbers or labels. */
export interface RunAnswerScorecard extends AnswerScorecard {
  readonly task: Extract<SingleTask, { readonly kind: AnswerScorecard["task"]["kind"] }>;
  readonly baselines: {
    /** The headline of the mean of the tiles with a linear head, on the same parts. */
    readonly meanPool: { readonly internal: Estimate | null; readonly external: Estimate | null };
  };
  readonly audit: AuditReport;
}

/** Of several questions: each on its own, by name. */
export interface RunTasksScorecard {
  readonly task: MultitaskTask;
  readonly unit: "patient";
  readonly tasks: Readonly<Record<string, RunScorecard | RunAnswerScorecard>>;
  readonly audit: AuditReport;
}

export type AnyRunScorecard = RunScorecard | RunAnswerScorecard | RunTasksScorecard;

export interface JudgeQuestionOptions {
  readonly study: Study;
  readonly question: Task;
  readonly audit: AuditReport;
  /** The labelled slides that were ready, their labels as text. */
  readonly cohort: readonly CohortRow[];
  /** The model on the tune part of each fold. Never scored. */
  readonly tune: readonly BagAnswer[];
}

/** Judges the predictions of the model and of the mean-pool baseline. Failures: conflicting-label, nothing-usable. */
export function judgeQuestion(
  model: readonly PredictedBag[],
  baseline: readonly PredictedBag[],
  options: JudgeQuestionOptions,
): Outcome<AnyRunScorecard> {
  const { question, audit } = options;
  const all = questionsOf(question);
  if (question.kind !== "multitask") return judgeOne(all[0] as Asked, model, baseline, options);
  const tasks: [string, RunScorecard | RunAnswerScorecard][] = [];
  for (const asked of all) {
    const card = judgeOne(asked, model, baseline, options);
    if (!card.ok)
      return {
        ok: false,
        failure: { ...card.failure, expected: `${card.failure.expected}, for the task ${asked.name}` },
      };
    tasks.push([asked.name ?? "", card.value]);
  }
  return ok({ task: question, unit: "patient", tasks: Object.fromEntries(tasks), audit });
}

function judgeOne(
  asked: Asked,
  model: readonly PredictedBag[],
  baseline: readonly PredictedBag[],
  options: JudgeQuestionOptions,
): Outcome<RunScorecard | RunAnswerScorecard> {
  const { task } = asked;
  const { question, tune, cohort } = options;
  if (task.kind !== "classify" && task.kind !== "ordinal") return judgeOthers(asked, task, model, baseline, options);
  const plain = <B extends BagAnswer>(predicted: readonly B[]): B[] =>
    predicted.flatMap((p) => alone(p, question, asked, task.classes));
  const classes = task.kind === "classify" ? task : groupTask(task.label, task.classes);
  const rows = cohort.map((row) => ({
    ...row,
    label: (question.kind === "multitask" ? row.columns[task.label] : row.label) ?? null,
  }));
  return judgeRun(plain(model), plain(baseline), {
    ...options,
    question: task,
    task: classes,
    cohort: rows,
    tune: plain(tune),
  });
}

/** A bag as if it had been asked this question alone; none where its label is not known. */
function alone<B extends BagAnswer>(predicted: B, question: Task, asked: Asked, classes: readonly string[]): B[] {
  const label = labelOf(question, asked, predicted.bag.answer);
  if (label === null) return [];
  const bag = { ...predicted.bag, label: classes[label as number] as string };
  return [{ ...predicted, bag, probabilities: valuesOf(asked, predicted.answers) }];
}

function judgeOthers(
  asked: Asked,
  task: RunAnswerScorecard["task"],
  model: readonly PredictedBag[],
  baseline: readonly PredictedBag[],
  { study, question, audit }: JudgeQuestionOptions,
): Outcome<RunAnswerScorecard> {
  const { bootstrap, subgroups } = study.evaluate;
  const shared = { bootstrap, seed: study.seed, horizons: [] };
  const file = `predictions${asked.name === null ? "" : `-${asked.name}`}.csv`;
  const card = judgeAnswers(tableOf(model, { question, asked, subgroups, file }), { ...shared, subgroups });
  if (!card.ok) return card;
  const plain = judgeAnswers(tableOf(baseline, { question, asked, subgroups: [], file }), { ...shared, subgroups: [] });
  if (!plain.ok) return plain;
  const { internal, external } = plain.value;
  const meanPool = {
    internal: headlineEstimate(internal),
    external: external === null ? null : headlineEstimate(external),
  };
  return ok({ ...card.value, task, baselines: { meanPool }, audit });
}

function headlineEstimate(score: AnswerScore): Estimate | null {
  return score.measures[score.headline] ?? null;
}

interface TableOptions {
  readonly question: Task;
  readonly asked: Asked;
  /** Columns of the cohort to report by. */
  readonly subgroups: readonly string[];
  readonly file: string;
}

/** The table that `predictions.csv` is, with the columns to report by beside it. */
function tableOf(predicted: readonly BagAnswer[], { question, asked, subgroups, file }: TableOptions): Table {
  const { header, rows } = answerTable(predicted, question, asked);
  const beside = subgroups.filter((column) => !header.includes(column));
  return {
    file,
    header: [...header, ...beside],
    rows: rows.map((cells, i) => [
      ...cells.map((cell) => (cell === null ? "" : String(cell))),
      ...beside.map((column) => predicted[i]?.bag.row.columns[column] ?? ""),
    ]),
  };
}

/** Whether a scorecard is one of classes or grades. */
export function isClassCard(card: AnyRunScorecard): card is RunScorecard {
  return card.task.kind === "classify";
}

/** Whether a scorecard is one of several questions. */
export function isTasksCard(card: AnyRunScorecard): card is RunTasksScorecard {
  return card.task.kind === "multitask";
}

/** The main numbers of a run as lines for a terminal. */
export function runText(card: AnyRunScorecard): string {
  if (isTasksCard(card))
    return Object.entries(card.tasks)
      .map(([name, one]) => `task ${name}\n${runText(one)}`)
      .join("\n");
  return isClassCard(card) ? scorecardText(card) : answersText(card);
}
