/**
 * A cell that cannot be meant, told by row and column, with what it looks like and what to do about it. Cells are named and
 * never turned into what they look like.
 */
import { fail, type Outcome } from "@nacre/core";
import { rowNumber, type Table } from "../study/parse-table.ts";
import { isDate, isDecimalComma, isPercent } from "./cell-form.ts";

/** What a column expected of a cell; `remedy` where more is known than the look of the cell says. */
export class BadCell {
  readonly column: string;
  readonly expected: string;
  readonly remedy: string | null;
  constructor(column: string, expected: string, remedy: string | null = null) {
    this.column = column;
    this.expected = expected;
    this.remedy = remedy;
  }
}

/** The failure bad-value of a cell in the row at `index`. */
export function badCell(bad: BadCell, cell: string, table: Table, index: number): Outcome<never> {
  const look = lookOf(cell);
  return fail("bad-value", {
    expected: bad.expected,
    received: `${cell === "" ? "nothing" : `\`${shown(cell)}\``}${look === null ? "" : `, ${look.what},`} in column ${shown(bad.column)}, ${rowName(table, index)}`,
    remedy: look?.remedy ?? bad.remedy ?? "correct the cell",
  });
}

/** A row of nothing but empty cells, as spreadsheets leave them below a table; null where every row holds something. */
export function emptyRow(cells: readonly string[], table: Table, index: number): Outcome<never> | null {
  if (cells.some((cell) => cell !== "")) return null;
  const count = table.rows.filter((row) => row.every((cell) => cell === "")).length;
  return fail("bad-value", {
    expected: "something in every row",
    received: `${count === 1 ? "an empty row" : `${count} empty rows, the first`}: ${rowName(table, index)}`,
    remedy: "delete the empty rows; a spreadsheet saves rows whose cells were cleared, so delete whole rows there",
  });
}

/** "row 5 of predictions.csv". */
export function rowName(table: Table, index: number): string {
  return `row ${rowNumber(table, index)} of ${table.file}`;
}

/** A cell in a message, not a page of it. */
export function shown(cell: string | undefined): string {
  const text = cell ?? "";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

interface Look {
  readonly what: string;
  readonly remedy: string;
}

function lookOf(cell: string): Look | null {
  if (isDecimalComma(cell)) {
    const remedy =
      "write numbers with a decimal point (in a spreadsheet: set its language to English before saving as CSV)";
    return { what: "a decimal comma", remedy };
  }
  if (isPercent(cell)) return { what: "a percentage", remedy: "divide by 100 and leave out the sign: 0.631 for 63.1%" };
  if (isDate(cell)) {
    const remedy =
      "a spreadsheet may have made a date of the cell: export the table again with the column as text or number";
    return { what: "a date", remedy };
  }
  return null;
}
