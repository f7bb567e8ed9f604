/**
 * The CLAM family (CLAM, GPFM, TransMIL, MCAT, SurvPath), one file a fold: `clam` ragged columns train, val, test that list
 * slides or cases; `clam-bool` one row an id with a boolean for each part; `clam-descriptor` counts of labels, which is no split.
 */
import type { Role } from "@nacre/core";
import { isForeignTune, partOfHeader } from "./part-name.ts";
import { type BadCell, badCell, cellOf, idColumn, type Placement, type SplitTable } from "./placement.ts";

const YES = new Set(["true", "1", "1.0", "yes"]);
const NO = new Set(["false", "0", "0.0", "no", ""]);
/** A table of counts has a row a class. */
const MAX_CLASSES = 64;

interface PartColumn {
  readonly at: number;
  readonly part: Role;
}

export function clamDialectOf(table: SplitTable): "clam" | "clam-bool" | "clam-descriptor" | null {
  const columns = partColumns(table);
  if (columns.length < 2) return null;
  const cells = table.rows.flatMap((row) => columns.map((c) => cellOf(row, c.at).toLowerCase()));
  if (cells.some((c) => c === "true" || c === "false")) return "clam-bool";
  const isNumeric = cells.every((c) => c === "" || /^\d+(\.0)?$/.test(c));
  // Numbers may be ids; a descriptor has a handful of rows, a number in each cell and a name in front.
  if (isNumeric && columns[0]?.at === 1 && table.rows.length > 0 && cells.every((c) => c !== "")) {
    const isMatrix = cells.every((c) => YES.has(c) || NO.has(c));
    const isIndex = table.rows.every((row, i) => Number(row[0]) === i);
    if (isMatrix && !isIndex) return "clam-bool";
    if (table.rows.length <= MAX_CLASSES) return "clam-descriptor";
  }
  return "clam";
}

/** Ids in the columns of their parts, row by row. */
export function readRagged(table: SplitTable): Placement[] {
  const columns = partColumns(table);
  return table.rows.flatMap((row) =>
    columns.flatMap(({ at, part }) => {
      const id = cellOf(row, at);
      return id === "" ? [] : [placed(table, id, part, at)];
    }),
  );
}

/** One id a row, true in the columns of its parts. */
export function readMatrix(table: SplitTable): Placement[] | BadCell {
  const columns = partColumns(table);
  const id = Math.max(0, idColumn(table));
  const out: Placement[] = [];
  for (const [i, row] of table.rows.entries()) {
    for (const { at, part } of columns) {
      const cell = cellOf(row, at).toLowerCase();
      if (YES.has(cell)) out.push(placed(table, cellOf(row, id), part, at));
      else if (!NO.has(cell)) return badCell(table, i, at);
    }
  }
  return out;
}

function placed(table: SplitTable, id: string, part: Role, at: number): Placement {
  return { id, part, fold: null, isForeignTune: isForeignTune(table.header[at] ?? "") };
}

function partColumns(table: SplitTable): PartColumn[] {
  return table.header.flatMap((name, at) => {
    const part = partOfHeader(name);
    return part === null ? [] : [{ at, part }];
  });
}
