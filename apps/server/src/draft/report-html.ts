/** The report as one HTML file without anything from outside: it opens offline, prints on A4, and runs no script. */
import { createHash } from "node:crypto";
import { html, type Markup, trusted } from "@nacre/pipeline";
import type { PrintedField, ReportDocument } from "./report-document.ts";

const STYLE = `
:root{color-scheme:light;font:11pt/1.45 system-ui,"Segoe UI",Helvetica,Arial,sans-serif;color:#1b1f23;background:#fff}
body{max-width:46rem;margin:2rem auto;padding:0 1.5rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.05rem;margin:1.6rem 0 .5rem;border-bottom:1px solid #c8ccd0;padding-bottom:.2rem}
.notice{border:1.5px solid #8a4b00;background:#fff6e8;padding:.5rem .8rem;margin:0 0 1rem}.notice p{margin:.1rem 0;font-weight:600}
.status{margin:0 0 1rem;color:#444b52}dl{display:grid;grid-template-columns:minmax(9rem,15rem) 1fr;gap:.35rem 1rem;margin:0}
dt{font-weight:600}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.machine{border-left:4px solid #8a4b00;padding-left:.6rem}.mark{display:block;font-weight:600;color:#7a4200;font-size:.85rem}
.evidence{display:block;color:#555d66;font-size:.82rem;white-space:normal}.small{font-size:.85rem;color:#444b52;overflow-wrap:anywhere}
ul{padding-left:1.2rem}.every{display:none}
@page{size:A4;margin:18mm}@media print{body{margin:0;max-width:none;padding:0}dt,dd,li{break-inside:avoid}h2{break-after:avoid}.sheet{display:table;width:100%}main{display:table-row-group}.every{display:table-footer-group;break-inside:avoid;font-size:.8rem;color:#444b52}}
`;

/** Policy under which the file is shown: nothing but its own style. */
export const REPORT_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

export function reportHtml(document: ReportDocument): string {
  const { title, whose, notices, status, facts, fields, unstated, predictions, slides, signature } = document;
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${trusted(STYLE)}</style></head>
<body><div class="sheet"><main>
<div class="notice" role="note">${notices.map((notice) => html`<p>${notice}</p>`)}</div>
<h1>${title}</h1><p class="status">${status}</p>
<dl>${facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
<h2>Report</h2>${fields.length === 0 ? html`<p>Nothing has been written.</p>` : html`<dl>${fields.map(fieldMarkup)}</dl>`}
${unstated.length > 0 && html`<p class="small">Not stated: ${unstated.join("; ")}.</p>`}
${signatureMarkup(signature)}
<h2>Answers of models</h2>
<p class="small">As they stand in the archive when this is printed; not part of what is signed.</p>
${predictions.length === 0 ? html`<p>No model has answered.</p>` : html`<ul>${predictions.map(({ head, text, note }) => html`<li>${head}: ${text}<span class="evidence">${note}</span></li>`)}</ul>`}
<h2>Slides</h2>
<ul>${slides.map(({ name, text }) => html`<li>${name}: ${text}</li>`)}</ul>
</main><footer class="every">${whose}. ${status}.</footer></div></body></html>
`;
  return page.markup;
}

function fieldMarkup({ title, value, mark, evidence }: PrintedField): Markup {
  const said = html`${mark !== null && html`<span class="mark">${mark}</span>`}${value}${evidence !== null && html`<span class="evidence">${evidence}</span>`}`;
  return mark === null
    ? html`<dt>${title}</dt><dd>${said}</dd>`
    : html`<dt>${title}</dt><dd class="machine">${said}</dd>`;
}

function signatureMarkup(signature: ReportDocument["signature"]): Markup | null {
  if (signature === null) return null;
  return html`<h2>Signature</h2><p>Signed by ${signature.by}, ${signature.at}.</p>
<p class="small">SHA-256 over what was signed (canonical JSON of the fields above, template, version, signer and time): ${signature.sha256}</p>`;
}
