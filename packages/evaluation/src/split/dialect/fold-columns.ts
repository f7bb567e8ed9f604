/**
 * All folds in one table, a column each: Patho-Bench's `k=all.tsv` (case_id, slide_id, label, fold_0, fold_1, ...) and the
 * same with headers `Fold 0`, as GPFM writes its survival tables. A cell is the part of the row in that fold, empty for none.
 */
import { isForeignTune, partNamed } from "./part-name.ts";
import { type BadCell, badCell, cellOf, idColumn, type Placement, type SplitTable } from "./placement.ts";

const FOLD_HEADER = /^(?:fold|split|k)[ _=-]?(\d{1,4})$/i;

/** True for `fold_0`, `Fold 3` and their kin. */
export function isFoldHeader(name: string): boolean {
  return FOLD_HEADER.test(name.trim());
}

export function isFoldTable(table: SplitTable): boolean {
  const columns = foldColumns(table);
  if (columns.length === 0 || idColumn(table) < 0) return false;
  const words = new Set(table.rows.flatMap((row) => columns.map((c) => cellOf(row, c.at))));
  return [...words].some((word) => partNamed(word) !== null);
}

export function readFoldColumns(table: SplitTable): Placement[] | BadCell {
  const id = idColumn(table);
  const out: Placement[] = [];
  for (const { at, fold } of foldColumns(table)) {
    for (const [i, row] of table.rows.entries()) {
      const word = cellOf(row, at);
      if (word === "" || word.toLowerCase() === "nan") continue;
      const part = partNamed(word);
      if (part === null) return badCell(table, i, at);
      out.push({ id: cellOf(row, id), part, fold, isForeignTune: isForeignTune(word) });
    }
  }
  return out;
}

function foldColumns(table: SplitTable): { at: number; fold: number }[] {
  return table.header.flatMap((name, at) => {
    const number = FOLD_HEADER.exec(name.trim())?.[1];
    return number === undefined ? [] : [{ at, fold: Number(number) }];
  });
}
