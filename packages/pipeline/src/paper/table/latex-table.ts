/** The results table as LaTeX. It needs the package booktabs and nothing else. */
import type { JudgedCard } from "../known.ts";
import { latexText } from "./latex-text.ts";
import {
  type NamedCard,
  noteLetter,
  type PaperCell,
  type PaperRow,
  type PaperTableOptions,
  paperTable,
} from "./paper-table.ts";

export interface LatexTableOptions extends PaperTableOptions {
  /** Name for cross-references: letters, digits, colon, dot and dash. Default `tab:results`. */
  readonly label?: string;
}

/** A `table` environment. @throws RangeError without a scorecard, or for a label that LaTeX cannot take */
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
  const table = paperTable(asNamed(cards), options);
  const letters = table.columns.map((_, i) => (i < 2 ? "l" : i === 2 ? "r" : "c")).join("");
  return [
    "% Needs \\usepackage{booktabs}.",
    ...table.notices.map((n) => `% ${n.replace(/\s+/g, " ")}`),
    "\\begin{table}",
    "\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}",
    `\\caption{${[...table.notices, table.caption].map(latexText).join(" ")}}`,
    `\\label{${label}}`,
    `\\begin{tabular}{${letters}}`,
    "\\toprule",
    `${table.columns.map(latexText).join(" & ")} \\\\`,
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

/** A model's name stands on its first row only. */
function rowText(row: PaperRow, before: PaperRow | undefined): string {
  const model = before?.model === row.model && before.part !== row.part ? "" : latexText(row.model);
  return `${[model, latexText(row.part), latexText(row.n), ...row.cells.map(cellText)].join(" & ")} \\\\`;
}

function cellText({ value, interval, note }: PaperCell): string {
  const mark = note === null ? "" : `\\textsuperscript{${noteLetter(note)}}`;
  if (value === null) return `--${mark}`;
  return interval === null
    ? `${latexText(value)}${mark}`
    : `\\shortstack{${latexText(value)}\\\\{\\scriptsize ${latexText(interval)}}}`;
}

/** One scorecard, with or without a name, is a list of one. */
export function asNamed(cards: JudgedCard | NamedCard | readonly NamedCard[]): readonly NamedCard[] {
  if (Array.isArray(cards)) return cards;
  const one = cards as JudgedCard | NamedCard; // Array.isArray does not narrow a readonly array away
  return "card" in one ? [one] : [{ name: one.file ?? "model", card: one }];
}
