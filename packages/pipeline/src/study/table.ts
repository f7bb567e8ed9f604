/** Tables in files: CSV in (what it says is read by `parse-table.ts`) and out, RFC 4180 with `\n`: equal tables, equal bytes. */
import { fail, type Outcome } from "@nacre/core";
import { stringify } from "csv-stringify/sync";
import { type Table, type TableOptions, tableOfChunks } from "./parse-table.ts";
import { readChunks } from "./read-text.ts";

export type { Table, TableOptions } from "./parse-table.ts";

/** Reads a CSV (or tab-separated, by its name) table, a chunk at a time. Failures: bad-table, no-permission. */
export function readTable(path: string, options: TableOptions = {}): Outcome<Table> {
  const read = readChunks(path);
  if (read.ok) return tableOfChunks(read.value, path, options);
  if (read.failure.kind === "no-permission") return read;
  return fail("bad-table", {
    expected: "a table (CSV)",
    received: read.failure.received,
    remedy: "check the path",
  });
}

/** A table as CSV text. */
export function csvText(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return stringify([
    header,
    ...rows.map((row) => row.map((cell) => (cell === null ? "" : String(cell)))),
  ] as string[][]);
}
