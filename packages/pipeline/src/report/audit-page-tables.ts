/** The rest of the page: folds, what was read and derived, what could not be checked, and the split that is proposed. */
import type { AuditDocument } from "../audit/audit-cohort.ts";
import { html, type Markup } from "./html.ts";
import { count, counted, percent, sentence } from "./number-text.ts";
import type { Section } from "./section/section.ts";
import { scroll, table } from "./table.ts";

/** null where there is no split. */
export function foldsSection({ folds, skipped }: AuditDocument): Section | null {
  if (folds.length === 0) return null;
  const blind = skipped.find((s) => s.check === "patient-leak")?.reason;
  const none = blind === undefined ? "no test patient" : "not known";
  const name = "Test patients that training has seen, by fold";
  const rows = folds.map(
    (f) =>
      html`<tr><th scope="row" data-key="${f.fold}">${f.fold}</th><td class="word">${fileName(f.file ?? "")}</td><td class="num" data-key="${f.share ?? ""}">${f.share === null ? none : percent(f.share)}</td></tr>`,
  );
  return {
    id: "folds",
    title: "Folds",
    body: html`${blind !== undefined && html`<p>${sentence(blind)}</p>`}${scroll(
      name,
      html`<table data-sortable><caption>${name}</caption><thead><tr><th scope="col">Fold</th><th scope="col">File</th><th scope="col" class="num" data-best="high">Leaked share</th></tr></thead><tbody>${rows}</tbody></table>`,
    )}`,
  };
}

export function readSection(document: AuditDocument): Section {
  const { inputs, derived, notes, task } = document;
  const files = table(
    "Files and what they were taken for",
    [{ name: "File" }, { name: "Dialect" }, { name: "Rows", numeric: true }],
    inputs.map(
      (i) =>
        html`<tr><th scope="row" class="word">${i.file}</th><td>${i.dialect}</td><td class="num">${count(i.rows)}</td></tr>`,
    ),
  );
  const label = task === null ? "No label column is known." : `Label: ${task.label} (${task.classes.join(", ")}).`;
  return {
    id: "read",
    title: "What was read and derived",
    body: html`${files}<p>${label}</p>${bullets("Derived, because no column says it", derived)}${bullets("Notes", notes)}`,
  };
}

/** null where every check was made. */
export function skippedSection({ skipped }: AuditDocument): Section | null {
  if (skipped.length === 0) return null;
  return {
    id: "skipped",
    title: "Not checked",
    body: html`<p class="note">A check that could not be made is not a pass.</p><ul>${skipped.map(
      (s) => html`<li><strong>${s.check}</strong>: ${s.reason}</li>`,
    )}</ul>`,
  };
}

/** null where no split is proposed. */
export function proposalSection({ proposal, task }: AuditDocument): Section | null {
  if (proposal === null) return null;
  const { imbalance, parts, notes } = proposal.report;
  const classes = task?.classes ?? [];
  const rows = parts.map(
    (p) =>
      html`<tr><th scope="row">${p.fold === null ? p.part : `fold ${p.fold}, ${p.part}`}</th><td class="num">${count(p.patients)}</td><td class="num">${count(p.slides)}</td>${classes.map((c) => html`<td class="num">${count(p.labels[c] ?? 0)}</td>`)}<td class="num">${count(Object.keys(p.sites).length)}</td></tr>`,
  );
  const columns = ["Patients", "Slides", ...classes, "Sites"].map((name) => ({ name, numeric: true }));
  const left =
    imbalance !== null &&
    html`<p>Imbalance left: ${percent(imbalance.worst)} at worst; objective ${count(imbalance.objective)}, and no division of patients is below ${count(imbalance.lowerBound)}${imbalance.optimal ? ", so none is better" : ""}.</p>`;
  return {
    id: "proposal",
    title: "A clean split",
    body: html`<p><strong>${counted(proposal.folds, "fold")} by ${proposal.by}.</strong> ${sentence(proposal.reason)} Write it with <code>--write DIR --dialect NAME</code>.</p>${left}${bullets("Notes", notes)}
<details><summary>Parts of the proposed split</summary>${table("Patients, slides, patients of each label, and sites", [{ name: "Part" }, ...columns], rows)}</details>`,
  };
}

function bullets(title: string, lines: readonly string[]): Markup | null {
  return lines.length === 0 ? null : html`<h3>${title}</h3><ul>${lines.map((l) => html`<li>${sentence(l)}</li>`)}</ul>`;
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
