/** A table as people keep it: CSV, tab-separated, or the first sheet of an Excel workbook, whose cells become text. */
import { createReadStream, statSync } from "node:fs";
import { fail, type Outcome, ok } from "@nacre/core";
import { readTable, type Table } from "../study/table.ts";

/** Failures: bad-table (none there, damaged, no rows), no-permission. The columns may be ragged, as those of split files are. */
export async function readAnyTable(path: string): Promise<Outcome<Table>> {
  return /\.xls[xm]?$/i.test(path) ? readWorkbook(path) : readTable(path, { ragged: true });
}

async function readWorkbook(path: string): Promise<Outcome<Table>> {
  const damaged = (received: string): Outcome<never> =>
    fail("bad-table", {
      expected: "an Excel workbook (.xlsx) with a header row in its first sheet",
      received: `${received} in ${path}`,
      remedy: "save the sheet as CSV UTF-8",
    });
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    return fail("bad-table", { expected: "a table", received: `nothing at ${path}`, remedy: "check the path" });
  }
  try {
    const { readSheet } = await import("read-excel-file/node");
    const [header, ...rows] = await readSheet(createReadStream(path));
    if (header === undefined || rows.length === 0) return damaged("no rows");
    return ok({ file: path, header: header.map(cellText), rows: rows.map((row) => row.map(cellText)) });
  } catch (error) {
    return damaged(error instanceof Error ? error.message : String(error));
  }
}

/** Dates become ISO days: a workbook stores a number, and what it looked like is not in the file. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return String(cell).trim();
}
