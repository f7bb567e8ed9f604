/**
 * The split that a cohort table holds itself, in a column part, split or fold, or a column for each part or fold. A column is
 * taken only where every filled cell fits: `part` may be a part of the body, and `set` anything.
 */
import type { CohortRow } from "@nacre/core";
import { isFoldHeader } from "../split/dialect/fold-columns.ts";
import { isFoldColumn, isPartColumn } from "../split/dialect/part-column.ts";
import { partNamed, partOfHeader } from "../split/dialect/part-name.ts";
import type { SplitTable } from "../split/dialect/placement.ts";
import { dialectOf } from "../split/dialect.ts";
import { isMissing, plainName } from "./table.ts";

export interface OwnSplit {
  /** null where no column says a part or a fold. */
  readonly table: SplitTable | null;
  /** The columns it is read from. */
  readonly columns: readonly string[];
  /** Columns that are named like one and hold parts among other words. */
  readonly passedOver: readonly string[];
}

/** @param file name of the cohort table, for messages */
export function ownSplitOf(file: string, rows: readonly CohortRow[]): OwnSplit {
  const columns: string[] = [];
  const passedOver: string[] = [];
  for (const name of Object.keys(rows[0]?.columns ?? {})) {
    const fits = fitOf(name);
    if (fits === null) continue;
    const cells = [...new Set(rows.map((r) => cellOf(r, name)))].filter((cell) => cell !== "");
    const fitting = cells.filter(fits).length;
    if (fitting > 0) (fitting === cells.length ? columns : passedOver).push(name);
  }
  const table = {
    file,
    header: ["slide_id", ...columns],
    rows: rows.map((r) => [r.path, ...columns.map((name) => cellOf(r, name))]),
  };
  const dialect = columns.length === 0 ? null : dialectOf(table);
  const isSplit = dialect !== null && dialect !== "part-file" && dialect !== "clam" && dialect !== "clam-descriptor";
  return isSplit ? { table, columns, passedOver } : { table: null, columns: [], passedOver };
}

/** What every cell of a column with this name must be; null for a name that promises no split. */
function fitOf(name: string): ((cell: string) => boolean) | null {
  const plain = plainName(name);
  if (isFoldColumn(plain)) return (cell) => /^\d{1,4}(\.0)?$/.test(cell) || partNamed(cell) !== null;
  if (isPartColumn(plain) || isFoldHeader(name)) return (cell) => partNamed(cell) !== null;
  return partOfHeader(name) === null ? null : (cell) => /^(true|false)$/i.test(cell);
}

function cellOf(row: CohortRow, name: string): string {
  const cell = (row.columns[name] ?? "").trim();
  return isMissing(cell) ? "" : cell;
}
