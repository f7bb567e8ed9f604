/**
 * The cohort that split files are where no other is given. Tables with a row a slide lend their columns (patient, label,
 * site); lists of ids lend the ids. Barcodes tell patients and hospitals in either case.
 */
import { type Outcome, ok } from "@nacre/core";
import { idColumn } from "../split/dialect/placement.ts";
import { dialectOf, placementsOf } from "../split/dialect.ts";
import { type CohortTable, type CohortTableOptions, cohortOfTable } from "./read-cohort-table.ts";
import type { Table } from "./table.ts";

const ROW_WISE = new Set(["patho-bench", "part-file", "part-column", "flamby", "fold-column", "nacre"]);

/**
 * One row for each slide that the split tables name. A slide named in several files is told as the first tells it; rows that
 * one file has twice stay. Failures as of `cohortOfTable`; tables of no dialect are passed over.
 */
export function cohortOfSplit(tables: readonly Table[], options: CohortTableOptions = {}): Outcome<CohortTable> {
  const header: string[] = [];
  const rows: string[][] = [];
  const earlier = new Set<string>();
  const columnOf = (name: string): number => {
    const at = header.indexOf(name);
    return at >= 0 ? at : header.push(name) - 1;
  };
  for (const table of tables) {
    const dialect = dialectOf(table);
    if (dialect === null || dialect === "clam-descriptor") continue;
    const id = idColumn(table);
    const here = new Set<string>();
    const add = (name: string, at: readonly number[], cells: readonly string[]): void => {
      if (name === "" || earlier.has(name) || (!ROW_WISE.has(dialect) && here.has(name))) return;
      here.add(name);
      const row: string[] = [];
      for (const [from, to] of at.entries()) row[to] = cells[from] ?? "";
      rows.push(row);
    };
    if (ROW_WISE.has(dialect) && id >= 0) {
      const at = table.header.map((name) => columnOf(name.trim()));
      for (const row of table.rows) add((row[id] ?? "").trim(), at, row);
    } else {
      const placements = placementsOf(table, dialect);
      const at = [columnOf("slide")];
      for (const { id } of Array.isArray(placements) ? placements : []) add(id, at, [id]);
    }
    for (const name of here) earlier.add(name);
  }
  const file = tables.length === 1 ? (tables[0]?.file ?? "") : `${tables[0]?.file ?? "the split files"} and others`;
  const full = rows.map((row) => header.map((_, at) => row[at] ?? ""));
  const out = cohortOfTable({ file, header, rows: full }, options);
  if (!out.ok) return out;
  const derived = ["cohort: the slides that the split files name, since no cohort was given", ...out.value.derived];
  return ok({ ...out.value, derived });
}
