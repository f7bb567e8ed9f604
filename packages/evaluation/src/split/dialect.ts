/**
 * The dialects of split tables, told apart by their header and cells, and only where these say nothing by the name of the
 * file. One file a family under `dialect/`.
 */
import { clamDialectOf, readMatrix, readRagged } from "./dialect/clam.ts";
import { isFoldTable, readFoldColumns } from "./dialect/fold-columns.ts";
import { type PartColumnDialect, partColumnDialectOf, readFoldColumn, readPartColumn } from "./dialect/part-column.ts";
import { isPartFile, partFileOf, readPartFile } from "./dialect/part-file.ts";
import type { BadCell, Placement, SplitTable } from "./dialect/placement.ts";

export { partNamed } from "./dialect/part-name.ts";
export type { Placement, SplitTable } from "./dialect/placement.ts";

export type SplitDialect = "clam" | "clam-bool" | "clam-descriptor" | "patho-bench" | "part-file" | PartColumnDialect;

/** The dialect, or null for a table in none of them. */
export function dialectOf(table: SplitTable): SplitDialect | null {
  const rowWise = partColumnDialectOf(table);
  if (rowWise === "nacre") return rowWise;
  if (isFoldTable(table)) return "patho-bench";
  return rowWise ?? clamDialectOf(table) ?? (isPartFile(table) ? "part-file" : null);
}

/** Every placement in the table, in its order, or the cell that cannot be read. `isElsewhere`: a part file from outside. */
export function placementsOf(table: SplitTable, dialect: SplitDialect, isElsewhere = false): Placement[] | BadCell {
  switch (dialect) {
    case "clam-descriptor":
      return [];
    case "clam":
      return readRagged(table);
    case "clam-bool":
      return readMatrix(table);
    case "patho-bench":
      return readFoldColumns(table);
    case "fold-column":
      return readFoldColumn(table);
    case "part-file": {
      const named = partFileOf(table.file);
      return named === null ? [] : readPartFile(table, named, isElsewhere);
    }
    case "nacre":
    case "part-column":
    case "flamby":
      return readPartColumn(table, dialect);
  }
}
