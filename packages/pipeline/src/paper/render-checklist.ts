/** A filled checklist as Markdown and as HTML, with a count of what is still the author's to say. */
import { html, type Markup } from "../report/html.ts";
import { table } from "../report/table.ts";
import type { ChecklistItem, ItemStatus } from "./checklist.ts";
import { markdownText } from "./markdown-text.ts";

export interface RenderedChecklist {
  readonly markdown: string;
  readonly html: Markup;
}

export interface RenderChecklistOptions {
  /** Sentences that stand before everything else, such as the one on synthetic data. */
  readonly notices?: readonly string[];
  /** Where the checklist itself is published. */
  readonly source?: string;
}

/** What each status means, as both outputs print it. */
const MEANING: Readonly<Record<ItemStatus, string>> = {
  stated: "answered from the record of the run",
  partly: "answered in part; the author adds the rest",
  "not known": "a run would know it, the judged input does not say",
  author: "no software can know it; the author must state it",
};
const STATUSES = Object.keys(MEANING) as ItemStatus[];
const NO_FORM =
  "Topics are our own words: use the published form for a submission. An answer here is what the record holds, and no judgement that reporting is complete.";

/** Renders the entries in their order; section names become headings. */
export function renderChecklist(
  items: readonly ChecklistItem[],
  title: string,
  { notices = [], source }: RenderChecklistOptions = {},
): RenderedChecklist {
  const intro = [...(source === undefined ? [] : [source]), countText(items), NO_FORM];
  return {
    markdown: markdownOf(items, title, { notices, intro }),
    html: htmlOf(items, title, { notices, intro }),
  };
}

/** "Of 52 entries 20 are stated, …". */
export function countText(items: readonly ChecklistItem[]): string {
  const counts = STATUSES.map((s) => `${items.filter((i) => i.status === s).length} ${s}`);
  return `Of ${items.length} entries: ${counts.join(", ")}.`;
}

interface Preface {
  readonly notices: readonly string[];
  readonly intro: readonly string[];
}

function sectionsOf(items: readonly ChecklistItem[]): { name: string; items: ChecklistItem[] }[] {
  const sections: { name: string; items: ChecklistItem[] }[] = [];
  for (const item of items) {
    const last = sections.at(-1);
    if (last?.name === item.section) last.items.push(item);
    else sections.push({ name: item.section, items: [item] });
  }
  return sections;
}

function markdownOf(items: readonly ChecklistItem[], title: string, { notices, intro }: Preface): string {
  const blocks = [
    ...notices.map((n) => `**${markdownText(n)}**`),
    `# ${markdownText(title)}`,
    ...intro.map(markdownText),
    STATUSES.map((s) => `- *${s}*: ${MEANING[s]}`).join("\n"),
    ...sectionsOf(items).flatMap((s) => [`## ${markdownText(s.name)}`, markdownTable(s.items)]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function markdownTable(items: readonly ChecklistItem[]): string {
  const rows = items.map((i) =>
    [i.item, i.topic, i.status, i.text, i.where].map((cell) => markdownText(cell)).join(" | "),
  );
  return [
    "| item | topic | status | what is known | where |",
    "|---|---|---|---|---|",
    ...rows.map((r) => `| ${r} |`),
  ].join("\n");
}

function htmlOf(items: readonly ChecklistItem[], title: string, { notices, intro }: Preface): Markup {
  const columns = ["Item", "Topic", "Status", "What is known", "Where"].map((name) => ({ name }));
  return html`<section class="checklist">${notices.map((n) => html`<p class="grave"><strong>${n}</strong></p>`)}<h2>${title}</h2>
${intro.map((p) => html`<p>${p}</p>`)}<ul>${STATUSES.map((s) => html`<li><em>${s}</em>: ${MEANING[s]}</li>`)}</ul>
${sectionsOf(items).map((s) => html`<h3>${s.name}</h3>${table(s.name, columns, s.items.map(htmlRow))}`)}</section>`;
}

function htmlRow(i: ChecklistItem): Markup {
  return html`<tr><th scope="row">${i.item}</th><td class="word">${i.topic}</td><td class="word">${i.status}</td><td class="word">${i.text}</td><td class="word">${i.where}</td></tr>`;
}
