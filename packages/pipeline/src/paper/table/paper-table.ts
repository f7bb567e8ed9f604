/**
 * The results table of a paper as plain cells, before it becomes LaTeX or Markdown, so that both round and say the same. One row a
 * model and part. A number that is undefined is a dash with a note that gives the reason; so is an interval that cannot be given.
 */
import { count, decimal } from "../../report/number-text.ts";
import type { Estimate, PartScore } from "../../report/score.ts";
import { intervalMethods } from "../fact/interval-method.ts";
import { type JudgedCard, judgedParts, type Known } from "../known.ts";

/** A scorecard and what its rows are called. */
export interface NamedCard {
  readonly name: string;
  readonly card: JudgedCard;
}

/** One measure as a column. */
export interface Measure {
  readonly name: string;
  readonly of: (part: PartScore) => Estimate;
}

/** The main measures, all with three decimals. */
export const PAPER_MEASURES: readonly Measure[] = [
  { name: "AUROC", of: (p) => p.auroc },
  { name: "AUPRC", of: (p) => p.auprc },
  { name: "Balanced accuracy", of: (p) => p.balancedAccuracy },
  { name: "Brier score", of: (p) => p.brier },
  { name: "ECE", of: (p) => p.ece },
  { name: "Calibration slope", of: (p) => p.calibration.slope },
];

export interface PaperTableOptions {
  readonly caption?: string;
  readonly measures?: readonly Measure[];
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

/** The table of one or several scorecards. @throws RangeError without a scorecard or a measure */
export function paperTable(cards: readonly NamedCard[], options: PaperTableOptions = {}): PaperTable {
  const { measures = PAPER_MEASURES, parts = ["external", "internal"], baselines = true, notices = [] } = options;
  if (cards.length === 0 || measures.length === 0) {
    throw new RangeError(
      `expected at least one scorecard and one measure, received ${cards.length} and ${measures.length}; hand in what was judged`,
    );
  }
  const notes: string[] = [];
  const noted = (reason: string): number => {
    if (!notes.includes(reason)) notes.push(reason);
    return notes.indexOf(reason);
  };
  const lines = cards.flatMap((c) => linesOf(c, { measures, parts, baselines }));
  const rows = lines.map(
    ({ model, part, n, estimates }): PaperRow => ({
      model,
      part,
      n,
      cells: estimates.map((e) => cellOf(e, noted)),
    }),
  );
  return {
    caption: options.caption ?? captionOf(cards),
    columns: ["Model", "Part", "Patients", ...measures.map((m) => m.name)],
    rows,
    notes,
    footnote: footnoteOf(lines, measures),
    notices,
  };
}

/** The card of one study under the registry name of its aggregator, or under the name of the judged table. */
export function namedCard({ title, card, report }: Known): NamedCard {
  return { name: report?.asked.aggregator.name ?? title, card };
}

interface Line {
  readonly model: string;
  readonly part: string;
  readonly n: string;
  readonly estimates: readonly Estimate[];
}

type Chosen = Required<Pick<PaperTableOptions, "measures" | "parts" | "baselines">>;

function linesOf({ name, card }: NamedCard, { measures, parts, baselines }: Chosen): Line[] {
  return parts.flatMap((wanted) => {
    const part = judgedParts(card).find((p) => p.name === wanted)?.part;
    if (part === undefined) return [];
    const own: Line = {
      model: name,
      part: wanted,
      n: sizeText(part, card),
      estimates: measures.map((m) => m.of(part)),
    };
    return baselines ? [own, ...baselineLines(card, wanted, measures)] : [own];
  });
}

/** Only the AUROC of a baseline is computed; the other columns say so. */
function baselineLines(card: JudgedCard, part: "external" | "internal", measures: readonly Measure[]): Line[] {
  const pool = card.baselines?.meanPool?.[part] ?? null;
  const site = part === "internal" ? (card.baselines?.siteOnly ?? null) : null;
  const line = (model: string, e: Estimate): Line => ({
    model,
    part,
    n: count(e.n),
    estimates: measures.map((m) => (m.name === "AUROC" ? e : absent(e.n))),
  });
  return [
    ...(pool === null ? [] : [line("Mean pool (baseline)", pool)]),
    ...(site === null ? [] : [line("Site alone, no pixel (baseline)", site)]),
  ];
}

const NOT_COMPUTED = "only the AUROC of a baseline is computed";

function absent(n: number): Estimate {
  return { value: null, low: null, high: null, n, method: "", reason: NOT_COMPUTED };
}

/** "40 (21 tumour)"; beyond two classes the number alone. */
function sizeText(part: PartScore, { task }: JudgedCard): string {
  const positives = part.classes[task.positive];
  return task.classes.length === 2 && positives !== undefined
    ? `${count(part.n)} (${count(positives)} ${task.positive})`
    : count(part.n);
}

function cellOf(e: Estimate, noted: (reason: string) => number): PaperCell {
  if (e.value === null) return { value: null, interval: null, note: noted(e.reason ?? "no reason recorded") };
  const value = decimal(e.value);
  if (e.low === null || e.high === null) return { value, interval: null, note: noted(e.reason ?? "no interval") };
  return { value, interval: `${decimal(e.low)} to ${decimal(e.high)}`, note: null };
}

function captionOf(cards: readonly NamedCard[]): string {
  const tasks = [...new Set(cards.map(({ card }) => `${card.task.label}: ${card.task.classes.join(" against ")}`))];
  return `Performance with 95 % intervals (${tasks.join("; ")}).`;
}

/** Unit, how each interval was made and for which columns, and what the dash means. */
function footnoteOf(lines: readonly Line[], measures: readonly Measure[]): string {
  const methods = intervalMethods(
    lines.flatMap(({ estimates }) => estimates.map((e, i) => [(measures[i] as Measure).name, e] as const)),
  );
  const intervals = methods === null ? "no interval could be given" : `intervals: ${methods}`;
  return `The unit is the patient; ${intervals}. A dash stands for a number that is undefined or was not computed.`;
}

/** Letter of a note: a to z, then aa, ab. */
export function noteLetter(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : noteLetter(Math.floor(index / 26) - 1) + last;
}
