/**
 * Which columns of a foreign table are traits of patients to report by, when nobody named them: `site`, and columns with a
 * few different values. Numbers of many values may as well be outputs of a model, so they have to be asked for.
 */
import { SEED_COLUMN } from "@nacre/evaluation";
import type { Table } from "../study/parse-table.ts";

export interface TraitColumns {
  readonly shown: readonly string[];
  /** Columns left out, each with its reason. */
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
}

const KNOWN = new Set(["slide", "case", "patient", "part", "fold", "label", SEED_COLUMN, ""]);
const MOST = 12;

/** `classes` are those of the task: a column that holds nothing else is a call of some model. */
export function traitColumns(table: Table, classes: readonly string[]): TraitColumns {
  const shown: string[] = [];
  const leftOut: { column: string; reason: string }[] = [];
  for (const [c, column] of table.header.entries()) {
    if (KNOWN.has(column) || column.startsWith("p_")) continue;
    const reason = unfit(valuesOf(table, c), classes, column === "site");
    if (reason === null) shown.push(column);
    else leftOut.push({ column, reason });
  }
  return { shown, leftOut };
}

/** The different values of a column, empty ones aside; stops at more than can be shown. */
function valuesOf(table: Table, c: number): Set<string> {
  const values = new Set<string>();
  for (const row of table.rows) {
    const value = row[c] ?? "";
    if (value !== "") values.add(value);
    if (values.size > 60) break;
  }
  return values;
}

function unfit(values: ReadonlySet<string>, classes: readonly string[], isSite: boolean): string | null {
  if (values.size < 2) return "one value only";
  if (isSite) return values.size > 60 ? "more than 60 values" : null;
  if (values.size > MOST) return `more than ${MOST} values`;
  return [...values].every((v) => classes.includes(v)) ? "it holds classes, as a model's calls do" : null;
}
