/**
 * The results table as LaTeX. It needs the packages array and booktabs, and prints with any engine. Columns are shares of the
 * line, so that the table fits the page of any class; a cell breaks into as many lines as it needs.
 */
import type { JudgedCard } from "../known.ts";
import { latexText } from "./latex-text.ts";
import {
  type NamedCard,
  noteLetter,
  type PaperCell,
  type PaperRow,
  type PaperTable,
  type PaperTableOptions,
  paperTables,
} from "./paper-table.ts";

export interface LatexTableOptions extends PaperTableOptions {
  /** Name for cross-references: letters, digits, colon, dot and dash. Default `tab:results`. */
  readonly label?: string;
}

/** One `table` environment, or one for each kind of answer; the second label ends in -2. @throws RangeError without a scorecard, or for a label that LaTeX cannot take */
export function latexTable(
  cards: JudgedCard | NamedCard | readonly NamedCard[],
  options: LatexTableOptions = {},
): string {
  const { label = "tab:results" } = options;
  if (!/^[\w:.-]+$/.test(label)) {
    throw new RangeError(
      `expected a label of letters, digits, colon, dot and dash, received "${label}"; choose another`,
    );
  }
  return paperTables(asNamed(cards), options)
    .map((table, i) => environment(table, i === 0 ? label : `${label}-${i + 1}`))
    .join("\n");
}

function environment(table: PaperTable, label: string): string {
  return [
    "% Needs \\usepackage{array,booktabs}.",
    ...table.notices.map((n) => `% ${n.replace(/\s+/g, " ")}`),
    "\\begin{table}",
    "\\centering\\footnotesize\\setlength{\\tabcolsep}{1.5pt}",
    `\\caption{${[...table.notices, table.caption].map(latexText).join(" ")}}`,
    `\\label{${label}}`,
    `\\begin{tabular}{${layout(table.columns.length - TEXT_SHARES.length)}}`,
    "\\toprule",
    `${table.columns.map((c) => `\\scriptsize ${latexText(c)}`).join(" & ")} \\\\`,
    "\\midrule",
    ...table.rows.map((row, i) => rowText(row, table.rows[i - 1])),
    "\\bottomrule",
    "\\end{tabular}",
    "\\par\\medskip",
    "\\parbox{\\linewidth}{\\footnotesize",
    `${latexText(table.footnote)}`,
    ...table.notes.map((note, i) => `\\textsuperscript{${noteLetter(i)}}~${latexText(note)}.`),
    "}",
    "\\end{table}",
    "",
  ].join("\n");
}

/** Shares of the line for model, part and patients, and for all measures together. */
const TEXT_SHARES = [0.135, 0.1, 0.1];
const MEASURE_SHARE = 0.58;

/** Without the space at its start, a cell's first word would never be hyphenated. */
function layout(measures: number): string {
  const column = (align: string, share: number): string =>
    `>{\\${align}\\arraybackslash\\hspace{0pt}}p{${Number(share.toFixed(3))}\\linewidth}`;
  const each = column("centering", Math.min(MEASURE_SHARE / measures, 0.12));
  return `@{}${TEXT_SHARES.map((share) => column("raggedright", share)).join("")}*{${measures}}{${each}}@{}`;
}

/** A model's name stands on its first row only. */
function rowText(row: PaperRow, before: PaperRow | undefined): string {
  const model = before?.model === row.model && before.part !== row.part ? "" : row.model;
  return `${[...[model, row.part, row.n].map(breakable), ...row.cells.map(cellText)].join(" & ")} \\\\`;
}

/** Names of models are often words joined by underscores, which LaTeX would not break. */
function breakable(text: string): string {
  return latexText(text).replaceAll("\\_", "\\_\\allowbreak{}");
}

function cellText({ value, interval, note }: PaperCell): string {
  const mark = note === null ? "" : `\\textsuperscript{${noteLetter(note)}}`;
  if (value === null) return `--${mark}`;
  return interval === null
    ? `${latexText(value)}${mark}`
    : `${latexText(value)}\\par{\\scriptsize ${latexText(interval)}}`;
}

/** One scorecard, with or without a name, is a list of one. */
export function asNamed(cards: JudgedCard | NamedCard | readonly NamedCard[]): readonly NamedCard[] {
  if (Array.isArray(cards)) return cards;
  const one = cards as JudgedCard | NamedCard; // Array.isArray does not narrow a readonly array away
  return "card" in one ? [one] : [{ name: one.file ?? "model", card: one }];
}
