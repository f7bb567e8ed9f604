/**
 * The only script of the page, and optional: headings sort, one field filters all tables, a box hides struck-out rows. Without
 * it every table is complete and best first. Admitted by its hash in the page's policy.
 */

export const BOARD_SCRIPT = `"use strict";
const tables = [...document.querySelectorAll("table.board")];
for (const table of tables) {
  const body = table.tBodies[0];
  const key = (row, i) => row.cells[i].dataset.key ?? row.cells[i].textContent.trim();
  const sort = (i, down) => {
    const rows = [...body.rows].map((row) => [key(row, i), row]);
    const numeric = rows.every(([k]) => k === "" || !Number.isNaN(Number(k)));
    rows.sort(([a], [b]) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      const order = numeric ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0;
      return down ? -order : order;
    });
    body.append(...rows.map(([, row]) => row));
  };
  [...table.tHead.rows[0].cells].forEach((cell, i) => {
    if (cell.dataset.still !== undefined) return;
    const button = document.createElement("button");
    button.className = "sort";
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const was = cell.getAttribute("aria-sort");
      const down = was === null ? cell.dataset.best === "high" : was === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(i, down);
    });
  });
}
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
