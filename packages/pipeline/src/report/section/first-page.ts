/** The first page: what this is not, the verdict, one drawing of the result beside its rivals, and every warning. */
import { type ForestRow, forest } from "../chart/forest.ts";
import { html, type Markup } from "../html.ts";
import { counted, decimal, intervalText, unbroken } from "../number-text.ts";
import type { ReportData } from "../report-data.ts";
import { scroll } from "../table.ts";
import { verdict } from "../verdict.ts";
import { warnings } from "../warning.ts";
import type { Section } from "./section.ts";

/** Said above the contents: use, synthetic data. */
export function banner(data: ReportData): Markup {
  return html`<p class="use"><strong>Research use only. Not a medical device.</strong> Nothing here may guide the care of a patient.</p>
${
  data.synthetic &&
  html`<div class="synthetic" role="note"><strong>SYNTHETIC DATA: not clinical performance</strong>
Slides of this study were drawn by a program. The numbers show that the software works from end to end. They say nothing about any disease, hospital or patient.</div>`
}`;
}

export function firstPage(data: ReportData): Section {
  return {
    id: "verdict",
    title: "Verdict",
    body: html`${headline(data)}<p class="lead">${unbroken(verdict(data).join(" "))}</p>${glance(data)}${localisation(data)}<h3>Read this before the numbers</h3>${warningList(data)}`,
  };
}

/** The one number, large; what the rest of the page qualifies. */
function headline(data: ReportData): Markup | null {
  const { external, internal } = data.scorecard;
  const part = external ?? internal;
  if (part === null || part.auroc.value === null) return null;
  const e = part.auroc;
  const where = external === null ? "Internal" : "External";
  return html`<p class="headline">${where} AUROC ${decimal(part.auroc.value)}<small>95 % interval ${intervalText(e) ?? "none"}, n = ${counted(e.n, "patient")}${data.synthetic && ", synthetic data"}</small></p>`;
}

function glance(data: ReportData): Markup {
  const { external, internal, baselines } = data.scorecard;
  const name = data.asked.aggregator.title;
  const rows: ForestRow[] = [];
  if (external !== null) rows.push({ name: `${name}, external`, role: "external", estimate: external.auroc });
  if (internal !== null) rows.push({ name: `${name}, internal`, role: "internal", estimate: internal.auroc });
  const pool = baselines.meanPool;
  if (pool?.external) rows.push({ name: "Mean pool, external", role: "reference", estimate: pool.external });
  if (pool?.internal) rows.push({ name: "Mean pool, internal", role: "reference", estimate: pool.internal });
  if (baselines.siteOnly !== null)
    rows.push({ name: "Site alone, no pixels", role: "reference", estimate: baselines.siteOnly });
  if (rows.length === 0) return html`<p class="undefined">Nothing was judged in this run.</p>`;
  const title =
    data.asked.classes.length > 2
      ? "AUROC at a glance, macro one-versus-rest, by patient"
      : "AUROC at a glance, by patient";
  return scroll(title, forest({ id: "glance", title, axis: "AUROC", chance: 0.5, rows }));
}

function localisation(data: ReportData): Markup | null {
  const l = data.localisation;
  if (l === undefined) return null;
  return html`<p>Where the truth is known, ${decimal(l.mean * 100, 1)} % of the tiles of highest contribution lie inside it
(mean of ${counted(l.slides, "slide")}; least on one slide ${decimal(l.minimum * 100, 1)} %). <span class="muted">${l.rule}</span></p>`;
}

/** Everything a reader must know before the numbers. */
export function warningList(data: ReportData): Markup {
  const list = warnings(data);
  if (list.length === 0) {
    return html`<p>No refusal was let through, no scale was assumed or overridden, patients and sites are known, and no slide failed.</p>`;
  }
  return html`<ul class="warnings">${list.map((w) => html`<li class="${w.level}"><strong>${w.title}</strong><p>${unbroken(w.text)}</p></li>`)}</ul>`;
}
