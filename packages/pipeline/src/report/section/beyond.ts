/** What stands beside the headline: other measures, triage, recalibration, chance, subgroups tested together, shift, power. */
import type { Evaluation, PartExamination, PartScore } from "@nacre/evaluation";
import { BEYOND_NAMES } from "../answers/measure-name.ts";
import { html, type Markup } from "../html.ts";
import { count, decimal, estimateText, pText, sentence } from "../number-text.ts";
import { estimateCell, table } from "../table.ts";
import type { NamedPart } from "./scorecard.ts";
import type { Section } from "./section.ts";
import { operatingItems, shiftMarkup } from "./shift.ts";

export function beyondSection({ internal, external, examination }: Evaluation): Section {
  const both: NamedPart[] = [
    ["External", external],
    ["Internal", internal.n === 0 ? null : internal],
  ];
  const parts = both.filter(([, part]) => part !== null);
  const asked = [
    ["External", examination.external],
    ["Internal", examination.internal],
  ] as const;
  return {
    id: "beyond",
    title: "Beyond the headline",
    body: html`${measures(parts)}${parts.map(([name, p]) => p !== null && html`${triage(name, p)}${recalibration(name, p)}`)}
<h3>What the claim is worth</h3><ul>${asked.map(([name, e]) => e !== null && worth(name, e))}${shift(examination)}</ul>${shiftMarkup(examination)}`,
  };
}

function measures(parts: readonly NamedPart[]): Markup {
  const names = [...new Set(parts.flatMap(([, p]) => (p === null ? [] : Object.keys({ ...p.more, ...p.ordinal }))))];
  const rows = names.map(
    (name) =>
      html`<tr><th scope="row">${BEYOND_NAMES[name] ?? name}</th>${parts.map(([, p]) => estimateCell(p && { ...p.more, ...p.ordinal }[name], "no such part"))}</tr>`,
  );
  return table("Other measures", [{ name: "Measure" }, ...parts.map(([name]) => ({ name }))], rows);
}

function triage(name: string, { triage: t }: PartScore): Markup | null {
  if (t === null) return null;
  const told = t.ruleOut.kind === "ready" ? t.ruleOut.sentence : `No rule-out: ${t.ruleOut.reason}`;
  return html`<h3>${name}: who needs no second look</h3><p>${sentence(told)}${t.optimistic && html` <strong>${sentence(`Optimistic: ${t.optimisticBecause ?? ""}`)}</strong>`}</p>`;
}

function recalibration(name: string, { recalibration: r }: PartScore): Markup | null {
  if (r === null) return null;
  if (r.refused !== null) return html`<h3>${name}: recalibration</h3><p>${sentence(`Not fitted: ${r.refused}`)}</p>`;
  const row = (what: string, m: typeof r.before | null, reason: string): Markup =>
    html`<tr><th scope="row">${what}</th>${[m?.ece, m?.eceMass, m?.brier, m?.logLoss, m?.slope].map((e) => estimateCell(e, reason))}</tr>`;
  const heads = ["Calibration", "ECE", "ECE, equal mass", "Brier", "Log loss", "Slope"].map((h) => ({ name: h }));
  return html`<h3>${name}: recalibration</h3><p class="note">${sentence(r.rule)}</p>${table("Before and after", heads, [
    row("as it is", r.before, ""),
    ...r.methods.map((m) => row(m.method, m.after, "not fitted")),
    ...(r.chosen === null ? [] : [row("as each tune part chose", r.chosen.after, "")]),
  ])}`;
}

function worth(name: string, part: PartExamination): Markup {
  const { nullTest, power, subgroups } = part;
  const told = subgroups.flatMap(({ column, difference, adjusted }) => {
    const { worst } = difference;
    if (worst === null) return [];
    const p = adjusted === null ? "not tested" : `p ${pText(adjusted)}, corrected for all columns`;
    return [
      `By ${column}: worst is ${worst.group}, AUROC ${estimateText(worst.estimate)}; difference between groups ${p}.`,
    ];
  });
  return html`${
    nullTest?.p != null &&
    html`<li>${name}: with the labels dealt anew over the patients ${count(nullTest.permutations)} times, the AUROC reached the observed one with p ${pText(nullTest.p)} (range of chance ${decimal(nullTest.null.low ?? 0)} to ${decimal(nullTest.null.high ?? 0)}).</li>`
  }${told.map((t) => html`<li>${name}. ${t}</li>`)}${
    power !== null &&
    html`<li>${name}: an interval of the AUROC no wider than ${decimal(2 * power.halfWidth, 1)} takes about ${count(power.precision.patients)} patients of this mix; to show that it is above chance, ${count(power.aboveChance.patients)}.</li>`
  }${operatingItems(name, part)}`;
}

function shift({ shift: s }: Evaluation["examination"]): Markup | null {
  if (s === null) return null;
  return html`<li>External minus internal AUROC: ${estimateText(s.difference)}${s.p !== null && `, p ${pText(s.p)}`}.</li>`;
}
