/** What every reader of a split table hands on: ids with their part and fold, or the cell that could not be read. */
import type { Role } from "@nacre/core";

export interface SplitTable {
  /** Name of the file, for messages and for the number of the fold. */
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One line of a split: an id as written, its part and fold (null: the number of the table). */
export interface Placement {
  readonly id: string;
  readonly part: Role;
  readonly fold: number | null;
  /** True where the file says `val`, which may be the part that is reported. */
  readonly isForeignTune?: boolean;
}

/** A cell of an unknown kind, as text for the message. */
export interface BadCell {
  readonly bad: string;
}

/** Where a cell is, for a person who has the table open: the header is row 1. */
export function badCell(table: SplitTable, row: number, at: number): BadCell {
  return {
    bad: `${JSON.stringify((table.rows[row]?.[at] ?? "").trim())} in row ${row + 2}, column ${table.header[at]?.trim() === "" ? at + 1 : table.header[at]}`,
  };
}

/** The trimmed cell of a row; "" where the row is too short. */
export function cellOf(row: readonly string[], at: number): string {
  return (row[at] ?? "").trim();
}

const ID_COLUMNS = [
  "slide",
  "slide_id",
  "slideid",
  "wsi",
  "filename",
  "file_name",
  "image_id",
  "slide_name",
  "case_id",
  "case",
  "patient",
  "patient_id",
  "pat_id",
  "pid",
  "id",
];

/** The column of ids, slides before patients; -1 for none. */
export function idColumn(table: SplitTable): number {
  const names = table.header.map((h) =>
    h
      .trim()
      .toLowerCase()
      .replace(/[\s.-]+/g, "_"),
  );
  for (const name of ID_COLUMNS) {
    const at = names.indexOf(name);
    if (at >= 0) return at;
  }
  return -1;
}
