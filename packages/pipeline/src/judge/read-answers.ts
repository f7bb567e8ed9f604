/**
 * Tables whose answer is not one of several classes: `risk, time, event` (with `s_<time>` for a foretold survival), `prediction` with a
 * number in `label`, or `p_<name>` with `label_<name>` for labels that do not exclude each other. Every problem is named by
 * row and column.
 */
import { fail, type Outcome, ok, type Role } from "@nacre/core";
import type { FollowUp, Labels } from "@nacre/evaluation";
import { rowNumber, type Table } from "../study/parse-table.ts";
import { isDecimalComma, plainNumber } from "./cell-form.ts";
import { classesOf, shown } from "./read-predictions.ts";

export type TableKind = "classify" | "survive" | "regress" | "multilabel";

/** What a table answers, by its columns alone. */
export function kindOfTable({ header }: Table): TableKind {
  const has = (name: string): boolean => header.includes(name);
  if (has("risk") && has("time") && has("event")) return "survive";
  if (has("prediction") && has("label") && !header.some((h) => h.startsWith("p_"))) return "regress";
  return header.some((h) => h.startsWith("label_")) ? "multilabel" : "classify";
}

/** What every row says, whatever it answers. */
export interface Place {
  readonly slide: string;
  readonly patient: string;
  readonly site: string | null;
  readonly part: Role;
  readonly fold: number | null;
  readonly columns: Readonly<Record<string, string>>;
}

export interface AnswerRow<Label> extends Place {
  readonly label: Label | null;
  readonly prediction: readonly number[];
}

type Cells = (name: string) => string;

interface Reading<Label> {
  readonly label: (cell: Cells) => Label | null | BadCell;
  readonly prediction: readonly { readonly column: string; readonly least: number; readonly most: number }[];
}

class BadCell {
  readonly column: string;
  readonly expected: string;
  constructor(column: string, expected: string) {
    this.column = column;
    this.expected = expected;
  }
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

/** Rows of risks. `prediction` is the risk, then the foretold survival. Failures: bad-value, missing-column. */
export function readSurvival(table: Table, times: readonly number[]): Outcome<AnswerRow<FollowUp>[]> {
  return readAnswers<FollowUp>(table, {
    label(cell) {
      if (cell("time") === "" && cell("event") === "") return null;
      const time = plainNumber(cell("time"));
      if (time === null || time < 0) return new BadCell("time", "a time of 0 or more");
      const event = EVENT[cell("event").toLowerCase()];
      return event === undefined
        ? new BadCell("event", "1 (the event came) or 0 (seen last without it)")
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

const EVENT: Readonly<Record<string, 0 | 1>> = { "1": 1, "1.0": 1, true: 1, "0": 0, "0.0": 0, false: 0 };

/** Rows of predicted numbers. Failures: bad-value, missing-column. */
export function readRegression(table: Table): Outcome<AnswerRow<number>[]> {
  return readAnswers<number>(table, {
    label: (cell) => (cell("label") === "" ? null : (plainNumber(cell("label")) ?? new BadCell("label", "a number"))),
    prediction: [{ column: "prediction", ...ANY }],
  });
}

/** Rows of several labels, in the order of the columns p_<name>. Failures: bad-value, missing-column. */
export function readMultilabel(table: Table): Outcome<AnswerRow<Labels>[]> {
  const names = classesOf(table);
  const absent = names.find((name) => !table.header.includes(`label_${name}`));
  if (absent !== undefined || names.length === 0) return missing(`label_${absent ?? "<name>"}`, table);
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

function readAnswers<Label>(table: Table, { label, prediction }: Reading<Label>): Outcome<AnswerRow<Label>[]> {
  const absent = ["patient", ...prediction.map((p) => p.column)].find((name) => !table.header.includes(name));
  if (absent !== undefined) return missing(absent, table);
  const rows: AnswerRow<Label>[] = [];
  for (const [i, cells] of table.rows.entries()) {
    const at = `row ${rowNumber(table, i)} of ${table.file}`;
    const columns = Object.fromEntries(table.header.map((name, c) => [name, cells[c] ?? ""]));
    const cell: Cells = (name) => columns[name] ?? "";
    const bad = (b: BadCell): Outcome<never> => badCell(b, cell(b.column), at);
    const place = placeOf(columns, i);
    if (place instanceof BadCell) return bad(place);
    const answer = label(cell);
    if (answer instanceof BadCell) return bad(answer);
    const values: number[] = [];
    for (const { column, least, most } of prediction) {
      const value = plainNumber(cell(column));
      if (value === null || value < least || value > most) {
        return bad(new BadCell(column, most === 1 ? "a probability from 0 to 1" : "a number"));
      }
      values.push(value);
    }
    rows.push({ ...place, label: answer, prediction: values });
  }
  return ok(rows);
}

const PARTS: readonly Role[] = ["train", "tune", "test", "external"];

function placeOf(columns: Readonly<Record<string, string>>, index: number): Place | BadCell {
  const part = PARTS.find((p) => p === (columns.part || "test"));
  if (part === undefined) return new BadCell("part", "train, tune, test or external");
  if (!columns.patient) return new BadCell("patient", "a patient in every row");
  if (columns.slide === "") return new BadCell("slide", "a slide in every row");
  const fold = columns.fold ? plainNumber(columns.fold) : null;
  if (columns.fold && (fold === null || !Number.isInteger(fold)))
    return new BadCell("fold", "a whole number, or nothing");
  return {
    slide: columns.slide ?? String(index),
    patient: columns.patient,
    site: columns.site || null,
    part,
    fold,
    columns,
  };
}

function badCell({ column, expected }: BadCell, cell: string, at: string): Outcome<never> {
  const isComma = isDecimalComma(cell);
  return fail("bad-value", {
    expected,
    received: `${cell === "" ? "nothing" : `\`${shown(cell)}\``}${isComma ? ", a decimal comma," : ""} in column ${column}, ${at}`,
    remedy: isComma ? "write numbers with a decimal point" : "correct the cell",
  });
}

function missing(column: string, table: Table): Outcome<never> {
  return fail("missing-column", {
    expected: `a column \`${column}\` in ${table.file}`,
    received: table.header.slice(0, 20).map(shown).join(", "),
    remedy: "see `nacre evaluate --help` for the columns of each kind of answer",
  });
}
