/**
 * The only script of the page, and optional: headings sort, one field filters all tables, a box hides struck-out rows. Without
 * it every table is complete and best first. Admitted by its hash in the page's policy.
 */

import { SORTABLE } from "../report/sortable-script.ts";

export const BOARD_SCRIPT = `"use strict";
const tables = [...document.querySelectorAll("table.board")];
${SORTABLE}for (const table of tables) sortable(table);
const tools = document.createElement("div");
tools.className = "tools";
const filter = document.createElement("input");
filter.className = "filter";
filter.type = "search";
filter.placeholder = "Filter: task, encoder, aggregator, audit, data set";
filter.setAttribute("aria-label", filter.placeholder);
const label = document.createElement("label");
const box = document.createElement("input");
box.type = "checkbox";
label.append(box, " hide struck-out models");
tools.append(filter, label);
const show = () => {
  const words = filter.value.toLowerCase().split(/\\s+/);
  for (const table of tables) {
    for (const row of table.tBodies[0].rows) {
      const text = ((table.dataset.task ?? "") + " " + row.textContent).toLowerCase();
      row.hidden = (box.checked && row.classList.contains("barred")) || !words.every((word) => text.includes(word));
    }
  }
};
filter.addEventListener("input", show);
box.addEventListener("change", show);
document.getElementById("tools").replaceWith(tools);
`;
