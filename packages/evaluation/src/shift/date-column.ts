/**
 * Which column says when: `date`, or one that is named like a date. A column `time` counts only where it holds days or months, since a
 * number there is a time until an event. ISO 8601 alone is read; 03/04/2021 is two days, and neither is guessed.
 */

const NAMED = /^(date|time|year|datetime|timestamp)$|(^|_)(date|year)(_|$)/i;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])([T ].*)?)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}/;
const YEAR = /^(19|20)\d{2}$/;

/** True for names under which dates are looked for. */
export function isDateColumn(name: string): boolean {
  return NAMED.test(name);
}

export interface DateColumn {
  readonly column: string;
  /** What every date of the column says at least. */
  readonly precision: "day" | "month" | "year";
}

export type FoundDates =
  | { readonly kind: "found"; readonly dates: DateColumn }
  | { readonly kind: "none"; readonly column: string | null; readonly reason: string };

/** The first column of dates. `valuesOf` gives the filled cells of a column. */
export function dateColumnOf(names: readonly string[], valuesOf: (column: string) => readonly string[]): FoundDates {
  let refused: FoundDates | null = null;
  const asked = names.filter(isDateColumn).sort((a, b) => rank(a) - rank(b));
  for (const column of asked) {
    const values = valuesOf(column);
    if (values.length === 0) continue;
    const precision = precisionOf(column, values);
    if (precision !== null) return { kind: "found", dates: { column, precision } };
    const wrong = values.find((v) => !MONTH.test(v)) ?? "";
    refused ??= {
      kind: "none",
      column,
      reason: `column ${column} holds \`${wrong.slice(0, 30)}\`; dates are written year-month-day`,
    };
  }
  return refused ?? { kind: "none", column: null, reason: "the table has no column of dates" };
}

/** `date` before all others. */
function rank(name: string): number {
  return name.toLowerCase() === "date" ? 0 : 1;
}

function precisionOf(column: string, values: readonly string[]): DateColumn["precision"] | null {
  if (values.every((v) => MONTH.test(v))) return values.every((v) => DAY.test(v)) ? "day" : "month";
  const mayBeYears = column.toLowerCase() !== "time";
  return mayBeYears && values.every((v) => YEAR.test(v) || MONTH.test(v)) ? "year" : null;
}
