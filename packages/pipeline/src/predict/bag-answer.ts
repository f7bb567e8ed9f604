/** What was answered of a bag, and the tables of answers. */
import type { Task } from "@nacre/core";
import type { BagEntry } from "../fit/bag-list.ts";
import { csvText } from "../study/table.ts";
import {
  type Answers,
  type Asked,
  answerHeader,
  headlineOf,
  labelCells,
  labelOf,
  questionsOf,
  valuesOf,
} from "./answer-kind.ts";

/** One row of predictions.csv or of tune-predictions.csv. `fold` is null where the part is external. */
export interface BagAnswer {
  readonly bag: BagEntry;
  readonly part: "tune" | "test" | "external";
  readonly fold: number | null;
  /** By name. */
  readonly answers: Answers;
  /** Of a task of classes, grades or labels; empty otherwise. */
  readonly probabilities: readonly number[];
  /** The number that orders bags. */
  readonly headline: number;
}

/** A bag nobody fitted on, with its evidence. */
export interface PredictedBag extends BagAnswer {
  readonly part: "test" | "external";
  /** Evidence file inside the run folder: float32 attention [n], then float32 evidence [n]. null where the model gives none. */
  readonly evidence: string | null;
}

/** @param place part and fold */
export function bagAnswer<Part extends BagAnswer["part"]>(
  task: Task,
  bag: BagEntry,
  answers: Answers,
  place: { readonly part: Part; readonly fold: number | null },
): BagAnswer & { readonly part: Part } {
  const [first] = questionsOf(task) as [Asked];
  return { bag, ...place, answers, probabilities: answers.probabilities ?? [], headline: headlineOf(first, answers) };
}

/** A table of answers to one question: what `predictionsCsv` writes and the referee reads. */
export interface AnswerTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** One row a bag in the order given, in the columns of `nacre evaluate`. Numbers with nine digits, enough to give the float32 back. */
export function answerTable(predicted: readonly BagAnswer[], task: Task, asked: Asked): AnswerTable {
  const { label, answer } = answerHeader(asked.task);
  const inOrder = <T>(labels: readonly T[], answers: readonly T[]): T[] =>
    asked.task.kind === "survive" ? [...answers, ...labels] : [...labels, ...answers];
  return {
    header: ["slide", "case", "patient", "site", "part", "fold", ...inOrder(label, answer)],
    rows: predicted.map((p) => [
      p.bag.id,
      p.bag.row.case,
      p.bag.row.patient,
      p.bag.row.site,
      p.part,
      p.fold,
      ...inOrder<string | number | null>(
        labelCells(asked.task, labelOf(task, asked, p.bag.answer)),
        valuesOf(asked, p.answers).map((v) => Number(v.toPrecision(9))),
      ),
    ]),
  };
}

/** Tables of a run by the end of their file names: "" for the first question, "-<name>" for each of several. */
export function predictionTables(
  predicted: readonly BagAnswer[],
  task: Task,
): { readonly end: string; readonly csv: string }[] {
  const all = questionsOf(task);
  const csv = (asked: Asked): string => {
    const { header, rows } = answerTable(predicted, task, asked);
    return csvText(header, rows);
  };
  const [first] = all as [Asked];
  return [
    { end: "", csv: csv(first) },
    ...all.flatMap((asked) => (asked.name === null ? [] : [{ end: `-${asked.name}`, csv: csv(asked) }])),
  ];
}
