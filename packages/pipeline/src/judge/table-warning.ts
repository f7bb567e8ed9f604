/**
 * What is suspicious in a table and yet may be right: the result stays as it is, and the reader is told where to look.
 * A column of dates is no suspicion; a few dates in a column of other things are.
 */
import type { Evaluation, PartScore, PredictionRow } from "@nacre/evaluation";
import { counted } from "../report/number-text.ts";
import { rowNumber, type Table } from "../study/parse-table.ts";
import { shown } from "./bad-cell.ts";
import { isDate, isDaySerial, isRoundedNumber, isWhole } from "./cell-form.ts";
import { isForeignTune } from "./read-place.ts";

export interface TableWarning {
  /** `spreadsheet-date`, `spreadsheet-number`: cells a spreadsheet may have rewritten. `columns-swapped`: worse than chance for certain. */
  readonly kind: "spreadsheet-date" | "spreadsheet-number" | "columns-swapped";
  /** The column, where it is about one. */
  readonly column: string | null;
  /** Rows as a spreadsheet counts, the first ten. */
  readonly rows: readonly number[];
  readonly count: number;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

/** What was made of a table that is right: rows left out, words read as our own. */
export interface TableNote extends Omit<TableWarning, "kind"> {
  /** `unlabelled`: patients predicted but not judged. `part-renamed`: the word for a tune part in other tools. */
  readonly kind: "unlabelled" | "part-renamed";
}

/** Numbers that look like a question of two classes. */
export interface ClassWarning extends Omit<TableWarning, "kind"> {
  readonly kind: "looks-like-classes";
}

const SHOWN = 10;

/** Cells in `columns` that a spreadsheet may have rewritten, by column. */
export function spreadsheetWarnings(table: Table, columns: readonly string[]): TableWarning[] {
  return columns.flatMap((column) => {
    const c = table.header.indexOf(column);
    const cells = table.rows.map((row) => row[c] ?? "");
    const dates = minority(cells, isDate) ?? serials(cells);
    const rounded = minority(cells, isRoundedNumber);
    return [
      ...(dates === null ? [] : [cellWarning("spreadsheet-date", table, column, cells, dates)]),
      ...(rounded === null ? [] : [cellWarning("spreadsheet-number", table, column, cells, rounded)]),
    ];
  });
}

/** Indices of the cells of a form that most other cells do not have; null for none. */
function minority(cells: readonly string[], is: (cell: string) => boolean): number[] | null {
  const found: number[] = [];
  let others = 0;
  for (const [i, cell] of cells.entries()) {
    if (cell === "") continue;
    if (is(cell)) found.push(i);
    else others++;
  }
  return found.length > 0 && found.length < others ? found : null;
}

/** A day's number among names: only where hardly anything else in the column is a whole number. */
function serials(cells: readonly string[]): number[] | null {
  const found = minority(cells, isDaySerial);
  const whole = minority(cells, isWhole);
  return found !== null && whole?.length === found.length ? found : null;
}

function cellWarning(
  kind: "spreadsheet-date" | "spreadsheet-number",
  table: Table,
  column: string,
  cells: readonly string[],
  found: readonly number[],
): TableWarning {
  const first = cells[found[0] as number] as string;
  const other = cells.find((cell, i) => cell !== "" && !found.includes(i)) ?? "";
  const rows = found.slice(0, SHOWN).map((i) => rowNumber(table, i));
  const what = kind === "spreadsheet-date" ? "a date" : "a rounded number";
  return {
    kind,
    column,
    rows,
    count: found.length,
    expected: `cells like \`${other.slice(0, 60)}\` in column ${column} of ${table.file}`,
    received: `${what}, \`${first.slice(0, 60)}\`, in row ${rows[0]}${found.length > 1 ? ` and ${found.length - 1} more` : ""}`,
    remedy:
      "if a spreadsheet rewrote the cell, export the table again with the column as text; nothing was changed here",
  };
}

/** A part whose AUROC is below one half with its whole interval: a model seldom does that, a mistake often. */
export function swapWarnings({ internal, external }: Evaluation, classes: readonly string[]): TableWarning[] {
  const parts: readonly (readonly [string, PartScore | null])[] = [
    ["internal", internal],
    ["external", external],
  ];
  return parts.flatMap(([name, part]): TableWarning[] => {
    if (part === null) return [];
    const { value, low, high, n } = part.auroc;
    if (value === null || low === null || high === null || high >= 0.5) return [];
    return [
      {
        kind: "columns-swapped",
        column: null,
        rows: [],
        count: n,
        expected: "an AUROC whose interval reaches 0.5",
        received: `${name} AUROC ${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}), worse than chance for certain`,
        remedy: `look whether the columns ${classes.map((c) => `p_${c}`).join(" and ")}, the labels or the positive class are swapped; nothing was changed here`,
      },
    ];
  });
}

/** What a reader of the numbers has to know about the rows. `rows` are those of `table`, in its order. */
export function tableNotes(
  rows: readonly Pick<PredictionRow, "patient" | "part" | "label">[],
  table: Table,
): TableNote[] {
  return [...partNotes(table), ...unlabelledNotes(rows, table)];
}

/** Patients of the judged parts of whom no row has a label. */
function unlabelledNotes(
  rows: readonly Pick<PredictionRow, "patient" | "part" | "label">[],
  table: Table,
): TableNote[] {
  return (["test", "external"] as const).flatMap((part): TableNote[] => {
    const labelled = new Set(rows.flatMap((r) => (r.part === part && r.label !== null ? [r.patient] : [])));
    const found = rows.flatMap((r, i) => (r.part === part && !labelled.has(r.patient) ? [i] : []));
    if (found.length === 0) return [];
    const patients = new Set(found.map((i) => rows[i]?.patient)).size;
    return [
      {
        kind: "unlabelled",
        column: null,
        rows: found.slice(0, SHOWN).map((i) => rowNumber(table, i)),
        count: patients,
        expected: `a label for each patient of part ${part}`,
        received: `${counted(patients, "patient")} without one, first in row ${rowNumber(table, found[0] as number)} of ${table.file}`,
        remedy: "left out of every number; fill in the label where it is known",
      },
    ];
  });
}

/** Rows of a part that other tools call otherwise. */
function partNotes(table: Table): TableNote[] {
  const c = table.header.indexOf("part");
  const found = table.rows.flatMap((row, i) => (c >= 0 && isForeignTune(row[c] ?? "") ? [i] : []));
  const first = found[0];
  if (first === undefined) return [];
  return [
    {
      kind: "part-renamed",
      column: "part",
      rows: found.slice(0, SHOWN).map((i) => rowNumber(table, i)),
      count: found.length,
      expected: "part train, tune, test or external",
      received: `\`${shown(table.rows[first]?.[c])}\` in ${counted(found.length, "row")}, first in row ${rowNumber(table, first)} of ${table.file}`,
      remedy: "read as tune: never judged; where it is the part you report, call it test",
    },
  ];
}

/** Labels that are all 0 or 1 with predictions from 0 to 1: a probability that was named `prediction`. */
export function classWarnings(
  rows: readonly { readonly label: number | null; readonly prediction: readonly number[] }[],
  table: Table,
): ClassWarning[] {
  const labelled = rows.filter((r) => r.label !== null);
  const isBinary = labelled.length > 0 && labelled.every((r) => r.label === 0 || r.label === 1);
  if (!isBinary || rows.some(({ prediction: [p = 0] }) => p < 0 || p > 1)) return [];
  return [
    {
      kind: "looks-like-classes",
      column: "prediction",
      rows: [],
      count: labelled.length,
      expected: `labels of many values beside the column prediction of ${table.file}`,
      received: "0 and 1 alone, with predictions from 0 to 1",
      remedy:
        "if these are probabilities of a class, give the columns p_0 and p_1 (p_1 = prediction, p_0 = 1 - prediction) in place of prediction; here they were judged as numbers",
    },
  ];
}

/** Warnings and notes as lines for a terminal. */
export function warningLines(warnings: readonly Omit<TableWarning, "kind">[], notes: readonly TableNote[]): string[] {
  const line =
    (word: string) =>
    (w: Omit<TableWarning, "kind">): string =>
      `${word}: expected ${w.expected}; received ${w.received}. ${w.remedy}`;
  return [...warnings.map(line("warning")), ...notes.map(line("note"))];
}
