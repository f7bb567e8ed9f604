/**
 * Script text for pages: makes the headings of a table sort it. `data-key` of a cell is what it sorts by, `data-still` on a heading
 * leaves a column alone, `data-best="high"` sorts it from the top at the first click.
 */

export const SORTABLE = `const sortable = (table) => {
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
};
`;
