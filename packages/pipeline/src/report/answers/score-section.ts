/** The numbers of risks, numbers or labels: what comes first, all measures side by side, folds, and how each was made. */
import type { Estimate } from "@nacre/evaluation";
import { type AnswerScore, type AnswerScorecard, CHANCE } from "../../judge/judge-answers.ts";
import { type ForestRow, forest } from "../chart/forest.ts";
import { html, type Markup } from "../html.ts";
import { count, counted, decimal, estimateText, intervalText, listed, sentence, unbroken } from "../number-text.ts";
import { estimateCell, scroll, table } from "../table.ts";
import { FEW, WIDE } from "../verdict.ts";
import { type AnswerPart, partsOfKind } from "./answer-part.ts";
import { betterText, IN_UNIT, measureName } from "./measure-name.ts";
import { unitDigits } from "./regress-section.ts";

type Part = AnswerPart<AnswerScore>;

/** The first lines of the page: the headline, what to beware of, and the estimates at a glance. */
export function resultBody(parts: readonly Part[], card: AnswerScorecard): Markup {
  return html`${warnings(card)}${headline(parts)}<p class="lead">${unbroken(lead(parts, card))}</p>${glance(parts)}`;
}

function warnings({ warnings: all }: AnswerScorecard): Markup | null {
  if (all.length === 0) return null;
  return html`<h3>Read this before the numbers</h3><ul class="warnings">${all.map(
    (w) =>
      html`<li class="${w.kind === "columns-swapped" ? "grave" : "plain"}"><strong>${WARNING_TITLE[w.kind]}</strong>
<p>Expected ${w.expected}; received ${w.received}. To do: ${w.remedy}.</p></li>`,
  )}</ul>`;
}

const WARNING_TITLE = {
  "columns-swapped": "The predictions may be upside down",
  "looks-like-classes": "These may be classes",
  "spreadsheet-date": "A spreadsheet may have rewritten cells",
  "spreadsheet-number": "A spreadsheet may have rewritten cells",
} as const;

function headlineOf(score: AnswerScore): Estimate {
  return score.measures[score.headline] as Estimate;
}

function headline(parts: readonly Part[]): Markup | null {
  const first = parts[0];
  if (first === undefined) return null;
  const e = headlineOf(first.score);
  if (e.value === null) return null;
  const events = first.score.kind === "survive" ? `, ${counted(first.score.events, "event")}` : "";
  return html`<p class="headline">${first.name} ${measureName(first.score.headline)} ${decimal(e.value)}<small>95 % interval ${intervalText(e) ?? "none"}, n = ${counted(e.n, "patient")}${events}</small></p>`;
}

/** The result in plain sentences, with what the intervals do not carry. */
export function lead(parts: readonly Part[], { external }: Pick<AnswerScorecard, "external">): string {
  return [
    ...parts.flatMap(({ name, score }) => [
      `${name}: ${whoText(score)}, ${measureName(score.headline)} ${estimateText(headlineOf(score))}.`,
      ...caution(score),
    ]),
    ...(external === null
      ? ["There is no external part: nothing here says how the model does in another hospital."]
      : []),
  ].join(" ");
}

function whoText(score: AnswerScore): string {
  const patients = counted(score.n, "patient");
  return score.kind === "survive" ? `${patients} with ${counted(score.events, "event")}` : patients;
}

function caution(score: AnswerScore): string[] {
  const { value, low, high } = headlineOf(score);
  if (value === null) return [];
  if (low === null || high === null) return ["It has no interval, so nothing should be concluded from it."];
  const chance = CHANCE[score.kind];
  const fewest = score.kind === "survive" ? score.events : score.n;
  return [
    ...(low <= chance && high >= chance ? [`The interval holds ${chance}: better than chance is not shown.`] : []),
    ...(high - low > WIDE ? ["The interval is wide."] : []),
    ...(fewest < FEW
      ? [
          `There are ${counted(fewest, score.kind === "survive" ? "event" : "patient")}; at least ${FEW} are usually advised.`,
        ]
      : []),
  ];
}

function glance(parts: readonly Part[]): Markup | null {
  const first = parts[0];
  if (first === undefined) return null;
  const rows = parts.flatMap(({ name, role, score }): ForestRow[] => [
    { name, role, estimate: headlineOf(score) },
    ...(score.folds.length < 2
      ? []
      : score.folds.map(
          (f): ForestRow => ({ name: `${name}, fold ${f.fold}`, role: "reference", estimate: f.measure }),
        )),
  ]);
  const axis = measureName(first.score.headline);
  const title = `${axis} at a glance, by patient`;
  return scroll(title, forest({ id: "glance", title, axis, chance: CHANCE[first.score.kind], rows }));
}

/** Every measure, a column a part. */
export function scoreBody(parts: readonly Part[]): Markup {
  const names = [...new Set(parts.flatMap((p) => Object.keys(p.score.measures)))].filter(
    (name) => !name.startsWith("survivalBrier@"),
  );
  const digits = unitDigits(partsOfKind(parts, "regress"));
  const main = parts[0]?.score.headline;
  const rows = names.map(
    (name) =>
      html`<tr${name === main && html` class="main"`}><th scope="row">${measureName(name)}<span class="interval">${betterText(name)}</span></th>${parts.map(
        ({ score }) => estimateCell(score.measures[name], "not at this time", IN_UNIT.has(name) ? digits : 3),
      )}</tr>`,
  );
  return html`<p>The unit is the patient: the bags of a patient are averaged within a fold, then over folds. <em>Internal</em> are the rows of part test, <em>external</em> those of part external.</p>
${table("Value, 95 % interval and number of patients", [{ name: "Measure" }, ...parts.map(({ name }) => ({ name }))], rows)}${unlabelled(parts)}${methods(parts, names)}`;
}

function unlabelled(parts: readonly Part[]): Markup | null {
  const said = parts.flatMap(({ name, score }) =>
    score.unlabelled === 0 ? [] : [`${name}: ${counted(score.unlabelled, "patient")} without a label, not judged`],
  );
  return said.length === 0 ? null : html`<p class="note">${said.map(sentence).join(" ")}</p>`;
}

function methods(parts: readonly Part[], names: readonly string[]): Markup {
  const by = new Map<string, Set<string>>();
  for (const { score } of parts) {
    for (const name of names) {
      const method = score.measures[name]?.method;
      if (method !== undefined) by.set(method, (by.get(method) ?? new Set()).add(measureName(name)));
    }
  }
  const rows = [...by].map(
    ([method, used]) => html`<tr><td class="word">${[...used].join(", ")}</td><td class="word">${method}</td></tr>`,
  );
  return html`<details><summary>Method of each estimate</summary>${table("Method of each estimate", [{ name: "Used for" }, { name: "Method" }], rows)}</details>`;
}

/** The headline by recorded trait. */
export function subgroupBody(parts: readonly Part[], { leftOut }: AnswerScorecard): Markup {
  const left =
    leftOut.length > 0 &&
    html`<p class="note">Not shown: ${listed(leftOut.map((l) => `${l.column} (${l.reason})`))}.</p>`;
  const columns = [...new Set(parts.flatMap((p) => p.score.subgroups.map((g) => g.column)))];
  if (columns.length === 0)
    return html`<p>The table has no column of traits with a few values, such as site or scanner.</p>${left}`;
  return html`<p>Subgroups are small and many; a difference between two of them is a question to ask, not a finding.</p>${columns.map((c) => subgroupTable(c, parts))}${left}`;
}

function subgroupTable(column: string, parts: readonly Part[]): Markup {
  const of = ({ score }: Part) => score.subgroups.filter((g) => g.column === column);
  const groups = [...new Set(parts.flatMap((p) => of(p).map((g) => g.group)))].sort();
  const rows = groups.map(
    (group) =>
      html`<tr><th scope="row" class="word">${group === "" ? "(missing)" : group}</th>${parts.map((p) => {
        const own = of(p).find((g) => g.group === group);
        return html`<td class="num">${count(own?.n ?? 0)}</td>${estimateCell(own?.measure, "no patients")}`;
      })}</tr>`,
  );
  const measure = measureName(parts[0]?.score.headline ?? "");
  const heads = parts.flatMap(({ name }) => [
    { name: `${name} patients`, numeric: true },
    { name: `${name} ${measure}` },
  ]);
  return table(`${measure} by ${column}`, [{ name: column }, ...heads], rows);
}
