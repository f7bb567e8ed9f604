/** Binary profiles from CSV tables: a column of patients, and columns of 0, 1 or nothing, which means not known. */
import { basename, extname } from "node:path";
import { fail, type Outcome, ok } from "@nacre/core";
import type { Profile } from "@nacre/models";
import { rowNumber } from "../study/parse-table.ts";
import { readTable } from "../study/table.ts";

export interface ProfileTable {
  /** The name of the file without its ending. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly byPatient: ReadonlyMap<string, Profile>;
}

/** Failures: those of reading a table, missing-column (patient), bad-value, duplicate-id, bad-table (no other column). */
export function readProfiles(path: string): Outcome<ProfileTable> {
  const read = readTable(path);
  if (!read.ok) return read;
  const table = read.value;
  const at = table.header.indexOf("patient");
  if (at < 0) {
    return fail("missing-column", {
      expected: `a column patient in ${path}`,
      received: table.header.join(", "),
      remedy: "name the column of patients patient",
    });
  }
  const places = table.header.flatMap((_, column) => (column === at ? [] : [column]));
  if (places.length === 0) {
    return fail("bad-table", {
      expected: `at least one column beside patient in ${path}`,
      received: "none",
      remedy: "add a column of 0 and 1 for each finding",
    });
  }
  const byPatient = new Map<string, Profile>();
  for (const [index, row] of table.rows.entries()) {
    const patient = row[at]?.trim() ?? "";
    if (byPatient.has(patient)) {
      return fail("duplicate-id", {
        expected: `each patient once in ${path}`,
        received: `${patient} again in row ${rowNumber(table, index)}`,
        remedy: "keep one row a patient",
      });
    }
    const entries: (0 | 1 | null)[] = [];
    for (const column of places) {
      const text = row[column]?.trim() ?? "";
      if (text !== "" && text !== "0" && text !== "1") {
        return fail("bad-value", {
          expected: `0, 1 or nothing in column ${table.header[column]} of ${path}`,
          received: `${text} in row ${rowNumber(table, index)}`,
          remedy: "correct it; leave the cell empty where it is not known",
        });
      }
      entries.push(text === "" ? null : text === "1" ? 1 : 0);
    }
    byPatient.set(patient, entries);
  }
  const columns = places.map((column) => table.header[column] as string);
  return ok({ name: basename(path, extname(path)), columns, byPatient });
}
