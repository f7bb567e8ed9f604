/**
 * Cells that a spreadsheet made dates of, or whose date cannot be read for sure. MARCH1 and MARC1 both become `1-Mar`, so what
 * the names were is lost; 44197 is a day counted from 1900; in 3/4/2021 nobody can tell the day from the month.
 */
import { isDateColumn } from "../shift/date-column.ts";
import { fileName, isMissing, type Table } from "./table.ts";

/** A column with such cells. */
export interface DateCells {
  readonly column: string;
  readonly isLabel: boolean;
  /** "row 12 of cohort.csv: 1-Mar", in the order of the table. */
  readonly places: readonly string[];
}

const MONTH =
  "(jan(uary)?|feb(ruary)?|mar(ch)?|mrz|m\u00e4r|apr(il)?|may|mai|june?|july?|aug(ust)?|sep(t(ember)?)?|oct(ober)?|okt|nov(ember)?|dec(ember)?|dez)\\.?";
const NAMED = new RegExp(`^(\\d{1,2}[-. ]+${MONTH}([-. ]\\d{2,4})?|${MONTH}[-. ]\\d{1,4})$`, "i");
const NUMBERED = /^\d{1,2}[./]\d{1,2}[./](\d{2}|\d{4})$/;
const ISO = /^\d{4}-\d{2}-\d{2}([T ].*)?$/;
/** Days from 1900 of the years 1954 to 2064. */
const SERIAL = /^[2-5]\d{4}(\.\d+)?$/;

/**
 * The columns with such cells. In the label a date of any form counts; in columns called date those that are no ISO 8601 date.
 * `tables`: the later is believed where two have the label.
 */
export function dateCells(tables: readonly Table[], label: string | null): DateCells[] {
  const found: DateCells[] = [];
  const owner = tables.findLast((t) => label !== null && columnOf(t, label) >= 0);
  for (const table of tables) {
    for (const [at, name] of table.header.entries()) {
      const isLabel = table === owner && at === columnOf(table, label ?? "");
      if (!isLabel && !isDated(name.trim())) continue;
      const places = placesIn(table, at, isLabel ? isAnyDate : isUnsure);
      if (places.length > 0) found.push({ column: name.trim(), isLabel, places });
    }
  }
  return found;
}

/** A column `time` counts days until an event more often than it dates one. */
function isDated(name: string): boolean {
  return isDateColumn(name) && !/^time$/i.test(name);
}

function placesIn(table: Table, at: number, isMeant: (text: string) => boolean): string[] {
  return table.rows.flatMap((row, i) => {
    const text = (row[at] ?? "").trim();
    if (isMissing(text) || !isMeant(text)) return [];
    return [`row ${table.numbers?.[i] ?? i + 2} of ${fileName(table.file)}: ${text}`];
  });
}

function isUnsure(text: string): boolean {
  return SERIAL.test(text) || NAMED.test(text) || NUMBERED.test(text);
}

function isAnyDate(text: string): boolean {
  return isUnsure(text) || ISO.test(text);
}

function columnOf({ header }: Table, name: string): number {
  return header.findIndex((h) => h.replace(/^\uFEFF/, "").trim() === name);
}
