/** Dated predictions in order and in periods. Dates are ISO 8601, as precise as the period asks; others are never guessed. */
import { fail, type Outcome, ok } from "@nacre/core";

export interface DatedPrediction {
  /** ISO 8601: year-month-day, or year-month or year where the window is as coarse. */
  readonly date: string;
  /** Of the positive class. */
  readonly probability: number;
  /** 1 or 0; null where it is not known (yet). */
  readonly label: 0 | 1 | null;
}

/** A calendar unit, or blocks of a number of patients (patients of one date stay together). */
export type Window = "month" | "quarter" | "year" | { readonly patients: number };

export interface Period {
  readonly name: string;
  /** Predictions in order of date. */
  readonly points: readonly DatedPrediction[];
}

const DATE = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:[T ]\d{2}:\d{2}.*)?)?)?$/;
/** Parts of a date that each window needs: 1 year, 2 month, 3 day. */
const NEEDED = { year: 1, quarter: 2, month: 2, day: 3 } as const;

/** Failures: `bad-value` (a date, probability or label, with the place of the row), `too-few` (no prediction at all). */
export function inPeriods(points: readonly DatedPrediction[], window: Window): Outcome<Period[]> {
  if (points.length === 0) {
    return fail("too-few", {
      expected: "dated predictions",
      received: "none",
      remedy: "give the table a date column and at least one row",
    });
  }
  const needed = NEEDED[typeof window === "string" ? window : "day"];
  const at = points.findIndex((p) => !isGood(p, needed));
  if (at >= 0) return badRow(points[at] as DatedPrediction, at, needed);
  const ordered = points
    .map((p, i) => ({ p, i }))
    .sort((a, b) => (a.p.date < b.p.date ? -1 : a.p.date > b.p.date ? 1 : a.i - b.i))
    .map(({ p }) => p);
  return ok(typeof window === "string" ? byCalendar(ordered, window) : byCount(ordered, window.patients));
}

function isGood({ date, probability, label }: DatedPrediction, needed: number): boolean {
  const parts = DATE.exec(date);
  const given = parts === null ? 0 : parts.slice(1).filter((part) => part !== undefined).length;
  return given >= needed && probability >= 0 && probability <= 1 && (label === null || label === 0 || label === 1);
}

function byCalendar(ordered: readonly DatedPrediction[], window: "month" | "quarter" | "year"): Period[] {
  const periods = new Map<string, DatedPrediction[]>();
  for (const p of ordered) {
    const name = nameOf(p.date, window);
    const members = periods.get(name);
    if (members === undefined) periods.set(name, [p]);
    else members.push(p);
  }
  return [...periods].map(([name, members]) => ({ name, points: members }));
}

function nameOf(date: string, window: "month" | "quarter" | "year"): string {
  if (window === "year") return date.slice(0, 4);
  if (window === "month") return date.slice(0, 7);
  return `${date.slice(0, 4)}-Q${Math.ceil(Number(date.slice(5, 7)) / 3)}`;
}

function byCount(ordered: readonly DatedPrediction[], size: number): Period[] {
  if (!(Number.isInteger(size) && size >= 1))
    throw new RangeError(`expected at least one patient in a period, received ${size}`);
  const periods: Period[] = [];
  for (let start = 0; start < ordered.length; ) {
    let end = Math.min(start + size, ordered.length);
    while (end < ordered.length && ordered[end]?.date === ordered[end - 1]?.date) end++;
    const points = ordered.slice(start, end);
    const [first, last] = [points[0]?.date, points.at(-1)?.date];
    periods.push({ name: first === last ? `${first}` : `${first} to ${last}`, points });
    start = end;
  }
  return periods;
}

function badRow(row: DatedPrediction, at: number, needed: number): Outcome<never> {
  const isDate =
    (DATE.exec(row.date)
      ?.slice(1)
      .filter((part) => part !== undefined).length ?? 0) < needed;
  const example = ["2021", "2021-03", "2021-03-28"][needed - 1] as string;
  const isProbability = !(row.probability >= 0 && row.probability <= 1);
  return fail("bad-value", {
    expected: isDate
      ? `a date at least as precise as ${example} in row ${at + 1}`
      : isProbability
        ? `a probability from 0 to 1 in row ${at + 1}`
        : `a label of 1, 0 or none in row ${at + 1}`,
    received: JSON.stringify(isDate ? row.date : isProbability ? String(row.probability) : row.label),
    remedy: isDate ? "write dates as year-month-day, or take a coarser window" : "mend the row or leave it out",
  });
}
