/**
 * The rows of a foreign table of predictions: one row a bag, `patient`, `label` and `p_<class>` for each class, and perhaps
 * `slide`, `case`, `site`, `part`, `fold`. Every problem is named by row and column.
 */
import { type ClassifyTask, fail, nearestName, type Outcome, ok } from "@nacre/core";
import type { PredictionRow } from "@nacre/evaluation";
import type { Table } from "../study/parse-table.ts";
import { BadCell, badCell, emptyRow, rowName, shown } from "./bad-cell.ts";
import { plainNumber } from "./cell-form.ts";
import { CLASSES, missingColumns } from "./missing-column.ts";
import { type Cells, placeOf } from "./read-place.ts";

/** How far a row of probabilities may be from summing to 1: float32 output printed with few digits. */
const SUM_TOLERANCE = 1e-3;

/** The classes a table holds probabilities of, in the order of its columns. */
export function classesOf(table: Table): string[] {
  return table.header.filter((h) => h.startsWith("p_") && h.length > 2).map((h) => h.slice(2));
}

/** The question a table answers. `positive` null: the last class. Failures: missing-column, bad-usage. */
export function taskOf(table: Table, positive: string | null): Outcome<ClassifyTask> {
  const classes = classesOf(table);
  const [first, second, ...rest] = classes;
  const absent = ["patient", "label"].filter((column) => !table.header.includes(column));
  if (first === undefined || second === undefined) return missingColumns([...absent, CLASSES], table);
  if (absent.length > 0) return missingColumns(absent, table);
  const chosen = positive ?? (classes.at(-1) as string);
  if (classes.includes(chosen))
    return ok({ kind: "classify", label: "label", classes: [first, second, ...rest], positive: chosen });
  return fail("bad-usage", {
    expected: `--positive among ${classes.join(", ")}`,
    received: chosen,
    remedy: "name one of the classes",
  });
}

/**
 * One row for each row of the table, in its order. `kept` are the columns that each row carries on, for subgroups; default: all, which for
 * a large table is most of its memory. Failures: bad-value.
 */
export function readPredictions(
  table: Table,
  task: ClassifyTask,
  kept: readonly string[] = table.header,
): Outcome<PredictionRow[]> {
  const rows: PredictionRow[] = [];
  const slots = task.classes.map((c) => table.header.indexOf(`p_${c}`));
  const places = new Map(table.header.map((name, c) => [name, c]));
  const carried = kept.flatMap((name) => (places.has(name) ? [[name, places.get(name) as number] as const] : []));
  const hasSlide = places.has("slide");
  for (const [i, cells] of table.rows.entries()) {
    const cell: Cells = (name) => cells[places.get(name) ?? -1] ?? "";
    const bad = (problem: BadCell): Outcome<never> => badCell(problem, cell(problem.column), table, i);
    const empty = emptyRow(cells, table, i);
    if (empty !== null) return empty;
    const probabilities = readProbabilities(table, cells, slots);
    if (probabilities instanceof BadCell) return bad(probabilities);
    const sum = probabilities.reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) > SUM_TOLERANCE) return badSum(sum, slots, table, i);
    const label = cell("label") || null;
    if (label !== null && !task.classes.includes(label)) return bad(unknownLabel(label, task.classes));
    const place = placeOf(cell, i, hasSlide);
    if (place instanceof BadCell) return bad(place);
    const columns: Record<string, string> = {};
    for (const [name, c] of carried) columns[name] = cells[c] ?? "";
    rows.push({ ...place, case: cell("case") || place.patient, label, probabilities, columns });
  }
  return ok(rows);
}

/** What a label that is no class looks like: a class in other letters, or the same number written otherwise. */
function unknownLabel(label: string, classes: readonly string[]): BadCell {
  const expected = `a label among ${classes.join(", ")}`;
  const number = plainNumber(label);
  const alike =
    classes.find((c) => c.trim().toLowerCase() === label.trim().toLowerCase()) ??
    (number === null ? undefined : classes.find((c) => plainNumber(c) === number));
  if (alike !== undefined) {
    const remedy = `it looks like the class \`${shown(alike)}\`: write the label as in the name of its column, p_${shown(alike)}`;
    return new BadCell("label", expected, remedy);
  }
  const near = label.length < 4 ? null : nearestName(label, classes);
  const remedy = `${near === null ? "" : `did you mean \`${shown(near)}\`? If it is a class of its own, `}give its probability in a column p_${shown(label)}`;
  return new BadCell("label", expected, remedy);
}

function readProbabilities(table: Table, cells: readonly string[], slots: readonly number[]): number[] | BadCell {
  const out: number[] = [];
  for (const c of slots) {
    const p = plainNumber(cells[c] ?? "");
    if (p === null || p < 0 || p > 1) {
      return new BadCell(
        table.header[c] as string,
        "probabilities from 0 to 1",
        p === null ? null : outside(table, slots),
      );
    }
    out.push(p);
  }
  return out;
}

/** What numbers outside 0 to 1 are, by all cells of the columns. */
function outside({ rows }: Table, slots: readonly number[]): string {
  let least = 0;
  let most = 0;
  for (const row of rows) {
    for (const c of slots) {
      const value = plainNumber(row[c] ?? "") ?? 0;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  if (least < 0 && most <= 0) return "these look like logarithms of probabilities: give exp of them";
  if (least < 0) return "these look like logits, which are no probabilities: give their softmax over the classes";
  return most <= 100
    ? "divide by 100 if these are percentages; scores and logits are not probabilities"
    : "scores and logits are not probabilities: give the softmax over the classes";
}

function badSum(sum: number, slots: readonly number[], table: Table, index: number): Outcome<never> {
  const names = slots.map((c) => table.header[c]).join(" + ");
  return fail("bad-value", {
    expected: "probabilities that sum to 1 in every row",
    received: `${Number(sum.toPrecision(6))} as ${names}, ${rowName(table, index)}`,
    remedy: "give one probability for each class, after softmax; scores and logits are not probabilities",
  });
}
