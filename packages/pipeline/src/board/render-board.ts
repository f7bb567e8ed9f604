/**
 * The board as one HTML file that opens from a folder without a network: no address is loaded and a policy in the page forbids
 * it. A pure function of the document: the same value gives the same bytes; no clock is read.
 */
import { createHash } from "node:crypto";
import { html, type Markup, trusted } from "../report/html.ts";
import { counted, decimal, listed } from "../report/number-text.ts";
import { scroll } from "../report/table.ts";
import type { BoardDocument, ModelRecord, TaskRecord } from "./board-document.ts";
import { evidence } from "./board-evidence.ts";
import { BOARD_SCRIPT } from "./board-script.ts";
import { BOARD_STYLE } from "./board-style.ts";
import { evidenceId, taskSection } from "./board-table.ts";
import { howText, metricText, overlapWarnings, sealText } from "./board-text.ts";

/** The whole page as text (UTF-8). @throws TypeError when a number is not finite */
export function renderBoard(board: BoardDocument): string {
  const title = `${board.name}: board`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${title}</title><style>${trusted(BOARD_STYLE)}</style></head>
<body><div class="wide"><main><p class="kicker">Benchmark board</p><h1>${board.name}</h1>
<p class="lead">${leadText(board)}</p>${notices(board)}${jump(board)}<div id="tools"></div>${overview(board)}
${board.tasks.map((t, i) => html`<section id="task-${i + 1}"><h2>${t.task}</h2>${taskSection(t, i, board)}</section>\n`)}
${failures(board)}<section id="evidence"><h2>Evidence</h2>${board.tasks.map((t, i) =>
    t.models.map((m, j) => evidence(m, { id: evidenceId(i, j), back: `task-${i + 1}`, task: t }, board)),
  )}</section>
<section id="how"><h2>How the numbers were made</h2><p>${howText(board)}</p>${methods(board)}</section>
<footer>Made by Nacre. The same numbers for programs: <a href="board.json">board.json</a>; for a paper: <a href="board.md">board.md</a>. Research use only; not a medical device.</footer></main></div>
<script>${trusted(BOARD_SCRIPT)}</script></body></html>
`.markup;
}

function leadText(board: BoardDocument): string {
  const models = board.tasks.reduce((sum, t) => sum + t.models.length, 0);
  return `${counted(board.tasks.length, "task")}, ${counted(models, "model")} from ${counted(board.entries.length, "table")} of predictions, ranked over patients by ${metricsText(board)}. Models that the patients cannot tell apart share a rank. Every number opens its evidence.`;
}

/** "AUROC (higher is better)", or with several metrics each with its tasks. */
function metricsText({ tasks }: BoardDocument): string {
  const by = new Map<string, string[]>();
  for (const t of tasks) by.set(metricText(t.metric), [...(by.get(metricText(t.metric)) ?? []), t.task]);
  return [...by].map(([metric, names]) => (by.size < 2 ? metric : `${metric} for ${listed(names)}`)).join("; ");
}

const SEEN_SHOWN = 6;

/** Which encoder saw what, and where it is tested on it. */
function seenText({ tasks }: BoardDocument): string {
  const said = tasks.flatMap((t) =>
    t.models.flatMap((m) => overlapWarnings(m).map((w) => `${m.encoder}, ${t.task}: ${w}`)),
  );
  const shown = [...new Set(said)];
  return `${shown.slice(0, SEEN_SHOWN).join("; ")}${shown.length > SEEN_SHOWN ? "; and more, told in the evidence" : ""}`;
}

function notices(board: BoardDocument): Markup | null {
  const models = board.tasks.flatMap((t) => t.models);
  const barred = models.filter((m) => m.barred.length > 0).length;
  const overlap = models.filter((m) => m.overlap.state === "overlap").length;
  const items: (Markup | false)[] = [
    barred > 0 &&
      html`<li class="grave"><strong>${counted(barred, "model")} struck out</strong><p>Their audit or their own tables show that the reported patients were met before, or that the table is not the one the run wrote. They have no rank and do not limit the others.</p></li>`,
    board.failures.length > 0 &&
      html`<li class="grave"><strong>${counted(board.failures.length, "entry", "entries")} not judged</strong><p>See <a href="#failures">what failed</a>.</p></li>`,
    overlap > 0 &&
      html`<li><strong>${counted(overlap, "model")} whose encoder may have seen the test data</strong><p>Names of pretraining data are among those of the test data: ${seenText(board)}.</p></li>`,
    board.sealed !== null &&
      html`<li><strong>${board.sealed.state === "open" ? "The seal was opened" : "Sealed"}</strong><p>${sealText(board.sealed)}</p></li>`,
  ];
  const said = items.filter((i) => i !== false);
  return said.length === 0 ? null : html`<ul class="warnings">${said}</ul>`;
}

function jump(board: BoardDocument): Markup | null {
  if (board.tasks.length < 2) return null;
  return html`<ul class="jump">${board.tasks.map((t, i) => html`<li><a href="#task-${i + 1}">${t.task}</a></li>`)}</ul>`;
}

/** Models against tasks, without an average: an average over tasks would rank by the choice of tasks. */
function overview(board: BoardDocument): Markup | null {
  if (board.tasks.length < 2) return null;
  const names = [...new Set(board.tasks.flatMap((t) => t.models.map((m) => m.name)))];
  const rows = names
    .map((name) => {
      const own = board.tasks.map((t) => t.models.find((m) => m.name === name));
      const ranked = own.filter((m, i) => isRanked(m, board.tasks[i]));
      return { name, own, ranked: ranked.length, first: ranked.filter((m) => placeOf(m)?.rank === 1).length };
    })
    .sort((a, b) => b.first - a.first);
  return html`<section id="overview"><h2>All tasks</h2><p class="note">Internal value of the metric of each task (external where a task has no internal part), with the rank in brackets. No average over tasks is formed: it would depend on which tasks were chosen.</p>${scroll(
    "All tasks",
    html`<table class="board"><thead><tr><th scope="col">Model</th><th scope="col" class="num" data-best="high">In the first group</th>${board.tasks.map(
      (t) =>
        html`<th scope="col" class="num" data-best="${t.metric.better === "higher" ? "high" : "low"}">${t.task}<span class="why">${metricText(t.metric)}</span></th>`,
    )}</tr></thead><tbody>${rows.map(
      (r) =>
        html`<tr class="${r.own.every((m) => m === undefined || m.barred.length > 0) ? "barred" : ""}"><th scope="row"><span class="name">${r.name}</span></th><td class="num" data-key="${r.first}">${r.ranked > 0 && `${r.first} of ${r.ranked}`}</td>${r.own.map((m, i) => overviewCell(m, board, i))}</tr>`,
    )}</tbody></table>`,
  )}</section>`;
}

function placeOf(m: ModelRecord | undefined): ModelRecord["internal"] {
  return m?.internal ?? m?.external ?? null;
}

/** Being first among one model says nothing. */
function isRanked(m: ModelRecord | undefined, task: TaskRecord | undefined): boolean {
  const part = m?.internal ? task?.internal : task?.external;
  return placeOf(m)?.rank != null && (part?.compared ?? 0) > 1;
}

function overviewCell(m: ModelRecord | undefined, board: BoardDocument, task: number): Markup {
  const result = placeOf(m);
  if (m === undefined || result === null || result.estimate.value === null)
    return html`<td class="num" data-key=""></td>`;
  const id = evidenceId(task, board.tasks[task]?.models.indexOf(m) ?? 0);
  const rank = result.rank === null ? html` <span class="tag refuse">struck out</span>` : html` (${result.rank})`;
  return html`<td class="num" data-key="${result.estimate.value}"><a href="#${id}">${decimal(result.estimate.value)}</a>${rank}</td>`;
}

function failures(board: BoardDocument): Markup | null {
  if (board.failures.length === 0) return null;
  return html`<section id="failures"><h2>Not judged</h2><ul class="warnings">${board.failures.map(
    ({ entry, failure: f }) =>
      html`<li class="grave"><strong>${entry}: ${f.kind}</strong><p>Expected ${f.expected}; received ${f.received}. Remedy: ${f.remedy}.</p></li>`,
  )}</ul></section>`;
}

function methods(board: BoardDocument): Markup {
  const said = new Map<string, string[]>();
  for (const task of board.tasks) {
    for (const part of ["internal", "external"] as const) {
      const method = task[part]?.method;
      if (method !== undefined) said.set(method, [...(said.get(method) ?? []), `${task.task} (${part})`]);
    }
  }
  return html`<ul>${[...said].map(([method, where]) => html`<li>Ranks of ${listed(where)}: ${method}.</li>`)}</ul>`;
}

const POLICY = [
  "default-src 'none'",
  "img-src data:",
  `style-src '${hash(BOARD_STYLE)}'`,
  `script-src '${hash(BOARD_SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
