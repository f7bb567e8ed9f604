/** The scorecard: external beside internal, then both beside the baselines; each number with its interval, n and method. */
import { html, type Markup } from "../html.ts";
import { count, counted, decimal } from "../number-text.ts";
import type { ReportData } from "../report-data.ts";
import type { Estimate, PartScore, Scorecard } from "../score.ts";
import { type Column, estimateCell, table } from "../table.ts";
import type { Section } from "./section.ts";

export interface Measure {
  readonly name: string;
  readonly better: string;
  readonly of: (part: PartScore) => Estimate;
}

/** The measures of a part in the order they are read. */
export const MEASURES: readonly Measure[] = [
  { name: "AUROC", better: "1 is best, 0.5 is chance", of: (p) => p.auroc },
  { name: "AUPRC", better: "1 is best, chance is the share of positives", of: (p) => p.auprc },
  { name: "Accuracy", better: "1 is best", of: (p) => p.accuracy },
  {
    name: "Balanced accuracy",
    better: "1 is best, one over the number of classes is chance",
    of: (p) => p.balancedAccuracy,
  },
  { name: "Brier score", better: "0 is best", of: (p) => p.brier },
  { name: "Calibration error (ECE)", better: "0 is best", of: (p) => p.ece },
  {
    name: "Calibration slope",
    better: "1 is best; below 1 the probabilities are too extreme",
    of: (p) => p.calibration.slope,
  },
  { name: "Calibration intercept", better: "0 is best, where the slope is 1", of: (p) => p.calibration.intercept },
  {
    name: "Calibration in the large",
    better: "0 is best; below 0 the probabilities are too high on average",
    of: (p) => p.calibration.inTheLarge,
  },
];

const BESIDE: readonly Column[] = [{ name: "AUROC of" }, { name: "External" }, { name: "Internal" }];

export function scorecardSection(data: ReportData): Section {
  const { external, internal } = data.scorecard;
  const parts = [["External", external] as const, ["Internal", internal] as const];
  return {
    id: "scorecard",
    title: "Scorecard",
    body: html`<p>The unit is the patient. <em>Internal</em> pools the test patients of all folds, each predicted by a model that had not seen them;
<em>external</em> sites took part in nothing and are predicted by the mean of the folds' models.</p>
${scoreTable(data.scorecard)}${delong(parts)}${unlabelled(parts)}<h3>Beside the baselines</h3>${baselineTable(data)}
${folds(internal)}${perClass(parts)}${confusions(parts, data.asked.classes)}<h3>How the numbers were made</h3>${methods(data.scorecard)}`,
  };
}

function scoreTable(card: Scorecard): Markup {
  const rows = MEASURES.map(
    (
      m,
    ) => html`<tr${m.name === "AUROC" && html` class="main"`}><th scope="row">${m.name}<span class="interval">${m.better}</span></th>
${estimateCell(card.external && m.of(card.external), "no external part")}${estimateCell(card.internal && m.of(card.internal), "no internal part")}</tr>`,
  );
  const columns = [{ name: "Measure" }, { name: "External" }, { name: "Internal" }];
  return table("Value, 95 % interval and number of patients", columns, rows);
}

function baselineTable(data: ReportData): Markup {
  const { external, internal, baselines } = data.scorecard;
  const pool = baselines.meanPool;
  const gap = pool?.difference;
  const row = (name: string, note: string, e: Markup, i: Markup) =>
    html`<tr><th scope="row">${name}<span class="interval">${note}</span></th>${e}${i}</tr>`;
  const rows = [
    row(data.asked.aggregator.title, "this model", estimateCell(external?.auroc), estimateCell(internal?.auroc)),
    row("Mean pool", "all tiles averaged, linear head", estimateCell(pool?.external), estimateCell(pool?.internal)),
    ...(gap
      ? [row("Difference", "this model minus mean pool", estimateCell(gap.external), estimateCell(gap.internal))]
      : []),
    row(
      "Site alone",
      "the hospital's name, no pixel",
      html`<td class="undefined">does not apply: the site is new</td>`,
      estimateCell(baselines.siteOnly),
    ),
  ];
  return table("The same patients, simpler predictors", BESIDE, rows);
}

export type NamedPart = readonly [string, PartScore | null];

/** The AUROC by the closed form, where there is one. */
export function delong(parts: readonly NamedPart[]): Markup | null {
  const said = parts.flatMap(([name, part]) => {
    const d = part?.auroc.delong;
    // Where every pair is in the right order the closed form has no width, which says nothing about how sure it is.
    return d && d.low !== null && d.high !== null && d.low < d.high
      ? [`${name.toLowerCase()} ${decimal(d.low)} to ${decimal(d.high)}`]
      : [];
  });
  return said.length === 0
    ? null
    : html`<p class="note">AUROC by DeLong's method instead, 95 % interval: ${said.join("; ")}.</p>`;
}

/** Patients who could not be judged. */
export function unlabelled(parts: readonly NamedPart[]): Markup | null {
  const said = parts.flatMap(([name, part]) =>
    part !== null && part.unlabelled > 0 ? [`${name}: ${counted(part.unlabelled, "patient")}`] : [],
  );
  return said.length === 0
    ? null
    : html`<p class="note">Predicted but without a label, so not judged. ${said.join("; ")}.</p>`;
}

/** AUROC fold by fold; null without folds. */
export function folds(internal: PartScore | null): Markup | null {
  if (internal === null || internal.folds.length === 0) return null;
  const rows = internal.folds.map((f) => html`<tr><th scope="row">fold ${f.fold}</th>${estimateCell(f.auroc)}</tr>`);
  return html`<h3>Fold by fold</h3>${table("AUROC on the test patients of each fold", [{ name: "Fold" }, { name: "AUROC" }], rows)}`;
}

/** One class against the rest; null for two classes. */
export function perClass(parts: readonly NamedPart[]): Markup | null {
  const names = [...new Set(parts.flatMap(([, p]) => (p?.perClass ?? []).map((c) => c.class)))];
  if (names.length === 0) return null;
  const rows = names.map(
    (name) =>
      html`<tr><th scope="row">${name} against the rest</th>${parts.map(([, p]) =>
        estimateCell(p?.perClass.find((c) => c.class === name)?.auroc),
      )}</tr>`,
  );
  return html`<h3>Class by class</h3>${table("One class against the rest", BESIDE, rows)}`;
}

/** Label against call, a table a part. */
export function confusions(parts: readonly NamedPart[], classes: readonly string[]): Markup {
  const columns = [{ name: "Label" }, ...classes.map((c) => ({ name: `called ${c}`, numeric: true }))];
  const one = ([name, part]: NamedPart) =>
    part !== null &&
    part.n > 0 &&
    table(
      `${name}: label against call, patients`,
      columns,
      classes.map(
        (c, i) =>
          html`<tr><th scope="row">${c}</th>${classes.map((_, j) => html`<td class="num">${count(part.confusion[i]?.[j] ?? 0)}</td>`)}</tr>`,
      ),
    );
  const rule = classes.length === 2 ? "at a probability of 0.5" : "by the highest probability";
  return html`<h3>Called ${rule}</h3><div class="pair">${parts.map(one)}</div>`;
}

/** Each method once, with the measures that used it. */
export function methods(card: Pick<Scorecard, "internal" | "external"> & Partial<Scorecard>): Markup {
  const by = new Map<string, Set<string>>();
  const add = (name: string, e: Estimate | null | undefined) => {
    if (e) by.set(e.method, (by.get(e.method) ?? new Set()).add(name));
  };
  for (const part of [card.external, card.internal]) {
    if (part !== null) for (const m of MEASURES) add(m.name, m.of(part));
  }
  const pool = card.baselines?.meanPool;
  for (const e of [pool?.external, pool?.internal]) add("Mean pool", e);
  for (const e of [pool?.difference?.external, pool?.difference?.internal]) add("Difference to mean pool", e);
  add("Site alone", card.baselines?.siteOnly);
  const rows = [...by].map(
    ([method, names]) => html`<tr><td class="word">${[...names].join(", ")}</td><td class="word">${method}</td></tr>`,
  );
  return html`<details><summary>Method of each estimate</summary>${table("Method of each estimate", [{ name: "Used for" }, { name: "Method" }], rows)}</details>`;
}
