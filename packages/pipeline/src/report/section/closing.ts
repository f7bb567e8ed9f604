/** Limitations, and what made this report. */
import { html } from "../html.ts";
import { limitations } from "../limitation.ts";
import type { ReportData } from "../report-data.ts";
import type { Section } from "./section.ts";

export function limitationsSection(data: ReportData): Section {
  return {
    id: "limitations",
    title: "Limitations",
    body: html`<ul>${limitations(data).map((l) => html`<li>${l}</li>`)}</ul>`,
  };
}

export function provenanceSection(data: ReportData): Section {
  const p = data.provenance;
  return {
    id: "provenance",
    title: "Provenance",
    body: html`<p>To make this run again:</p><pre><code>${p.command}</code></pre>
${p.groups.map(
  (g) =>
    html`<h3>${g.title}</h3><dl class="facts">${g.rows.map(([k, v]) => html`<dt>${k}</dt><dd><code>${v}</code></dd>`)}</dl>`,
)}<h3>Study file, resolved</h3><pre><code>${p.study}</code></pre>`,
  };
}
