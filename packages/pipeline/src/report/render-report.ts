/**
 * The report as one HTML file that opens offline: no address is loaded, no font, no script from elsewhere, and a policy
 * in the page forbids it. A pure function: the same value gives the same bytes; no clock is read.
 */
import { createHash } from "node:crypto";
import { html, type Markup, trusted } from "./html.ts";
import { withinBudget } from "./picture-budget.ts";
import type { ReportData, ReportLimits } from "./report-data.ts";
import { SCRIPT } from "./script.ts";
import { askedSection } from "./section/asked.ts";
import { auditSection } from "./section/audit.ts";
import { beyondSection } from "./section/beyond.ts";
import { limitationsSection, provenanceSection } from "./section/closing.ts";
import { curvesSection } from "./section/curves.ts";
import { failuresSection } from "./section/failures.ts";
import { faithfulnessSection } from "./section/faithfulness.ts";
import { banner, firstPage } from "./section/first-page.ts";
import { heatmapsSection } from "./section/heatmaps.ts";
import { partsSection } from "./section/parts.ts";
import { scorecardSection } from "./section/scorecard.ts";
import type { Section } from "./section/section.ts";
import { slidesSection } from "./section/slides.ts";
import { subgroupsSection } from "./section/subgroups.ts";
import { tilesSection } from "./section/tiles.ts";
import { trainingSection } from "./section/training.ts";
import { STYLE } from "./style.ts";

/**
 * The whole page as text (UTF-8).
 * @throws TypeError when a number is not finite or a picture is not a data URL: mistakes of the caller, never shown as a blank
 */
export function renderReport(data: ReportData, limits: ReportLimits = {}): string {
  const pictures = withinBudget(data, limits);
  const sections = [
    firstPage(data),
    askedSection(data),
    partsSection(data),
    failuresSection(data),
    scorecardSection(data),
    curvesSection(data),
    subgroupsSection(data),
    ...beyond(data),
    auditSection(data),
    heatmapsSection(data, pictures),
    tilesSection(data, pictures),
    ...faithfulnessSection(data.faithfulness),
    slidesSection(data, limits),
    trainingSection(data),
    limitationsSection(data),
    provenanceSection(data),
  ];
  return page(data, sections).markup;
}

/** What stands beside the headline; none where nothing was examined. */
function beyond({ scorecard: { internal, external }, examination }: ReportData): Section[] {
  return internal === null || examination === undefined ? [] : [beyondSection({ internal, external, examination })];
}

/** The page of a run with these sections. */
export function page(data: ReportData, sections: readonly Section[]): Markup {
  const stamp = data.synthetic ? "SYNTHETIC DATA · research use only" : "Research use only · not a medical device";
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${data.synthetic ? "[synthetic] " : ""}${data.title}: report</title><style>${trusted(STYLE)}</style></head>
<body><div class="page"><nav aria-label="Contents"><ol><li class="home">${data.title}</li>${sections.map(
    (s, i) => html`<li><a href="#${s.id}">${i + 1} ${s.title}</a></li>`,
  )}</ol></nav>
<main><p class="kicker">Study report</p><h1>${data.title}</h1>${banner(data)}
${sections.map((s, i) => html`<section id="${s.id}"><h2><span class="no">${i + 1}</span>${s.title}</h2>${s.body}</section>\n`)}
<footer>Made by Nacre. Research use only; not a medical device.</footer></main></div><div class="stamp">${stamp}</div>
<script>${trusted(SCRIPT)}</script></body></html>
`;
}

const POLICY = [
  "default-src 'none'",
  "img-src data:",
  `style-src '${hash(STYLE)}'`,
  `script-src '${hash(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}
