/**
 * The only script of the report, and optional: the slide table can be sorted by a click on a heading and filtered by
 * text. Without it the table is complete and in cohort order. It is admitted by its hash in the page's policy.
 */

export const SCRIPT = `"use strict";
for (const table of document.querySelectorAll("table[data-sortable]")) {
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
      const down = cell.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(i, down);
    });
  });
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
