/**
 * What a run answered, bag by bag: predictions.csv (of several questions: predictions-<name>.csv), and tune-predictions.csv, whose rows
 * are other folds' answers about the same patients. By columns, so that tables of other programs in the same form are read as well.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CasePrediction } from "@nacre/api";
import { readTable, type Study } from "@nacre/pipeline";
import { z } from "zod";
import { rowsOf } from "./read-cells.ts";

export type Answer = CasePrediction["answers"][number];

export interface BagAnswers {
  /** Id of the bag: of a slide, a case or a patient. */
  readonly bag: string;
  readonly patient: string | null;
  readonly case: string | null;
  readonly part: CasePrediction["part"];
  readonly fold: number | null;
  readonly answers: readonly Answer[];
}

type Task = Study["task"];

/** Answers of a run folder to the task of its study. */
export function readAnswers(folder: string, task: Task): BagAnswers[] {
  const tables: readonly (readonly [file: string, one: Task, prefix: string])[] =
    task.kind === "multitask"
      ? Object.entries(task.tasks).map(([name, one]) => [`-${name}.csv`, one, `${name}: `] as const)
      : [[".csv", task, ""]];
  const parts = tables.map(([end, one, prefix]) => [
    ...readOne(join(folder, `predictions${end}`), one, prefix),
    ...readOne(join(folder, `tune-predictions${end}`), one, prefix),
  ]);
  return joinQuestions(parts);
}

/** The rows of several questions about one bag, fold and part as one row. */
function joinQuestions(tables: readonly (readonly BagAnswers[])[]): BagAnswers[] {
  if (tables.length === 1) return [...(tables[0] as readonly BagAnswers[])];
  const joined = new Map<string, BagAnswers>();
  for (const row of tables.flat()) {
    const key = JSON.stringify([row.bag, row.part, row.fold]);
    const before = joined.get(key);
    joined.set(key, before === undefined ? row : { ...before, answers: [...before.answers, ...row.answers] });
  }
  return [...joined.values()];
}

const partSchema = z.enum(["test", "external", "tune", "train"]);

function readOne(file: string, task: Task, prefix: string): BagAnswers[] {
  if (!existsSync(file)) return [];
  const table = readTable(file);
  if (!table.ok) return [];
  const columns = answerColumns(table.value.header, task, prefix);
  return rowsOf(table.value).flatMap((row) => {
    const answers = columns.map(({ column, ...as }) => ({ ...as, value: numberOf(row[column]) }));
    const bag = row.slide || row.case || row.patient;
    if (answers.length === 0 || bag === undefined || bag === "") return [];
    const fold = row.fold === undefined || row.fold === "" ? null : Number(row.fold);
    return [
      {
        bag,
        patient: row.patient || null,
        case: row.case || row.patient || null,
        part: partSchema.catch("test").parse(row.part),
        fold: Number.isInteger(fold) ? fold : null,
        answers,
      },
    ];
  });
}

interface AnswerColumn extends Omit<Answer, "value"> {
  readonly column: string;
}

function answerColumns(header: readonly string[], task: Task, prefix: string): AnswerColumn[] {
  if (task.kind === "survive" && header.includes("risk"))
    return [{ column: "risk", name: `${prefix}risk`, unit: "risk" }];
  if (task.kind === "regress" && header.includes("prediction"))
    return [{ column: "prediction", name: `${prefix}${task.label}`, unit: "number" }];
  return header
    .filter((h) => h.startsWith("p_") && h.length > 2)
    .map((column) => ({ column, name: `${prefix}${column.slice(2)}`, unit: "probability" }));
}

/** NaN for what is no number: the case then counts as unanswered. */
function numberOf(cell: string | undefined): number {
  return cell === undefined || cell.trim() === "" ? Number.NaN : Number(cell);
}
