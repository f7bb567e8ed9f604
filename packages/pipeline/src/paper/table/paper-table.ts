/**
 * The results table of a paper as plain cells, before it becomes LaTeX or Markdown, so that both round and say the same. One row a
 * model and part. A number that is undefined is a dash with a note that gives the reason; so is an interval that cannot be given.
 */
import { count, decimal, intervalText } from "../../report/number-text.ts";
import type { Estimate } from "../../report/score.ts";
import { intervalMethods } from "../fact/interval-method.ts";
import type { JudgedCard, Known } from "../known.ts";
import { judgedParts, type Named, type Reading } from "../reading/reading.ts";
import { readingsOf } from "../reading/readings.ts";
import { notComputed } from "../reading/wording.ts";

/** A scorecard and what its rows are called. */
export interface NamedCard {
  readonly name: string;
  readonly card: JudgedCard;
}

/** One question of a scorecard and what its rows are called. */
export interface NamedReading {
  readonly name: string;
  readonly reading: Reading;
}

export interface PaperTableOptions {
  readonly caption?: string;
  /** Names of the columns to show, in their order. Default all that the kind of answer has. */
  readonly columns?: readonly string[];
  /** Which parts get rows. Default both. */
  readonly parts?: readonly ("external" | "internal")[];
  /** Rows of the baselines that a run's scorecard holds. Default true. */
  readonly baselines?: boolean;
  /** Sentences before everything else, such as the one on synthetic data. */
  readonly notices?: readonly string[];
}

/** A cell: the number, its interval, and letters of the notes below. `value` null is a dash. */
export interface PaperCell {
  readonly value: string | null;
  readonly interval: string | null;
  /** Index of a note; null for none. */
  readonly note: number | null;
}

export interface PaperRow {
  readonly model: string;
  readonly part: string;
  readonly n: string;
  readonly cells: readonly PaperCell[];
}

export interface PaperTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly PaperRow[];
  /** Reasons, each once; a cell points at them by index. */
  readonly notes: readonly string[];
  /** Unit, interval and meaning of the dash. */
  readonly footnote: string;
  readonly notices: readonly string[];
}

/**
 * The tables of one or several scorecards: one for each set of columns, since a C-index has no place beside an AUROC; of a scorecard of
 * several tasks the headlines of all come first. @throws RangeError without a scorecard or a column
 */
export function paperTables(cards: readonly NamedCard[], options: PaperTableOptions = {}): PaperTable[] {
  const all = cards.flatMap(readingsIn);
  const sets = new Map<string, NamedReading[]>();
  for (const one of all) {
    const key = one.reading.columns.join("\n");
    sets.set(key, [...(sets.get(key) ?? []), one]);
  }
  const tables = sets.size === 0 ? [[]] : [...sets.values()];
  const overview = all.some(({ reading }) => reading.name !== null) ? [overviewTable(all, options)] : [];
  return [...overview, ...tables.map((same) => readingTable(same, options))];
}

/** The card of one study under the registry name of its aggregator, or under the name of the judged table. */
export function namedCard({ title, card, report }: Known): NamedCard {
  return { name: report?.asked.aggregator.name ?? title, card };
}

function readingsIn({ name, card }: NamedCard): NamedReading[] {
  return readingsOf(card).map((reading) => ({
    name: reading.name === null ? name : `${name}, ${reading.name}`,
    reading,
  }));
}

/** A row before it is rounded. */
interface Line {
  readonly model: string;
  readonly part: string;
  readonly n: string;
  readonly cells: readonly Omit<Named, "name">[];
}

/** The table of readings with the same columns. */
function readingTable(readings: readonly NamedReading[], options: PaperTableOptions): PaperTable {
  const has = readings[0]?.reading.columns ?? [];
  const { columns = has, parts = ["external", "internal"], baselines = true } = options;
  const places = columns.map((column) => has.indexOf(column)).filter((place) => place >= 0);
  if (readings.length === 0 || places.length === 0) {
    throw new RangeError(
      `expected at least one scorecard and one of the columns ${has.join(", ")}, received ${readings.length} and ${columns.join(", ") || "none"}; hand in what was judged`,
    );
  }
  const lines = readings.flatMap((r) => linesOf(r, { parts, baselines }));
  const shown = lines.map((l) => ({ ...l, cells: places.map((place) => l.cells[place] as Line["cells"][number]) }));
  return tableOf(
    shown,
    places.map((place) => has[place] as string),
    { caption: captionOf(readings), ...options },
  );
}

function tableOf(
  lines: readonly Line[],
  measures: readonly string[],
  { caption, notices = [] }: PaperTableOptions & { readonly caption: string },
): PaperTable {
  const notes: string[] = [];
  const noted = (reason: string): number => {
    if (!notes.includes(reason)) notes.push(reason);
    return notes.indexOf(reason);
  };
  return {
    caption,
    columns: ["Model", "Part", "Patients", ...measures],
    rows: lines.map(({ cells, ...line }): PaperRow => ({ ...line, cells: cells.map((c) => cellOf(c, noted)) })),
    notes,
    footnote: footnoteOf(lines, measures),
    notices,
  };
}

/** The headline of each task beside that of the mean pool. */
function overviewTable(readings: readonly NamedReading[], options: PaperTableOptions): PaperTable {
  const { parts = ["external", "internal"], baselines = true } = options;
  const pool = readings.some(({ reading }) => reading.baselines !== null) && baselines;
  const lines = readings.flatMap(({ name, reading }) =>
    rolesOf(parts, reading).map((part): Line => {
      const rival = reading.baselines?.[0]?.[part.role] ?? notComputed(part.n, "no baseline was computed");
      return {
        model: `${name}: ${reading.headline}`,
        part: part.role,
        n: part.tableRows[0]?.n ?? count(part.n),
        cells: [{ estimate: part.headline }, ...(pool ? [{ estimate: rival }] : [])],
      };
    }),
  );
  const caption = "The headline of each task with 95 % intervals; the measures of each follow.";
  return tableOf(lines, ["Headline", ...(pool ? ["Mean pool (baseline)"] : [])], { ...options, caption });
}

function rolesOf(parts: readonly string[], reading: Reading) {
  return parts.flatMap((wanted) => judgedParts(reading).filter((p) => p.role === wanted));
}

type Chosen = Required<Pick<PaperTableOptions, "parts" | "baselines">>;

function linesOf({ name, reading }: NamedReading, { parts, baselines }: Chosen): Line[] {
  return rolesOf(parts, reading).flatMap((part) => [
    ...part.tableRows.map(
      ({ of, n, cells }): Line => ({ model: of === null ? name : `${name}: ${of}`, part: part.role, n, cells }),
    ),
    ...(baselines ? baselineLines(reading, part.role) : []),
  ]);
}

/** Only the headline of a baseline is computed; the other columns say so. */
function baselineLines(reading: Reading, part: "external" | "internal"): Line[] {
  const { name, baselines, headline, headlineColumn, columns } = reading;
  const task = name === null ? "" : `, ${name}`;
  return (baselines ?? []).flatMap((b): Line[] => {
    const e = b[part];
    if (e === null) return [];
    const absent = notComputed(e.n, `only the ${headline} of a baseline is computed`);
    const cells = columns.map((column) => ({ estimate: column === headlineColumn ? e : absent }));
    return [{ model: `${b.name}${task}${b.aside} (baseline)`, part, n: count(e.n), cells }];
  });
}

function cellOf({ estimate: e, digits }: Line["cells"][number], noted: (reason: string) => number): PaperCell {
  if (e.value === null) return { value: null, interval: null, note: noted(e.reason ?? "no reason recorded") };
  const value = decimal(e.value, digits);
  const interval = intervalText(e, digits);
  if (interval === null) return { value, interval: null, note: noted(e.reason ?? "no interval") };
  return { value, interval, note: null };
}

function captionOf(readings: readonly NamedReading[]): string {
  const questions = [...new Set(readings.map(({ reading }) => reading.question))];
  return `Performance with 95 % intervals (${questions.join("; ")}).`;
}

/** Unit, how each interval was made and for which columns, and what the dash means. */
function footnoteOf(lines: readonly Line[], measures: readonly string[]): string {
  const estimates = lines.flatMap(({ cells }) =>
    cells.map((c, i): readonly [string, Estimate] => [measures[i] as string, c.estimate]),
  );
  const methods = intervalMethods(estimates);
  const intervals = methods === null ? "no interval could be given" : `intervals: ${methods}`;
  return `The unit is the patient; ${intervals}. A dash stands for a number that is undefined or was not computed.`;
}

/** Letter of a note: a to z, then aa, ab. */
export function noteLetter(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : noteLetter(Math.floor(index / 26) - 1) + last;
}
