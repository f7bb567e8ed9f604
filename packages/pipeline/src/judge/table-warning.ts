/**
 * What is suspicious in a table and yet may be right: the result stays as it is, and the reader is told where to look.
 * A column of dates is no suspicion; a few dates in a column of other things are.
 */
import type { Evaluation, PartScore } from "@nacre/evaluation";
import { rowNumber, type Table } from "../study/parse-table.ts";
import { isDate, isDaySerial, isRoundedNumber, isWhole } from "./cell-form.ts";

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
