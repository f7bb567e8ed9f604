/**
 * The dialects of split tables, told apart by their header and cells alone:
 * `clam` ragged columns train, val, test that list ids; `clam-bool` one row a slide with a boolean for each part;
 * `clam-descriptor` counts of labels, which is no split; `nacre` one row a slide with its part and fold.
 */
import type { Role } from "@nacre/core";

export interface SplitTable {
  /** Name of the file, for messages and for the number of the fold. */
  readonly file: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type SplitDialect = "clam" | "clam-bool" | "clam-descriptor" | "nacre";

/** One line of a split: an id as written, its part and fold (null: the number of the table). */
export interface Placement {
  readonly id: string;
  readonly part: Role;
  readonly fold: number | null;
}

const PART_NAMES: Readonly<Record<string, Role>> = {
  train: "train",
  training: "train",
  tune: "tune",
  tuning: "tune",
  val: "tune",
  valid: "tune",
  validation: "tune",
  test: "test",
  testing: "test",
  external: "external",
};

const YES = new Set(["true", "1", "1.0"]);
const NO = new Set(["false", "0", "0.0", ""]);

/** The part a name stands for; foreign `val` is our `tune`. */
export function partNamed(name: string): Role | null {
  return PART_NAMES[name.trim().toLowerCase()] ?? null;
}

/** The dialect, or null for a table in none of them. */
export function dialectOf(table: SplitTable): SplitDialect | null {
  const header = table.header.map((h) => h.trim().toLowerCase());
  if (header.includes("slide") && header.includes("part")) return "nacre";
  const columns = partColumns(table);
  if (columns.length < 2) return null;
  const cells = table.rows.flatMap((row) => columns.map((c) => (row[c.at] ?? "").trim().toLowerCase()));
  if (cells.some((c) => c === "true" || c === "false")) return "clam-bool";
  const isNumeric = cells.every((c) => c === "" || /^\d+(\.0)?$/.test(c));
  // Numbers may be ids; a descriptor has a handful of rows, a number in each cell and a name in front.
  if (isNumeric && columns[0]?.at === 1 && table.rows.length > 0 && cells.every((c) => c !== "")) {
    const isMatrix = cells.every((c) => YES.has(c) || NO.has(c));
    const isIndex = table.rows.every((row, i) => Number(row[0]) === i);
    if (isMatrix && !isIndex) return "clam-bool";
    if (table.rows.length <= 64) return "clam-descriptor";
  }
  return "clam";
}

/** Every placement in the table, in its order. A cell of an unknown kind is returned as text for the message. */
export function placementsOf(table: SplitTable, dialect: SplitDialect): Placement[] | { readonly bad: string } {
  if (dialect === "clam-descriptor") return [];
  if (dialect === "nacre") return ownPlacements(table);
  const columns = partColumns(table);
  const out: Placement[] = [];
  for (const [i, row] of table.rows.entries()) {
    for (const { at, part } of columns) {
      const cell = (row[at] ?? "").trim();
      if (dialect === "clam") {
        if (cell !== "") out.push({ id: cell, part, fold: null });
      } else if (YES.has(cell.toLowerCase())) out.push({ id: (row[0] ?? "").trim(), part, fold: null });
      else if (!NO.has(cell.toLowerCase()))
        return { bad: `${JSON.stringify(cell)} in row ${i + 2}, column ${table.header[at]}` };
    }
  }
  return out;
}

function partColumns(table: SplitTable): { at: number; part: Role }[] {
  return table.header.flatMap((name, at) => {
    const part = partNamed(name);
    return part === null ? [] : [{ at, part }];
  });
}

function ownPlacements(table: SplitTable): Placement[] | { readonly bad: string } {
  const column = (name: string): number => table.header.findIndex((h) => h.trim().toLowerCase() === name);
  const [slide, part, fold] = [column("slide"), column("part"), column("fold")];
  const out: Placement[] = [];
  for (const [i, row] of table.rows.entries()) {
    const role = partNamed(row[part] ?? "");
    if (role === null) return { bad: `${JSON.stringify(row[part] ?? "")} in row ${i + 2}, column part` };
    const text = fold < 0 ? "" : (row[fold] ?? "").trim();
    if (text !== "" && !/^\d+$/.test(text)) return { bad: `${JSON.stringify(text)} in row ${i + 2}, column fold` };
    out.push({ id: (row[slide] ?? "").trim(), part: role, fold: text === "" ? null : Number(text) });
  }
  return out;
}
