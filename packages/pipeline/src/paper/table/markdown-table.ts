/** The results table as Markdown: the same cells as in LaTeX. */
import type { JudgedCard } from "../known.ts";
import { markdownText } from "../markdown-text.ts";
import { asNamed } from "./latex-table.ts";
import {
  type NamedCard,
  noteLetter,
  type PaperCell,
  type PaperTable,
  type PaperTableOptions,
  paperTables,
} from "./paper-table.ts";

/** Notices, caption, table, notes; one after another where kinds of answers differ. @throws RangeError without a scorecard */
export function markdownTable(
  cards: JudgedCard | NamedCard | readonly NamedCard[],
  options: PaperTableOptions = {},
): string {
  return paperTables(asNamed(cards), options).map(textOf).join("\n");
}

function textOf(table: PaperTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const blocks = [
    ...table.notices.map((n) => `**${markdownText(n)}**`),
    markdownText(table.caption),
    [
      line(table.columns.map(markdownText)),
      line(table.columns.map((_, i) => (i < 2 ? "---" : "---:"))),
      ...table.rows.map((r) => line([...[r.model, r.part, r.n].map(markdownText), ...r.cells.map(cellText)])),
    ].join("\n"),
    markdownText(table.footnote),
    ...table.notes.map((note, i) => `<sup>${noteLetter(i)}</sup> ${markdownText(note)}.`),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function cellText({ value, interval, note }: PaperCell): string {
  const mark = note === null ? "" : `<sup>${noteLetter(note)}</sup>`;
  if (value === null) return `–${mark}`;
  return interval === null ? `${markdownText(value)}${mark}` : `${value} (${interval})`;
}
