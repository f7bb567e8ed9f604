/**
 * CSV in and out. Reading keeps row numbers for messages, takes away a byte-order mark, refuses UTF-16 and ragged rows
 * by place. Writing is RFC 4180 with `\n`, so that equal tables are equal bytes.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { readBytes } from "./read-text.ts";

export interface Table {
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface TableOptions {
  /** Split files of other tools: an unnamed first column, columns of unequal length, repeated names. */
  readonly ragged?: boolean;
}

/** Reads a CSV (or tab-separated, by its name) table. Failures: bad-table, no-permission. */
export function readTable(path: string, options: TableOptions = {}): Outcome<Table> {
  const read = readBytes(path);
  if (!read.ok) {
    if (read.failure.kind === "no-permission") return read;
    return badTable("a table (CSV)", read.failure.received, "check the path");
  }
  const bytes = read.value;
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return badTable("UTF-8 text", `UTF-16 in ${path}`, "save the table as CSV UTF-8");
  }
  return parseTable(bytes.toString("utf8"), path, options);
}

/** Parses CSV text; `file` names it in messages. */
export function parseTable(text: string, file: string, options: TableOptions = {}): Outcome<Table> {
  const delimiter = /\.tsv$/i.test(file) ? "\t" : ",";
  let records: string[][];
  try {
    records = parse(text, { bom: true, delimiter, relax_column_count: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return badTable("a well-formed CSV table", `${error.message} in ${file}`, "mend the quoting in that line");
  }
  const [header, ...rows] = records;
  if (header === undefined || rows.length === 0) {
    return badTable(
      "a header and at least one row",
      `${records.length} lines in ${file}`,
      "check that this is the right file",
    );
  }
  if (header.length === 1 && header[0]?.includes(";")) {
    return badTable("columns separated by commas", `semicolons in ${file}`, "save the table as comma-separated values");
  }
  if (options.ragged === true) return ok({ file, header, rows });
  const twice = header.find((name, i) => name !== "" && header.indexOf(name) !== i);
  if (twice !== undefined) {
    return badTable("each column name once", `\`${twice}\` twice in ${file}`, "rename one of the two columns");
  }
  const ragged = rows.findIndex((row) => row.length !== header.length);
  if (ragged >= 0) {
    return badTable(
      `${header.length} cells in every row, as in the header`,
      `${rows[ragged]?.length} in row ${ragged + 2} of ${file}`,
      "quote cells that contain commas",
    );
  }
  return ok({ file, header, rows });
}

/** A table as CSV text. */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return stringify([
    header,
    ...rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell)))),
  ] as string[][]);
}

function badTable(expected: string, received: string, remedy: string): ReturnType<typeof fail> {
  return fail("bad-table", { expected, received, remedy });
}
