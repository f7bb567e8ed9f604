/** What the audit found in cohort and split, the gravest first, and what could not be checked. */
import { extent } from "../finding-text.ts";
import { html, type Markup } from "../html.ts";
import { counted, estimateText, sentence } from "../number-text.ts";
import type { ReportData } from "../report-data.ts";
import type { Finding } from "../score.ts";
import type { Section } from "./section.ts";

/** Slides of one example that are named. */
const MOST = 3;
const ORDER = { refuse: 0, warn: 1, info: 2 } as const;
const WORD = { refuse: "refused unless allowed", warn: "warning", info: "for information" } as const;

export function auditSection(data: ReportData): Section {
  const findings = [...data.audit.findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  const why = new Map(data.asked.allow.map((a) => [a.finding, a.why]));
  const list =
    findings.length === 0
      ? html`<p>No finding.</p>`
      : html`<p class="note">Counts are distinct patients, or slides for findings about slides; a share is the mean over folds of the share of test patients touched.</p>
${findings.map((f) => block(f, why.get(f.kind)))}`;
  return { id: "audit", title: "Audit of cohort and split", body: html`${list}${proposal(data)}${skipped(data)}` };
}

function block(f: Finding, why: string | undefined): Markup {
  const measure =
    f.measure === undefined || f.column === undefined ? "" : ` · AUROC of this column alone ${estimateText(f.measure)}`;
  const allowed =
    f.severity === "refuse" &&
    why !== undefined &&
    html`<p><strong>Let through by the study file:</strong> “${why}”</p>`;
  return html`<article class="finding ${f.severity}"><h4>${f.kind}${f.column !== undefined && html`: ${f.column}`} <span class="tag ${f.severity}">${WORD[f.severity]}</span></h4>
<p class="muted">${extent(f)}${measure}</p><p>${sentence(f.effect)} <em>${sentence(f.remedy)}</em></p>${allowed}${examples(f)}</article>`;
}

function examples(f: Finding): Markup | null {
  if (f.examples.length === 0) return null;
  const items = f.examples.map((e) => {
    const slides = e.slides.length > MOST ? `${e.slides.slice(0, MOST).join(", ")} and more` : e.slides.join(", ");
    const who = [
      e.fold === null ? "" : `fold ${e.fold}`,
      e.patient === null ? "" : `patient ${e.patient}`,
      slides === "" ? "" : `slides ${slides}`,
    ].filter((t) => t !== "");
    return html`<li>${e.note}${e.note !== "" && who.length > 0 && " · "}<span class="muted">${who.join(", ")}</span></li>`;
  });
  return html`<details><summary>${counted(items.length, "example")}</summary><ul>${items}</ul></details>`;
}

/** The split the audit would make, where a finding gives a reason to make another. */
function proposal(data: ReportData): Markup | null {
  const p = data.audit.proposal;
  if (p === null || !data.audit.findings.some((f) => f.severity === "refuse")) return null;
  return html`<p class="note">The audit would split by ${p.by} into ${counted(p.folds, "fold")}: ${p.reason}.</p>`;
}

function skipped(data: ReportData): Markup | null {
  if (data.audit.skipped.length === 0) return null;
  return html`<h3>Not checked</h3><ul>${data.audit.skipped.map((s) => html`<li><strong>${s.check}</strong>: ${s.reason}</li>`)}</ul>`;
}
