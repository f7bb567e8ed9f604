/**
 * Tables whose answer is not one of several classes: `risk, time, event` (with `s_<time>` for a foretold survival), `prediction` with a
 * number in `label`, or `p_<name>` with `label_<name>` for labels that do not exclude each other. Every problem is named by
 * row and column.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import type { FollowUp, Labels, PredictionRow } from "@nacre/evaluation";
import type { Table } from "../study/parse-table.ts";
import { BadCell, badCell, emptyRow, rowName, shown } from "./bad-cell.ts";
import { plainNumber } from "./cell-form.ts";
import { missingColumns } from "./missing-column.ts";
import { type Cells, type Place, placeOf } from "./read-place.ts";
import { classesOf } from "./read-predictions.ts";

export type TableKind = "classify" | "survive" | "regress" | "multilabel";

/** What a table answers, by its columns alone. */
export function kindOfTable({ header }: Table): TableKind {
  const has = (name: string): boolean => header.includes(name);
  if (has("risk") && has("time") && has("event")) return "survive";
  if (has("prediction") && has("label") && !header.some((h) => h.startsWith("p_"))) return "regress";
  return header.some((h) => h.startsWith("label_")) ? "multilabel" : "classify";
}

export interface AnswerRow<Label> extends Place {
  readonly label: Label | null;
  readonly prediction: readonly number[];
  readonly columns: Readonly<Record<string, string>>;
}

interface Reading<Label> {
  readonly label: (cell: Cells) => Label | null | BadCell;
  readonly prediction: readonly { readonly column: string; readonly least: number; readonly most: number }[];
}

const ANY = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

/** Times of the columns `s_<time>`, ascending as they stand. Failures: bad-value. */
export function survivalTimes(table: Table): Outcome<number[]> {
  const names = table.header.filter((h) => h.startsWith("s_"));
  const times = names.map((h) => plainNumber(h.slice(2)));
  const wrong = times.findIndex((t, i) => t === null || t < 0 || (i > 0 && t <= (times[i - 1] ?? 0)));
  if (wrong < 0) return ok(times as number[]);
  return fail("bad-value", {
    expected: "columns s_<time> with ascending times",
    received: `column ${shown(names[wrong])} in ${table.file}`,
    remedy: "name each column of foretold survival s_ and the time, in the unit of the column time",
  });
}

/** Rows of risks. `prediction` is the risk, then the foretold survival. Failures: bad-value, missing-column, bad-table. */
export function readSurvival(table: Table, times: readonly number[]): Outcome<AnswerRow<FollowUp>[]> {
  const swapped = swappedFollowUp(table);
  if (swapped !== null) return swapped;
  return readAnswers<FollowUp>(table, {
    label(cell) {
      if (cell("time") === "" && cell("event") === "") return null;
      const time = plainNumber(cell("time"));
      if (time === null || time < 0) return new BadCell("time", "a time of 0 or more");
      const event = EVENT[cell("event").toLowerCase()];
      return event === undefined
        ? new BadCell("event", "1 (the event came) or 0 (seen last without it)", eventRemedy(table))
        : { time, event };
    },
    prediction: [
      { column: "risk", ...ANY },
      ...times.map((_, i) => ({
        column: table.header.filter((h) => h.startsWith("s_"))[i] as string,
        least: 0,
        most: 1,
      })),
    ],
  });
}

/** Times where events should be and events where times should be. Failures: bad-value; null where the columns are as they should be. */
function swappedFollowUp(table: Table): Outcome<never> | null {
  const [time, event] = [table.header.indexOf("time"), table.header.indexOf("event")];
  const isEvent = (cell: string): boolean => cell === "" || EVENT[cell.toLowerCase()] !== undefined;
  const wrong = table.rows.findIndex((row) => !isEvent(row[event] ?? ""));
  if (wrong < 0 || !table.rows.every((row) => isEvent(row[time] ?? ""))) return null;
  return fail("bad-value", {
    expected: "times in column time, and 1 or 0 in column event",
    received: `\`${shown(table.rows[wrong]?.[event])}\` in column event, ${rowName(table, wrong)}, and nothing but 0 and 1 in column time`,
    remedy: "the columns time and event look swapped: exchange their names",
  });
}

function eventRemedy({ header, rows }: Table): string {
  const event = header.indexOf("event");
  const said = new Set(rows.map((row) => row[event] ?? ""));
  said.delete("");
  const isOneTwo = [...said].every((cell) => cell === "1" || cell === "2");
  return `write 1 where the event came and 0 where the patient was last seen without it${isOneTwo ? "; 1 and 2 look like R's coding, in which 2 is the event and 1 is not" : ""}`;
}

/** What cells of yes and no may say. */
export const EVENT: Readonly<Record<string, 0 | 1>> = { "1": 1, "1.0": 1, true: 1, "0": 0, "0.0": 0, false: 0 };

/** Rows of predicted numbers. Failures: bad-value, missing-column, bad-table. */
export function readRegression(table: Table): Outcome<AnswerRow<number>[]> {
  return readAnswers<number>(table, {
    label: (cell) =>
      cell("label") === "" ? null : (plainNumber(cell("label")) ?? new BadCell("label", "a number", WORDS)),
    prediction: [{ column: "prediction", ...ANY }],
  });
}

const WORDS = "correct the cell; where labels are classes, give p_<class> for each class in place of prediction";

/** Rows of several labels, in the order of the columns p_<name>. Failures: bad-value, missing-column, bad-table. */
export function readMultilabel(table: Table): Outcome<AnswerRow<Labels>[]> {
  const names = classesOf(table);
  const absent = names.find((name) => !table.header.includes(`label_${name}`));
  if (absent !== undefined || names.length === 0) return missingColumns([`label_${absent ?? "<name>"}`], table);
  const unforetold = table.header.find((h) => h.startsWith("label_") && !names.includes(h.slice("label_".length)));
  if (unforetold !== undefined) return noProbability(unforetold, table);
  return readAnswers<Labels>(table, {
    label(cell) {
      const labels: (0 | 1 | -1)[] = [];
      for (const name of names) {
        const text = cell(`label_${name}`).toLowerCase();
        const label = text === "" ? -1 : EVENT[text];
        if (label === undefined) return new BadCell(`label_${name}`, "1, 0, or nothing where it is not known");
        labels.push(label);
      }
      return labels.every((l) => l === -1) ? null : labels;
    },
    prediction: names.map((name) => ({ column: `p_${name}`, least: 0, most: 1 })),
  });
}

/** A label that nothing foretells would be left out without a word. */
function noProbability(column: string, table: Table): Outcome<never> {
  return fail("missing-column", {
    expected: `a column \`p_${shown(column.slice("label_".length))}\` beside \`${shown(column)}\` in ${table.file}`,
    received: table.header.slice(0, 20).map(shown).join(", "),
    remedy: `add the probability, or take the column ${shown(column)} out of the table`,
  });
}

function readAnswers<Label>(table: Table, { label, prediction }: Reading<Label>): Outcome<AnswerRow<Label>[]> {
  const absent = ["patient", ...prediction.map((p) => p.column)].filter((name) => !table.header.includes(name));
  if (absent.length > 0) return missingColumns(absent, table);
  const rows: AnswerRow<Label>[] = [];
  for (const [i, cells] of table.rows.entries()) {
    const columns = Object.fromEntries(table.header.map((name, c) => [name, cells[c] ?? ""]));
    const cell: Cells = (name) => columns[name] ?? "";
    const bad = (b: BadCell): Outcome<never> => badCell(b, cell(b.column), table, i);
    const empty = emptyRow(cells, table, i);
    if (empty !== null) return empty;
    const place = placeOf(cell, i, table.header.includes("slide"));
    if (place instanceof BadCell) return bad(place);
    const answer = label(cell);
    if (answer instanceof BadCell) return bad(answer);
    const values: number[] = [];
    for (const { column, least, most } of prediction) {
      const value = plainNumber(cell(column));
      if (value === null || value < least || value > most) {
        const isLogit = value !== null && most === 1;
        const remedy = isLogit ? "scores and logits are no probabilities: give their sigmoid" : null;
        return bad(new BadCell(column, most === 1 ? "a probability from 0 to 1" : "a number", remedy));
      }
      values.push(value);
    }
    rows.push({ ...place, columns, label: answer, prediction: values });
  }
  return ok(rows);
}

/** The rows with their labels as text, for the checks that rows of every kind must pass. */
export function plainRows<Label>(rows: readonly AnswerRow<Label>[], textOf: (label: Label) => string): PredictionRow[] {
  return rows.map((r) => ({
    ...r,
    case: r.patient,
    label: r.label === null ? null : textOf(r.label),
    probabilities: r.prediction,
  }));
}
