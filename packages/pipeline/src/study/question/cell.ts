/** Cells of a cohort as answers, each problem told by row and column. */
import { fail, type Outcome, ok } from "@nacre/core";
import { isDecimalComma, plainNumber } from "../../judge/cell-form.ts";
import { EVENT } from "../../judge/read-answers.ts";
import type { CohortCells } from "./question.ts";

/** The number in a cell; null where it is missing. Failures: bad-value. */
export function numberCell(row: CohortCells, column: string, expected = "a number"): Outcome<number | null> {
  const text = row.value(column);
  if (text === null) return ok(null);
  const value = plainNumber(text);
  if (value !== null && Number.isFinite(value)) return ok(value);
  return badCell(row, column, `${expected}${isDecimalComma(text) ? ", with a decimal point" : ""}`);
}

/** Yes (1) or no (0); null where it is missing. Failures: bad-value. */
export function yesNoCell(row: CohortCells, column: string): Outcome<0 | 1 | null> {
  const text = row.value(column);
  if (text === null) return ok(null);
  const value = EVENT[text.toLowerCase()];
  return value === undefined ? badCell(row, column, `one of ${Object.keys(EVENT).join(", ")}, or nothing`) : ok(value);
}

export function badCell(row: CohortCells, column: string, expected: string): Outcome<never> {
  const text = row.text(column);
  return fail("bad-value", {
    expected: `${expected} in column ${column}`,
    received: `${text === "" ? "nothing" : `\`${text}\``} in ${row.at}`,
    remedy: "correct the cell, or leave it empty where nothing is known",
  });
}
