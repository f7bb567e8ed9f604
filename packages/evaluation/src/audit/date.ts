/** Dates that a spreadsheet made, or that cannot be read for sure, as findings with their rows. */
import type { DateCells } from "../cohort/date-cell.ts";
import type { Finding } from "./finding.ts";

/** One warning for each column; `count` is rows, the examples say which. */
export function spreadsheetDates(columns: readonly DateCells[], examples: number): Finding[] {
  return columns.map(({ column, isLabel, places }) => ({
    kind: "spreadsheet-date",
    severity: "warn",
    column,
    count: places.length,
    share: null,
    examples: places.slice(0, examples).map((note) => ({ fold: null, patient: null, slides: [], note })),
    effect: isLabel
      ? "The label looks like dates: a spreadsheet turns names into dates (MARCH1 and MARC1 both become 1-Mar), so classes may be wrong or joined"
      : "Day and month, or the day that a number stands for, cannot be told for sure, so nothing can be ordered by this column",
    remedy: isLabel
      ? "restore the labels from their source, and import that column as text"
      : "write dates as year-month-day, for example 2021-03-28",
  }));
}
