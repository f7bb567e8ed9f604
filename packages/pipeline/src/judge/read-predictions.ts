/**
 * The rows of a foreign table of predictions: one row a bag, `patient`, `label` and `p_<class>` for each class, and perhaps
 * `slide`, `case`, `site`, `part`, `fold`. Every problem is named by row and column.
 */
import { type ClassifyTask, fail, type Outcome, ok } from "@nacre/core";
import type { PredictionRow } from "@nacre/evaluation";
import { rowNumber, type Table } from "../study/parse-table.ts";
import { isDate, isDecimalComma, plainNumber } from "./cell-form.ts";

/** How far a row of probabilities may be from summing to 1: float32 output printed with few digits. */
const SUM_TOLERANCE = 1e-3;

const PARTS = ["train", "tune", "test", "external"] as const;

/** The classes a table holds probabilities of, in the order of its columns. */
export function classesOf(table: Table): string[] {
  return table.header.filter((h) => h.startsWith("p_") && h.length > 2).map((h) => h.slice(2));
}

/** The question a table answers. `positive` null: the last class. Failures: missing-column, bad-usage. */
export function taskOf(table: Table, positive: string | null): Outcome<ClassifyTask> {
  const classes = classesOf(table);
  const [first, second, ...rest] = classes;
  if (first === undefined || second === undefined) return missing("two or more columns p_<class>", table);
  for (const column of ["patient", "label"]) {
    if (!table.header.includes(column)) return missing(`a column \`${column}\``, table);
  }
  const chosen = positive ?? (classes.at(-1) as string);
  if (classes.includes(chosen))
    return ok({ kind: "classify", label: "label", classes: [first, second, ...rest], positive: chosen });
  return fail("bad-usage", {
    expected: `--positive among ${classes.join(", ")}`,
    received: chosen,
    remedy: "name one of the classes",
  });
}

/** One row for each row of the table, in its order. Failures: bad-value. */
export function readPredictions(table: Table, task: ClassifyTask): Outcome<PredictionRow[]> {
  const rows: PredictionRow[] = [];
  const slots = task.classes.map((c) => table.header.indexOf(`p_${c}`));
  const hasSlide = table.header.includes("slide");
  for (const [i, cells] of table.rows.entries()) {
    const at = `row ${rowNumber(table, i)} of ${table.file}`;
    const columns = Object.fromEntries(table.header.map((name, c) => [name, cells[c] ?? ""]));
    const probabilities = readProbabilities(table, cells, slots, at);
    if (!probabilities.ok) return probabilities;
    const row = readRow(columns, task, at);
    if (!row.ok) return row;
    const slide = hasSlide ? (columns.slide as string) : String(i);
    if (slide === "") return badCell("a slide in every row", "nothing", "slide", at);
    rows.push({ slide, ...row.value, probabilities: probabilities.value, columns });
  }
  return ok(rows);
}

function readRow(
  columns: Readonly<Record<string, string>>,
  task: ClassifyTask,
  at: string,
): Outcome<Pick<PredictionRow, "case" | "patient" | "site" | "part" | "fold" | "label">> {
  const label = columns.label || null;
  if (label !== null && !task.classes.includes(label)) {
    return badCell(`a label among ${task.classes.join(", ")}`, `\`${shown(label)}\``, "label", at);
  }
  const part = PARTS.find((p) => p === (columns.part || "test"));
  if (part === undefined) {
    return badCell("part train, tune, test or external", `\`${shown(columns.part)}\``, "part", at);
  }
  const { patient } = columns;
  if (!patient) return badCell("a patient in every row", "nothing", "patient", at);
  const fold = columns.fold ? plainNumber(columns.fold) : null;
  if (columns.fold && (fold === null || !Number.isInteger(fold))) {
    return badCell("a whole number, or nothing", `\`${shown(columns.fold)}\``, "fold", at);
  }
  return ok({ case: columns.case || patient, patient, site: columns.site || null, part, fold, label });
}

function readProbabilities(
  table: Table,
  cells: readonly string[],
  slots: readonly number[],
  at: string,
): Outcome<number[]> {
  const out: number[] = [];
  let sum = 0;
  for (const c of slots) {
    const cell = cells[c] ?? "";
    const p = plainNumber(cell);
    if (p === null || p < 0 || p > 1) return notProbability(cell, table.header[c] as string, at);
    out.push(p);
    sum += p;
  }
  if (Math.abs(sum - 1) <= SUM_TOLERANCE) return ok(out);
  const names = slots.map((c) => table.header[c]).join(" + ");
  return fail("bad-value", {
    expected: "probabilities that sum to 1 in every row",
    received: `${Number(sum.toPrecision(6))} as ${names}, ${at}`,
    remedy: "give one probability for each class, after softmax; scores and logits are not probabilities",
  });
}

function notProbability(cell: string, column: string, at: string): Outcome<never> {
  const value = plainNumber(cell);
  let remedy = "correct the cell";
  let what = cell === "" ? "nothing" : `\`${shown(cell)}\``;
  if (isDecimalComma(cell)) {
    what += ", a decimal comma,";
    remedy = "write numbers with a decimal point (in a spreadsheet: set its language to English before saving as CSV)";
  } else if (isDate(cell)) {
    what += ", a date,";
    remedy =
      "a spreadsheet may have made a date of the number: export the table again with the column as text or number";
  } else if (value !== null && value > 1) {
    remedy = value <= 100 ? "divide by 100 if these are percentages" : "scores and logits are not probabilities";
  }
  return fail("bad-value", {
    expected: "probabilities from 0 to 1",
    received: `${what} in column ${column}, ${at}`,
    remedy,
  });
}

/** A cell in a message, not a page of it. */
export function shown(cell: string | undefined): string {
  const text = cell ?? "";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function badCell(expected: string, received: string, column: string, at: string): Outcome<never> {
  return fail("bad-value", {
    expected,
    received: `${received} in column ${column}, ${at}`,
    remedy: "correct the cell",
  });
}

function missing(expected: string, table: Table): Outcome<never> {
  return fail("missing-column", {
    expected: `${expected} in ${table.file}`,
    received: shownList(table.header),
    remedy: "rename the columns: slide, patient, part, fold, label, p_<class> for each class",
  });
}

function shownList(names: readonly string[]): string {
  const first = names.slice(0, 20).map(shown).join(", ");
  return names.length > 20 ? `${first} and ${names.length - 20} more columns` : first;
}
