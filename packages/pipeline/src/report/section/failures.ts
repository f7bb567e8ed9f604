/** Every slide that failed or was refused: what was expected, what came, what to do. */
import { html } from "../html.ts";
import { count, counted } from "../number-text.ts";
import type { ReportData } from "../report-data.ts";
import { table } from "../table.ts";
import type { Section } from "./section.ts";

const MOST = 500;

export function failuresSection(data: ReportData): Section {
  const failed = data.slides.flatMap((s) => (s.failure === null ? [] : [{ ...s, failure: s.failure }]));
  const title = "What failed or was refused";
  if (failed.length === 0) {
    return {
      id: "failed",
      title,
      body: html`<p>No slide of ${count(data.slides.length)} failed or was refused.</p>`,
    };
  }
  const rows = failed.slice(0, MOST).map(
    (
      s,
    ) => html`<tr><th scope="row" class="word">${s.slide}</th><td><span class="tag failed">${s.failure.kind}</span></td>
<td class="word">${s.failure.expected}</td><td class="word">${s.failure.received}</td><td class="word">${s.failure.remedy}</td></tr>`,
  );
  const left = failed.length - rows.length;
  const columns = ["Slide", "Kind", "Expected", "Received", "What to do"].map((name) => ({ name }));
  return {
    id: "failed",
    title,
    body: html`${table(`${counted(failed.length, "slide")} of ${count(data.slides.length)}; none of them is in a number of this report`, columns, rows)}
${left > 0 && html`<p class="note">${counted(left, "more slide")} in slides.csv.</p>`}`,
  };
}
