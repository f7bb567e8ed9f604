/** Tables that scroll sideways on a narrow screen instead of breaking the page, and cells for numbers with intervals. */
import { type Content, html, type Markup } from "./html.ts";
import { count, decimal, intervalText } from "./number-text.ts";
import type { Estimate } from "./score.ts";

export interface Column {
  readonly name: string;
  readonly numeric?: boolean;
}

/** A table from ready cells; each row is a list of `td` or `th` markup. */
export function table(caption: string, columns: readonly Column[], rows: readonly Markup[]): Markup {
  return scroll(
    caption,
    html`<table><caption>${caption}</caption><thead><tr>${columns.map(
      (c) => html`<th scope="col"${c.numeric === true && html` class="num"`}>${c.name}</th>`,
    )}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** Makes wide content reachable by keyboard and named for a screen reader. */
export function scroll(name: string, content: Markup): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${content}</div>`;
}

/** The table that stands for one part of a chart, folded. At most `most` rows, evenly taken; says so. */
export function chartTable(
  name: string,
  columns: readonly string[],
  rows: readonly (readonly Content[])[],
  most = 24,
): Markup {
  const step = Math.max(1, (rows.length - 1) / (most - 1));
  const taken = rows.length <= most ? rows : Array.from({ length: most }, (_, i) => rows[Math.round(i * step)] ?? []);
  const left = rows.length - taken.length;
  return html`<details><summary>${name} as a table</summary>${scroll(
    `${name} as a table`,
    html`<table><thead><tr>${columns.map((c) => html`<th scope="col" class="num">${c}</th>`)}</tr></thead><tbody>${taken.map(
      (r) => html`<tr>${r.map((c) => html`<td class="num">${c}</td>`)}</tr>`,
    )}</tbody></table>`,
  )}${left > 0 && html`<p class="note">${count(taken.length)} of ${count(rows.length)} points, evenly taken.</p>`}</details>`;
}

/** One estimate in a cell: value, interval, n; undefined with its reason. null is a dash: not part of this run. */
export function estimateCell(e: Estimate | null | undefined, absent = "not computed", digits = 3): Markup {
  if (e === null || e === undefined) return html`<td class="undefined">${absent}</td>`;
  if (e.value === null) {
    return html`<td class="undefined">undefined: ${e.reason ?? "no reason recorded"}, <span class="interval">n = ${count(e.n)}</span></td>`;
  }
  const interval = intervalText(e, digits);
  const n = `n = ${count(e.n)}`;
  if (interval !== null)
    return html`<td>${decimal(e.value, digits)} <span class="interval">${interval}, ${n}</span></td>`;
  return html`<td>${decimal(e.value, digits)} <span class="why">${e.reason ?? "no interval"}, ${n}</span></td>`;
}
