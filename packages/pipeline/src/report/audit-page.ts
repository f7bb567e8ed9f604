/**
 * The audit as one HTML file that opens offline: the verdict, every finding with its cases, and for every patient that a case
 * names the slides, parts and rows of the files. A click on a patient opens that record over the page; without the script the same
 * link leads to it. A pure function of its value; everything that was read is escaped, and the policy admits style and script by hash.
 */
import { createHash } from "node:crypto";
import type { AuditDocument } from "../audit/audit-cohort.ts";
import type { PatientRecord } from "../audit/patient-record.ts";
import { sizeText, verdictText } from "../audit/verdict-text.ts";
import { featuresSection } from "./audit-page-features.ts";
import { findingsSection } from "./audit-page-findings.ts";
import { patientsSection, type RecordLinks, recordLinks } from "./audit-page-patients.ts";
import { AUDIT_SCRIPT, AUDIT_STYLE } from "./audit-page-script.ts";
import { foldsSection, proposalSection, readSection, skippedSection } from "./audit-page-tables.ts";
import { html, type Markup, trusted } from "./html.ts";
import { count, counted, listed } from "./number-text.ts";
import type { Section } from "./section/section.ts";
import { STYLE } from "./style.ts";

export interface AuditPage {
  readonly document: AuditDocument;
  readonly patients: readonly PatientRecord[];
  /** Patients that examples name and the page has no room for. */
  readonly patientsLeft: number;
  /** Pictures of slides as data addresses, by slide. */
  readonly pictures: ReadonlyMap<string, string>;
}

/** The whole page as text (UTF-8). The same value gives the same bytes. */
export function renderAuditPage(page: AuditPage): string {
  const { document } = page;
  const links = recordLinks(page.patients);
  const title = titleOf(document);
  const sections = sectionsOf(page, links);
  const style = `${STYLE}${AUDIT_STYLE}`;
  const policy = `default-src 'none'; img-src data:; style-src '${hash(style)}'; script-src '${hash(AUDIT_SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${title}: audit</title><style>${trusted(style)}</style></head>
<body><div class="page"><nav aria-label="Contents"><ol><li class="home">${title}</li>${sections.map(
    (s, i) => html`<li><a href="#${s.id}">${i + 1} ${s.title}</a></li>`,
  )}</ol></nav>
<main><p class="kicker">Audit of a cohort and its split</p><h1>${title}</h1>${verdict(document)}
${sections.map((s, i) => html`<section id="${s.id}"><h2><span class="no">${i + 1}</span>${s.title}</h2>${s.body}</section>\n`)}
<footer>Made by Nacre. Research use only; not a medical device.</footer></main></div>
<dialog id="record" aria-label="Patient"><form method="dialog"><button>Close</button></form><div class="record"></div></dialog>
<script>${trusted(AUDIT_SCRIPT)}</script></body></html>
`.markup;
}

function sectionsOf(page: AuditPage, links: RecordLinks): Section[] {
  const { document } = page;
  return [
    findingsSection(document.findings, links, page.pictures),
    foldsSection(document),
    featuresSection(document),
    readSection(document),
    skippedSection(document),
    proposalSection(document),
    patientsSection(page.patients, { left: page.patientsLeft, pictures: page.pictures }),
  ].filter((s) => s !== null);
}

function titleOf({ inputs }: AuditDocument): string {
  const names = inputs.map((i) => i.file.split(/[\\/]/).at(-1) ?? i.file);
  return names.length <= 2 ? listed(names) : `${names[0]} and ${counted(names.length - 1, "more file")}`;
}

function verdict(document: AuditDocument): Markup {
  const { findings, sites } = document;
  const grave = findings.filter((f) => f.severity === "refuse");
  const warned = findings.filter((f) => f.severity === "warn").length;
  return html`<p class="headline">${verdictText(document)}<small>${sizeText(document)}, ${sites === 0 ? "no site known" : counted(sites, "site")}; ${counted(warned, "warning")}, ${count(findings.length - warned - grave.length)} for the record</small></p>`;
}

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
