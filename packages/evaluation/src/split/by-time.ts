/**
 * Folds that respect the calendar: every fold is tested on patients seen after all those it learned from (rolling origin).
 * With a test share t and k folds, fold i is tested on the i-th of the k last blocks of t of the patients and learns from
 * everybody before. Patients of one date stay together; one whose slides straddle a boundary is in no part of that fold.
 */
import { fail, type Outcome, ok } from "@nacre/core";
import { counted } from "../cohort/table.ts";
import type { Person } from "./person.ts";

export interface TimeFold {
  readonly train: Person[];
  readonly test: Person[];
  /** People with slides on both sides of the boundary. */
  readonly straddling: Person[];
}

/** Years, months, days or moments as ISO 8601. Other orders of day and month are never guessed. */
const ISO_DATE = /^\d{4}(-\d{2}(-\d{2}([T ]\d{2}:\d{2}.*)?)?)?$/;

/** Failures: `bad-value` (a missing date or one that is not ISO 8601), `bad-study` (too few distinct dates). */
export function divideTime(
  people: readonly Person[],
  { folds, share, column }: { readonly folds: number; readonly share: number; readonly column: string },
): Outcome<TimeFold[]> {
  const spans = new Map<Person, { first: string; last: string }>();
  for (const p of people) {
    const dates = p.rows.map((r) => r.columns[column]?.trim() ?? "").sort();
    const bad = p.rows.find((r) => !ISO_DATE.test(r.columns[column]?.trim() ?? ""));
    if (bad !== undefined) return badDate(bad.slide, column, bad.columns[column] ?? "");
    spans.set(p, { first: dates[0] as string, last: dates.at(-1) as string });
  }
  const first = (p: Person): string => spans.get(p)?.first as string;
  const ordered = [...people].sort((a, b) => compare(first(a), first(b)));
  const cuts = Array.from({ length: folds }, (_, i) => {
    const at = Math.round(ordered.length * (1 - share * (folds - i)));
    return first(ordered[Math.min(ordered.length - 1, Math.max(0, at))] as Person);
  });
  if (new Set(cuts).size < folds || cuts[0] === first(ordered[0] as Person))
    return tooFewDates(people.length, folds, column);
  return ok(cuts.map((cut, i) => foldAt(ordered, spans, cut, cuts[i + 1] ?? null)));
}

function foldAt(
  ordered: readonly Person[],
  spans: ReadonlyMap<Person, { first: string; last: string }>,
  from: string,
  to: string | null,
): TimeFold {
  const fold: TimeFold = { train: [], test: [], straddling: [] };
  for (const p of ordered) {
    const { first, last } = spans.get(p) as { first: string; last: string };
    if (last < from) fold.train.push(p);
    else if (first >= from && (to === null || first < to)) fold.test.push(p);
    else if (first < from) fold.straddling.push(p);
  }
  return fold;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function badDate(slide: string, column: string, received: string): Outcome<never> {
  return fail("bad-value", {
    expected: `a date such as 2021-03-28, 2021-03 or 2021 in column ${column} of slide ${slide}`,
    received: received === "" ? "nothing" : JSON.stringify(received),
    remedy: "write dates as year-month-day, or split by patient",
  });
}

function tooFewDates(people: number, folds: number, column: string): Outcome<never> {
  return fail("bad-study", {
    expected: `enough distinct dates in column ${column} to put ${folds} test blocks after a training block`,
    received: `${counted(people, "patient")} whose dates do not divide so`,
    remedy: "use fewer folds, or split by patient or site",
  });
}
