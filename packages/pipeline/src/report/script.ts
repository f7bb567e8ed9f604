/**
 * The only script of the report, and optional: the slide table can be sorted by a click on a heading and filtered by
 * text. Without it the table is complete and in cohort order. It is admitted by its hash in the page's policy.
 */

import { SORTABLE } from "./sortable-script.ts";

export const SCRIPT = `"use strict";
${SORTABLE}for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  sortable(table);
  const filter = document.createElement("input");
  filter.className = "filter";
  filter.type = "search";
  filter.placeholder = "Filter: slide, patient, site, part, state";
  filter.setAttribute("aria-label", filter.placeholder);
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\\s+/);
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
  });
  table.parentElement.before(filter);
}
`;
