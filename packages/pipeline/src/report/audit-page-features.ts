/** Whether the features separate the label or the hospital. */
import type { FeatureRobustness } from "@nacre/evaluation";
import type { AuditDocument } from "../audit/audit-cohort.ts";
import { followsText } from "../audit/robustness-text.ts";
import { type ForestRow, forest } from "./chart/forest.ts";
import { html, type Markup } from "./html.ts";
import { count, counted, decimal, sentence } from "./number-text.ts";
import type { Section } from "./section/section.ts";
import { estimateCell, scroll, table } from "./table.ts";

/** null where no features were judged. */
export function featuresSection({ robustness }: Pick<AuditDocument, "robustness">): Section | null {
  if (robustness.length === 0) return null;
  const rows = robustness.map((r): ForestRow => ({ name: `by ${r.centre}`, role: "internal", estimate: r.index }));
  const title = "Robustness index of the features";
  return {
    id: "features",
    title: "Label or hospital",
    body: html`${robustness.map((r) => html`<p><strong>${sentence(followsText(r))}</strong></p>`)}
<p>Of the nearest patients that share either the label or the ${robustness[0]?.centre ?? "site"} but not both, the index is the share with the same label: 1 where features follow the label, 0 where they follow the ${robustness[0]?.centre ?? "site"}, one half where they follow neither. It is taken in designs of two labels and two values with as many patients in each cell.</p>
${scroll(title, forest({ id: "robustness", title, axis: "robustness index", chance: 0.5, rows }))}${numbers(robustness)}`,
  };
}

function numbers(robustness: readonly FeatureRobustness[]): Markup {
  const columns = [
    { name: "By" },
    { name: "Robustness index" },
    { name: "Clustering score" },
    { name: "Performance drop" },
    { name: "Accuracy, untied to tied" },
    { name: "Compared" },
  ];
  const rows = robustness.map(
    (r) =>
      html`<tr><th scope="row">${r.centre}</th>${estimateCell(r.index)}${estimateCell(r.clustering)}${estimateCell(r.drop)}<td>${
        r.accuracy === null ? "" : `${decimal(r.accuracy.untied, 2)} to ${decimal(r.accuracy.tied, 2)}`
      }</td><td>${counted(r.patients, "patient")}, ${count(r.centres)} values, ${count(r.designs)} of ${counted(r.possible, "design")}</td></tr>`,
  );
  return table("Robustness of the features (one vector for each patient)", columns, rows);
}
