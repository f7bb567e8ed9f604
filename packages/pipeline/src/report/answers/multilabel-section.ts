/** Each of several labels by itself, then all together: a mean over labels hides the label that a hospital needs. */
import type { Estimate, LabelScore, MultilabelScore } from "@nacre/evaluation";
import { type ForestRow, forest } from "../chart/forest.ts";
import { type ReliabilityPart, reliabilityChart } from "../chart/reliability.ts";
import { html, type Markup } from "../html.ts";
import { count, counted, decimal, intervalText, listed } from "../number-text.ts";
import type { Section } from "../section/section.ts";
import { scroll, table } from "../table.ts";
import type { AnswerPart } from "./answer-part.ts";

type Part = AnswerPart<MultilabelScore>;

/** Most labels with a drawing of their own. */
const MOST_CHARTS = 12;

export function multilabelSections(parts: readonly Part[]): Section[] {
  return [
    { id: "labels", title: "Label by label", body: labels(parts) },
    { id: "reliability", title: "Can the probabilities be used?", body: reliability(parts) },
  ];
}

function labels(parts: readonly Part[]): Markup {
  const title = "AUROC of each label";
  const rows = names(parts).flatMap((name) =>
    parts.flatMap(({ name: part, role, score }): ForestRow[] => {
      const own = score.perLabel.find((l) => l.name === name);
      return own === undefined
        ? []
        : [{ name: parts.length > 1 ? `${name}, ${part}` : name, role, estimate: own.auroc }];
    }),
  );
  return html`${scroll(title, forest({ id: "label-forest", title, axis: "AUROC", chance: 0.5, rows }))}${parts.map(labelTable)}${parts.map(leftOut)}`;
}

function labelTable({ name, score }: Part): Markup {
  const columns = [
    { name: "Label" },
    ...["AUROC", "AUPRC", "Brier score", "ECE", "With it", "Without", "Not known"].map((n) => ({
      name: n,
      numeric: true,
    })),
  ];
  const rows = score.perLabel.map(
    (l) =>
      html`<tr><th scope="row" class="word">${l.name}</th>${[l.auroc, l.auprc, l.brier, l.ece].map(shortCell)}<td class="num">${count(l.positives)}</td><td class="num">${count(l.negatives)}</td><td class="num">${count(l.unknown)}</td></tr>`,
  );
  const { macroAuroc, meanAveragePrecision } = score.measures;
  const mean = html`<tr class="main"><th scope="row">Mean over labels</th>${[macroAuroc, meanAveragePrecision].map(shortCell)}<td colspan="5"></td></tr>`;
  return table(`${name}: one row a label`, columns, [...rows, mean]);
}

/** Value and interval alone: how many patients is in the row already, and why there is no interval beside the measures above. */
function shortCell(e: Estimate | undefined): Markup {
  if (e === undefined || e.value === null)
    return html`<td class="num undefined" title="${e?.reason ?? ""}">undefined</td>`;
  return html`<td class="num"${e.reason !== undefined && html` title="${e.reason}"`}>${decimal(e.value)}<br><span class="muted">${intervalText(e) ?? "no interval"}</span></td>`;
}

function leftOut({ name, score }: Part): Markup | null {
  if (score.leftOut.length === 0) return null;
  return html`<p class="note">${name}: the means leave out ${listed(score.leftOut.map((l) => `${l.name} (${l.reason})`))}.</p>`;
}

function reliability(parts: readonly Part[]): Markup {
  const all = names(parts);
  const shown = all.slice(0, MOST_CHARTS);
  const charts = shown.map((name, i) => {
    const own = parts.flatMap(({ role, score }): ReliabilityPart[] => {
      const label = score.perLabel.find((l: LabelScore) => l.name === name);
      return label === undefined || label.positives + label.negatives === 0 ? [] : [{ role, bins: label.reliability }];
    });
    return own.length === 0 ? null : reliabilityChart(own, name, { id: `reliability-${i}`, title: name });
  });
  return html`<div class="charts">${charts}</div>${
    all.length > shown.length &&
    html`<p class="note">The first ${counted(shown.length, "label")} of ${count(all.length)} are drawn; the bins of all are in scorecard.json.</p>`
  }`;
}

function names(parts: readonly Part[]): string[] {
  return [...new Set(parts.flatMap((p) => p.score.perLabel.map((l) => l.name)))];
}
