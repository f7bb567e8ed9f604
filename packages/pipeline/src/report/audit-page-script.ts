/**
 * The script of the audit's page, and the few rules of style that only it needs. Tables sort by a click on a heading; a click on a patient
 * opens the record in a dialog. Without the script tables are in the order of gravity and the links lead to the records.
 */
import { SORTABLE } from "./sortable-script.ts";

export const AUDIT_SCRIPT = `"use strict";
${SORTABLE}for (const table of document.querySelectorAll("table[data-sortable]")) sortable(table);
const dialog = document.querySelector("dialog");
const shown = dialog.querySelector(".record");
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.who");
  if (link === null) {
    if (event.target === dialog) dialog.close();
    return;
  }
  const record = document.getElementById(link.hash.slice(1));
  if (record === null) return;
  event.preventDefault();
  shown.replaceChildren(...[...record.childNodes].map((node) => node.cloneNode(true)));
  dialog.showModal();
});
`;

export const AUDIT_STYLE = `a.who{white-space:nowrap}
img.small{display:inline-block;max-width:5rem;max-height:5rem;vertical-align:middle;margin-right:.4rem;border-radius:3px;background:#fff}
span.slide{display:inline-block;margin-right:.6rem;overflow-wrap:anywhere}
.finding{scroll-margin-top:3.2rem}
#patients details{margin:.2rem 0}
#patients .record{border-left:2px solid var(--line);padding-left:.8rem;scroll-margin-top:3.2rem}
dialog{color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:1rem 1.2rem;width:min(60rem,calc(100vw - 1.5rem));max-height:calc(100vh - 2rem);overflow:auto}
@media (max-width:40rem){.record thead{display:none}.record tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}.record td,.record tbody th{display:block;border:0;padding:.05rem 0}}
dialog::backdrop{background:rgb(0 0 0/.45)}
dialog form{float:right}
dialog button{font:inherit;color:var(--accent);background:none;border:1px solid var(--line);border-radius:5px;padding:.2rem .7rem;cursor:pointer}
`;
