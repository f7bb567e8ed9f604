/** Shift per site and scanner, drift over time, seeds and operating point: the part of "Beyond the headline" that asks what moves. */
import type { ColumnShift, Examination, Monitor, PartDrift, PartExamination, SharePower } from "@nacre/evaluation";
import { html, type Markup } from "../html.ts";
import { count, counted, decimal, percent, pText, sentence } from "../number-text.ts";
import { estimateCell, table } from "../table.ts";
import { seedMarkup } from "./seed.ts";

export function shiftMarkup({ internal, external, seeds }: Examination): Markup {
  const parts = [
    ["External", external],
    ["Internal", internal],
  ] as const;
  return html`${parts.map(([name, part]) => part !== null && html`${part.groupShift.map((g) => groupTable(name, g))}${drift(name, part.drift)}`)}${seeds != null && seedMarkup(seeds)}`;
}

/** What the patients at hand show of sensitivity and specificity, as list items. */
export function operatingItems(name: string, { operatingPoint }: PartExamination): Markup | null {
  if (operatingPoint === null) return null;
  const said = (what: string, { share, shown, n, lowerBound, plan, reason }: SharePower): string => {
    if (share === null || shown === null) return `${name}: no ${what}, ${reason ?? "undefined"}.`;
    const seen = `${name}: ${what} at 0.5 is ${percent(share)} of ${counted(n, "patient")}, which shows that it is at least ${percent(shown)}`;
    if (plan === null || lowerBound === null) return `${seen}.`;
    return `${seen}; to show ${percent(lowerBound)} takes ${count(plan.patients)} patients of that label.`;
  };
  return html`<li>${said("sensitivity", operatingPoint.sensitivity)}</li><li>${said("specificity", operatingPoint.specificity)}</li>`;
}

function groupTable(name: string, { column, groups, withinLabel, reason }: ColumnShift): Markup | null {
  if (reason !== null) return null;
  const heads = [
    column,
    "Patients",
    "Mean score",
    "Stability index (by chance)",
    "p",
    ...withinLabel.map((w) => `p, ${w.label} only`),
  ];
  const rows = groups.map(
    (g, i) =>
      html`<tr><th scope="row">${g.group}</th><td class="num">${count(g.n)}</td><td class="num">${g.mean === null ? "none" : decimal(g.mean)}</td><td class="num">${
        g.stability.psi.value === null || g.stability.expected === null
          ? (g.stability.psi.reason ?? "undefined")
          : `${decimal(g.stability.psi.value)} (${decimal(g.stability.expected)})`
      }</td><td class="num">${shiftP(g.adjusted)}</td>${withinLabel.map(
        (w) => html`<td class="num">${shiftP(w.groups[i]?.adjusted ?? null)}</td>`,
      )}</tr>`,
  );
  return html`<h3>${name}: scores by ${column}</h3><p class="note">Each ${column} against all others; p of the Kolmogorov-Smirnov distance, corrected for the number of groups. Other patients score otherwise with no fault of the model; among patients of one label a difference has to be explained.</p>${table(
    `${name}: scores by ${column}`,
    heads.map((h) => ({ name: h })),
    rows,
  )}`;
}

function shiftP(p: number | null): string {
  return p === null ? "none" : pText(p);
}

function drift(name: string, { column, window, undated, report, reason }: PartDrift): Markup | null {
  if (report === null) {
    return column === null ? null : html`<h3>${name}: over time</h3><p>${sentence(`Not judged: ${reason ?? ""}`)}</p>`;
  }
  const rows = report.periods.map(
    (p) =>
      html`<tr><th scope="row">${p.name}${p.isBaseline && " (baseline)"}</th><td class="num">${count(p.n)}</td>${[p.meanScore, p.observedRate, p.brier].map((e) => estimateCell(e))}<td class="num">${
        p.stability === null
          ? "—"
          : p.stability.psi.value === null
            ? (p.stability.psi.reason ?? "undefined")
            : `${decimal(p.stability.psi.value)}, p ${shiftP(p.stability.p)}`
      }</td></tr>`,
  );
  const heads = ["Period", "Patients", "Mean score", "Observed rate", "Brier", "Stability against the baseline"];
  return html`<h3>${name}: over time</h3><p>By ${window ?? ""} of ${column ?? ""}. ${alarm("outcomes against scores", report.outcomes)} ${alarm("scores alone", report.scores)}${undated > 0 && ` ${counted(undated, "patient")} without a single date left out.`}</p>${table(
    `${name}: by ${window ?? "period"}`,
    heads.map((h) => ({ name: h })),
    rows,
  )}`;
}

function alarm(what: string, { firstAlarm, reason, watched, baseline }: Monitor): string {
  if (reason !== undefined) return `The watch on ${what} is silent: ${reason}.`;
  const over = `${count(watched)} patients after a baseline of ${count(baseline)}`;
  if (firstAlarm === null) return `The watch on ${what} gives no alarm over ${over}.`;
  return `The watch on ${what} gives an alarm (${firstAlarm.direction}) on ${firstAlarm.date}, at patient ${count(firstAlarm.after)} of ${over}.`;
}
