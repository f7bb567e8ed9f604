/** Rows of a cohort table as the archive keeps them: who and where, and what else the table says. */
import { slideIdOf } from "@nacre/core";
import { cellOf, readTable, type Table } from "@nacre/pipeline";

export interface CohortCells {
  /** The slide column as written. */
  readonly path: string;
  /** The slide's id in tables. */
  readonly id: string;
  readonly patient: string | null;
  readonly case: string | null;
  readonly site: string | null;
  readonly stain: string | null;
  readonly scanner: string | null;
  readonly facts: Readonly<Record<string, string>>;
}

const SHOWN = new Set(["slide", "path", "patient", "case", "site", "stain", "scanner", "mpp"]);

/** Rows of a cohort table; null where it cannot be read or names no slides. Rows without a slide are left out: `rowsWithoutSlide` counts them. */
export function readCohortCells(file: string): readonly CohortCells[] | null {
  return readCohort(file)?.rows ?? null;
}

/** The same, and how many rows were left out. */
export function readCohort(
  file: string,
): { readonly rows: readonly CohortCells[]; readonly withoutSlide: number } | null {
  const table = readTable(file);
  if (!table.ok || !table.value.header.includes("slide")) return null;
  return { rows: cohortCells(table.value), withoutSlide: rowsWithoutSlide(table.value) };
}

/** How many rows name no slide: nothing can stand for them. */
export function rowsWithoutSlide(table: Table): number {
  return rowsOf(table).filter((columns) => cellOf({ columns })("slide") === null).length;
}

export function cohortCells(table: Table): CohortCells[] {
  const kept = table.header.filter((column) => !SHOWN.has(column));
  return rowsOf(table).flatMap((columns) => {
    const value = cellOf({ columns });
    const path = value("slide");
    if (path === null) return [];
    const facts = Object.fromEntries(
      kept.flatMap((column) => [[column, value(column)]]).filter(([, text]) => text !== null),
    );
    return [
      {
        path,
        id: slideIdOf(path),
        patient: value("patient"),
        case: value("case") ?? value("patient"),
        site: value("site"),
        stain: value("stain"),
        scanner: value("scanner"),
        facts,
      },
    ];
  });
}

/** Cells of each row by column. */
export function rowsOf(table: Table): Record<string, string>[] {
  return table.rows.map((cells) => Object.fromEntries(table.header.map((name, c) => [name, cells[c] ?? ""])));
}
