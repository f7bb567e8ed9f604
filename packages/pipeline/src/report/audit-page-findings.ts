/** The findings, the gravest first. Each opens into its cases; each case names patients that open into their rows. */
import type { Example, Finding, Severity } from "@nacre/evaluation";
import type { RecordLinks } from "./audit-page-patients.ts";
import { picture } from "./audit-page-patients.ts";
import { extent } from "./finding-text.ts";
import { html, type Markup } from "./html.ts";
import { counted, estimateText, percent, sentence, unbroken } from "./number-text.ts";
import type { Section } from "./section/section.ts";
import { scroll } from "./table.ts";

const WORD: Readonly<Record<Severity, string>> = {
  refuse: "stops a study",
  warn: "warning",
  info: "for the record",
};

/** Slides of a case that are written out. */
const MOST_SLIDES = 8;

export function findingsSection(
  findings: readonly Finding[],
  links: RecordLinks,
  pictures: ReadonlyMap<string, string>,
): Section {
  const body =
    findings.length === 0
      ? html`<p>No finding.</p>`
      : html`<p class="note">Counts are distinct patients, or slides for findings about slides; a share is the mean over folds of the share of test patients touched. Open a finding for its cases, then a patient for the rows.</p>
${overview(findings)}${findings.map((f, i) => block(f, i, links, pictures))}`;
  return { id: "findings", title: "Findings", body };
}

function overview(findings: readonly Finding[]): Markup {
  const rows = findings.map(
    (f, i) =>
      html`<tr><th scope="row" data-key="${f.kind}"><a href="#finding-${i + 1}">${nameOf(f)}</a></th><td data-key="${["refuse", "warn", "info"].indexOf(f.severity)}"><span class="tag ${f.severity}">${WORD[f.severity]}</span></td><td class="num" data-key="${f.count}">${extent({ ...f, share: null })}</td><td class="num" data-key="${f.share ?? ""}">${f.share === null ? "" : percent(f.share)}</td></tr>`,
  );
  const name = "Findings at a glance";
  return scroll(
    name,
    html`<table data-sortable><caption>${name}</caption><thead><tr><th scope="col">Finding</th><th scope="col">Severity</th><th scope="col" class="num" data-best="high">Touched</th><th scope="col" class="num" data-best="high">Share of test patients</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function nameOf(f: Finding): string {
  const parts = f.parts === undefined ? "" : ` (${f.parts.join(", ")})`;
  return `${f.kind}${f.column === undefined ? parts : `: ${f.column}`}`;
}

function block(f: Finding, at: number, links: RecordLinks, pictures: ReadonlyMap<string, string>): Markup {
  const measure =
    f.measure !== undefined &&
    f.kind !== "small-test" &&
    html`<p>AUROC of this column alone: ${unbroken(estimateText(f.measure))}</p>`;
  return html`<article class="finding ${f.severity}" id="finding-${at + 1}"><h4>${nameOf(f)} <span class="tag ${f.severity}">${WORD[f.severity]}</span></h4>
<p class="muted">${unbroken(extent(f))}</p>${measure}<p>${sentence(f.effect)}</p><p><strong>To do:</strong> ${sentence(f.remedy)}</p>${cases(f, links, pictures)}</article>`;
}

function cases(f: Finding, links: RecordLinks, pictures: ReadonlyMap<string, string>): Markup | null {
  if (f.examples.length === 0) return null;
  const name = `Cases of ${nameOf(f)}`;
  const left = f.examples.every((e) => e.patient !== null) ? Math.max(0, f.count - f.examples.length) : 0;
  const columns = [
    { name: "Patient", of: (e: Example) => patientsOf(e, links) },
    { name: "Fold", of: (e: Example) => html`${e.fold}`, isLeftOut: f.examples.every((e) => e.fold === null) },
    { name: "What", of: (e: Example) => html`${e.note}` },
    {
      name: "Slides",
      of: (e: Example) => slidesOf(e, pictures),
      isLeftOut: f.examples.every((e) => isTold(e, pictures)),
    },
  ].filter((c) => c.isLeftOut !== true);
  return html`<details><summary>${counted(f.examples.length, "case")}${left > 0 && `, ${counted(left, "more is", "more are")} not listed`}</summary>${scroll(
    name,
    html`<table data-sortable><thead><tr>${columns.map((c) => html`<th scope="col">${c.name}</th>`)}</tr></thead><tbody>${f.examples.map(
      (e) =>
        html`<tr>${columns.map((c) => html`<td class="${c.name === "Fold" ? "fold" : "word"}">${c.of(e)}</td>`)}</tr>`,
    )}</tbody></table>`,
  )}</details>`;
}

/** Does the note name every slide, and is there no picture of one? */
function isTold({ slides, note }: Example, pictures: ReadonlyMap<string, string>): boolean {
  return slides.every((s) => note.includes(s) && !pictures.has(s));
}

function patientsOf(e: Example, links: RecordLinks): Markup {
  const owners = [...new Set(e.slides.map((s) => links.ownerOf(s)).filter((p) => p !== null))];
  const patients = e.patient === null ? owners : [e.patient];
  return html`${patients.map((p, i) => html`${i > 0 && ", "}${links.to(p)}`)}`;
}

function slidesOf({ slides }: Example, pictures: ReadonlyMap<string, string>): Markup {
  const more = slides.length - MOST_SLIDES;
  return html`${slides.slice(0, MOST_SLIDES).map((s) => html`<span class="slide">${picture(pictures.get(s), s)}${s}</span> `)}${more > 0 && `and ${more} more`}`;
}
