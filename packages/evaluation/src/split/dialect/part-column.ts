/**
 * Tables with one row an id and a column that names its part: `nacre` (slide, part, fold), `part-column` (a column split,
 * part, partition, set, subset or fold with words in it: mSTAR, many others), `flamby` (pid, fold and, beside it, fold2
 * with the centre), and `fold-column` (a column fold with numbers: each fold is tested once and the rest trains).
 */
import { isForeignTune, partNamed } from "./part-name.ts";
import { type BadCell, badCell, cellOf, idColumn, type Placement, type SplitTable } from "./placement.ts";

const PART_COLUMNS = ["part", "split", "partition", "set", "subset", "data_split", "fold"];
const FOLD_COLUMNS = new Set(["fold", "kfold", "fold_id"]);
const MAX_FOLDS = 50;

export type PartColumnDialect = "nacre" | "part-column" | "flamby" | "fold-column";

/** True for the plain name of a column of parts. */
export function isPartColumn(name: string): boolean {
  return PART_COLUMNS.includes(name);
}

/** True for the plain name of a column of numbered folds. */
export function isFoldColumn(name: string): boolean {
  return FOLD_COLUMNS.has(name);
}

export function partColumnDialectOf(table: SplitTable): PartColumnDialect | null {
  const header = plainHeader(table);
  if (header.includes("slide") && header.includes("part")) return "nacre";
  if (idColumn(table) < 0) return null;
  if (partColumn(table) >= 0) return header.includes("pid") && header.includes("fold2") ? "flamby" : "part-column";
  return numberedFolds(table) === null ? null : "fold-column";
}

/** Ids with the part and, where the table has one, the number of the fold of their row. An empty part is no part. */
export function readPartColumn(table: SplitTable, dialect: PartColumnDialect): Placement[] | BadCell {
  const header = plainHeader(table);
  const isOwn = dialect === "nacre";
  const part = isOwn ? header.indexOf("part") : partColumn(table);
  const id = isOwn ? header.indexOf("slide") : idColumn(table);
  const fold = header.indexOf("fold") === part ? -1 : header.indexOf("fold");
  const out: Placement[] = [];
  for (const [i, row] of table.rows.entries()) {
    const word = cellOf(row, part);
    if (word === "" && !isOwn) continue;
    const role = partNamed(word);
    if (role === null) return badCell(table, i, part);
    const text = fold < 0 ? "" : cellOf(row, fold).replace(/\.0$/, "");
    if (text !== "" && !/^\d+$/.test(text)) return badCell(table, i, fold);
    const number = text === "" ? null : Number(text);
    out.push({ id: cellOf(row, id), part: role, fold: number, isForeignTune: isForeignTune(word) });
  }
  return out;
}

/** Each id is tested in the fold of its number and trains in every other. An id without a number is in no part. */
export function readFoldColumn(table: SplitTable): Placement[] {
  const id = idColumn(table);
  const numbers = numberedFolds(table) ?? [];
  const folds = [...new Set(numbers.filter((n) => n !== null))].sort((a, b) => a - b);
  return folds.flatMap((fold) =>
    table.rows.flatMap((row, i): Placement[] => {
      const own = numbers[i] ?? null;
      return own === null ? [] : [{ id: cellOf(row, id), part: own === fold ? "test" : "train", fold }];
    }),
  );
}

/** The column whose cells are names of parts, at least more than half of those that are filled; -1 for none. */
function partColumn(table: SplitTable): number {
  const header = plainHeader(table);
  for (const name of PART_COLUMNS) {
    const at = header.indexOf(name);
    if (at < 0) continue;
    const words = table.rows.map((row) => cellOf(row, at)).filter((word) => word !== "");
    if (words.filter((word) => partNamed(word) !== null).length * 2 > words.length) return at;
  }
  return -1;
}

/** The numbers in the column fold; null where there are no such column, other text, one fold or too many. */
function numberedFolds(table: SplitTable): (number | null)[] | null {
  const at = plainHeader(table).findIndex(isFoldColumn);
  if (at < 0) return null;
  const cells = table.rows.map((row) => cellOf(row, at).replace(/\.0$/, ""));
  const distinct = new Set(cells.filter((cell) => cell !== ""));
  if (distinct.size < 2 || distinct.size > MAX_FOLDS || ![...distinct].every((cell) => /^\d{1,4}$/.test(cell)))
    return null;
  return cells.map((cell) => (cell === "" ? null : Number(cell)));
}

function plainHeader(table: SplitTable): string[] {
  return table.header.map((h) =>
    h
      .replace(/^\uFEFF/, "")
      .trim()
      .toLowerCase()
      .replace(/[\s-]+/g, "_"),
  );
}
