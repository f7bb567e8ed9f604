/** What a model of numbers shows beside its measures: every patient against the label, and how far the two may lie apart. */
import type { Estimate, RegressScore } from "@nacre/evaluation";
import { html, type Markup } from "../html.ts";
import { digitsFor } from "../number-text.ts";
import type { Section } from "../section/section.ts";
import { estimateCell, table } from "../table.ts";
import type { AnswerPart } from "./answer-part.ts";
import { agreementScatter, blandAltmanChart } from "./scatter-chart.ts";

type Part = AnswerPart<RegressScore>;

export function regressSections(parts: readonly Part[]): Section[] {
  return [{ id: "agreement", title: "Agreement", body: agreement(parts) }];
}

/** Decimals of numbers in the unit of the label: those that its error needs. */
export function unitDigits(parts: readonly { readonly score: RegressScore }[]): number {
  const sizes = parts.flatMap(({ score }) => score.measures.rmse?.value ?? []).filter((v) => v > 0);
  return sizes.length === 0 ? 3 : digitsFor(Math.min(...sizes));
}

function agreement(parts: readonly Part[]): Markup {
  const digits = unitDigits(parts);
  const drawn = parts.filter((p) => p.score.blandAltman !== null);
  if (drawn.length === 0) return html`<p class="undefined">Nothing to draw: fewer than two labelled patients.</p>`;
  return html`<p>The limits of agreement hold about 95 % of the differences where these are normal; a slope away from 0 means that the bias grows with the value.</p>
${drawn.map(({ name, role, score }) => {
  const found = score.blandAltman;
  return (
    found !== null &&
    html`<h3>${name}</h3><div class="charts">${agreementScatter(role, found)}${blandAltmanChart(role, found, digits)}</div>`
  );
})}${limits(drawn, digits)}`;
}

const ROWS = [
  ["Bias (prediction − label)", "bias"],
  ["Standard deviation of the difference", "sd"],
  ["Lower limit of agreement", "low"],
  ["Upper limit of agreement", "high"],
  ["Slope of difference on mean", "proportionalBias"],
] as const;

function limits(parts: readonly Part[], digits: number): Markup {
  const rows = ROWS.map(
    ([name, key]) =>
      html`<tr><th scope="row">${name}</th>${parts.map(({ score }) => estimateCell(score.blandAltman?.[key] as Estimate, "not computed", key === "proportionalBias" ? 3 : digits))}</tr>`,
  );
  return table(
    "Bias and limits of agreement, in the unit of the label",
    [{ name: "" }, ...parts.map(({ name }) => ({ name }))],
    rows,
  );
}
