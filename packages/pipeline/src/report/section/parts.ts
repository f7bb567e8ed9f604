/** Who is in which part, and who left on the way (the flow of CONSORT 2010). */
import { html, type Markup } from "../html.ts";
import { count, counted, listed } from "../number-text.ts";
import type { FlowStep, ReportData } from "../report-data.ts";
import type { PartCount } from "../score.ts";
import { table } from "../table.ts";
import type { Section } from "./section.ts";

const ORDER = { train: 0, tune: 1, test: 2, external: 3 } as const;

export function partsSection(data: ReportData): Section {
  return {
    id: "parts",
    title: "Who is in which part",
    body: html`<p>The model is fitted on <em>train</em>; <em>tune</em> decides when to stop, and teaches recalibration and thresholds; <em>test</em> and <em>external</em> are only reported. No choice was made on them.</p>
${partTable(data)}<h3>From the cohort table to the result</h3>${flow(data.flow)}`,
  };
}

function partTable(data: ReportData): Markup {
  if (data.parts.length === 0) return html`<p class="undefined">No part was made in this run.</p>`;
  const columns = [
    { name: "Part" },
    { name: "Patients", numeric: true },
    { name: "Slides", numeric: true },
    ...data.asked.classes.map((c) => ({ name: c, numeric: true })),
    { name: "Sites" },
    { name: "Dates" },
  ];
  const rows = [...data.parts].sort(byFold).map((p) => partRow(p, data.asked.classes));
  return table("Patients, slides and labels (patients a class) of each part", columns, rows);
}

function byFold(a: PartCount, b: PartCount): number {
  const fold = (p: PartCount) => p.fold ?? Number.MAX_SAFE_INTEGER;
  return fold(a) - fold(b) || ORDER[a.part] - ORDER[b.part];
}

function partRow(p: PartCount, classes: readonly string[]): Markup {
  return html`<tr${p.part === "external" && html` class="main"`}><th scope="row">${p.fold === null ? p.part : `fold ${p.fold}, ${p.part}`}</th>
<td class="num">${count(p.patients)}</td><td class="num">${count(p.slides)}</td>${classes.map(
    (c) => html`<td class="num">${count(p.labels[c] ?? 0)}</td>`,
  )}<td class="word">${sites(Object.keys(p.sites))}</td><td class="date">${p.dates === null ? "unknown" : `${p.dates.first} to ${p.dates.last}`}</td></tr>`;
}

function sites(names: readonly string[]): string {
  if (names.length === 0) return "unknown";
  return names.length <= 6 ? listed(names) : `${names.length} sites: ${names.slice(0, 5).join(", ")} and more`;
}

function flow(steps: readonly FlowStep[]): Markup {
  if (steps.length === 0) return html`<p class="undefined">The flow was not recorded.</p>`;
  return html`<div class="flow">${steps.map(
    (
      s,
    ) => html`<div class="step"><strong>${s.what}</strong><br>${counted(s.slides, "slide")}, ${counted(s.patients, "patient")}</div>
${s.excluded.length > 0 && html`<div class="out">left out after this<ul>${s.excluded.map((e) => html`<li>${excluded(e)}</li>`)}</ul></div>`}`,
  )}</div>`;
}

function excluded(e: FlowStep["excluded"][number]): string {
  return `${e.reason}: ${counted(e.slides, "slide")}${e.patients === null ? "" : `, ${counted(e.patients, "patient")}`}`;
}
