/** What every number of the board rests on: for each model its tables and hashes, all metrics with n and method, ranks, spreads. */
import type { PartResult, Spread } from "@nacre/evaluation";
import { html, type Markup } from "../report/html.ts";
import { count, decimal, intervalText, listed, signed, unbroken } from "../report/number-text.ts";
import { table } from "../report/table.ts";
import type { BoardDocument, EntryRecord, ModelRecord, TaskRecord } from "./board-document.ts";
import { hidesExternal } from "./board-table.ts";
import { gigabytes, METRIC_NAMES, metricName, millions, overlapWarnings } from "./board-text.ts";

/** The evidence of one model of a task. `back` is the id of the task's section. */
export function evidence(
  m: ModelRecord,
  { id, back, task }: { readonly id: string; readonly back: string; readonly task: TaskRecord },
  board: BoardDocument,
): Markup {
  const entries = m.entries.flatMap((e) => board.entries.find((r) => r.name === e.name) ?? []);
  return html`<article class="evidence" id="${id}"><h3>${task.task}: ${m.name}<a class="back" href="#${back}">to the table</a></h3>
${m.barred.map((b) => html`<ul class="warnings"><li class="grave"><strong>Struck out: ${b.kind}</strong><p>${b.reason}</p></li></ul>`)}
${tables(entries)}${measures(m, task)}${facts(m, board)}</article>`;
}

function tables(entries: readonly EntryRecord[]): Markup {
  const rows = entries.map(
    (e) =>
      html`<tr><th scope="row" class="word">${e.name}</th><td>${e.seed ?? "none"}</td><td class="word"><a href="${hrefOf(e.predictions)}">${e.predictions}</a></td>
<td>${e.report === null ? "none: a table, not a run" : html`<a href="${hrefOf(e.report)}">report of the run</a>`}</td><td><code title="${e.sha256}">${e.sha256.slice(0, 12)}</code></td></tr>`,
  );
  const columns = ["Entry", "Seed", "Predictions", "Report", "SHA-256 of the predictions"].map((name) => ({ name }));
  return table("Tables behind this model", columns, rows);
}

function measures(m: ModelRecord, { metric: ranked }: TaskRecord): Markup {
  const parts = [["Internal", m.internal] as const, ["External", m.external] as const];
  const rows = parts.flatMap(([name, result]) => {
    if (result === null) return [];
    const all = [[ranked.name, result.estimate] as const, ...Object.entries(result.beside)];
    const order = Object.keys(METRIC_NAMES);
    const own = all.sort(
      ([a], [b]) => Number(b === ranked.name) - Number(a === ranked.name) || order.indexOf(a) - order.indexOf(b),
    );
    return own.map(
      ([metric, e]) =>
        html`<tr><td>${name}</td><th scope="row">${metricName(metric)}</th><td class="num">${e.value === null ? html`<span class="undefined">undefined: ${e.reason ?? ""}</span>` : decimal(e.value)}</td>
<td class="num">${intervalText(e) ?? "none"}</td><td class="num">${count(e.n)}</td><td class="method">${e.method}${e.value !== null && e.reason !== undefined && html`; ${e.reason}`}</td></tr>`,
    );
  });
  if (rows.length === 0) return html`<p class="note">No number: nothing of this model was compared.</p>`;
  const columns = [
    { name: "Part" },
    { name: "Measure" },
    { name: "Value", numeric: true },
    { name: "95 % interval", numeric: true },
    { name: "n", numeric: true },
    { name: "Method" },
  ];
  return table("Numbers on the patients that all ranked models share", columns, rows);
}

function facts(m: ModelRecord, board: BoardDocument): Markup {
  const items: [string, string][] = [
    ...place("Internal", m.internal, m),
    ...(hidesExternal(board) ? ([["External", "sealed"]] as [string, string][]) : place("External", m.external, m)),
    ["Cost", costText(m)],
    ["Pretraining", pretrainingText(m)],
    ...(m.licence === null ? [] : ([["Licence of the encoder", m.licence]] as [string, string][])),
    ["Audit", auditFacts(m)],
  ];
  return html`<dl class="facts">${items.map(([name, text]) => html`<dt>${name}</dt><dd>${unbroken(text)}</dd>`)}</dl>`;
}

function place(name: string, result: PartResult | null, m: ModelRecord): [string, string][] {
  if (result === null) return [];
  const { rank, letters, tiedWith, behind, seeds, folds, patients, estimate } = result;
  const out: [string, string][] = [];
  if (rank !== null) {
    const tied =
      tiedWith.length === 0 ? "told apart from every other model" : `cannot be told apart from ${listed(tiedWith)}`;
    out.push([`${name} rank`, `${rank} (group ${letters}); ${tied}`]);
  }
  if (behind !== null && behind.difference.value !== null) {
    const interval =
      behind.difference.low === null || behind.difference.high === null
        ? "no interval"
        : `${signed(behind.difference.low, 3)} to ${signed(behind.difference.high, 3)}`;
    out.push([
      `${name}, against ${behind.best}`,
      `${signed(behind.difference.value, 3)} (${interval}), corrected p ${behind.p === null ? "undefined" : pText(behind.p)}; ${behind.difference.method}`,
    ]);
  }
  if (patients !== estimate.n)
    out.push([`${name} patients`, `${count(patients)} labelled, ${count(estimate.n)} of them shared`]);
  if (seeds !== null) out.push([`${name}, by seed`, repetitions(seedNames(seeds, m))]);
  if (folds !== null) out.push([`${name}, by fold`, repetitions(folds)]);
  return out;
}

/** Seeds by their number; an entry without one keeps its name. */
function seedNames(spread: Spread, m: ModelRecord): Spread {
  const seedOf = (name: string): number | null => m.entries.find((e) => e.name === name)?.seed ?? null;
  return {
    ...spread,
    of: spread.of.map((o) => ({ ...o, name: seedOf(o.name) === null ? o.name : `seed ${seedOf(o.name)}` })),
  };
}

function pText(p: number): string {
  return p < 0.0001 ? "below 0.0001" : decimal(p, 4);
}

function repetitions(spread: Spread): string {
  const each = spread.of.map(
    (o) => `${o.name}: ${o.value === null ? "undefined" : decimal(o.value)} (n = ${count(o.n)})`,
  );
  return `${each.join("; ")}. Standard deviation ${decimal(spread.sd)}; a spread, not an interval`;
}

function costText({ cost }: ModelRecord): string {
  const said = [
    cost.tilesPerSecond === null ? null : `${count(cost.tilesPerSecond)} tiles per second`,
    cost.parameters === null ? null : `encoder ${millions(cost.parameters)} million parameters`,
    cost.aggregatorParameters === null ? null : `aggregator ${millions(cost.aggregatorParameters)} million parameters`,
    cost.memoryBytes === null ? null : `${gigabytes(cost.memoryBytes)} GB of memory`,
  ].filter((s) => s !== null);
  return said.length === 0
    ? "not stated"
    : `${said.join(", ")} (as stated in board.yaml or by the run; not measured here)`;
}

function pretrainingText(m: ModelRecord): string {
  const { pretraining, pretrainingFrom, overlap } = m;
  if (pretraining === null)
    return "nobody declared what the encoder was pretrained on, so overlap with the test data cannot be excluded";
  const known = pretrainingFrom === "list" ? "as published, at least on" : "on";
  const declared = pretraining.length === 0 ? "on no slides" : `${known} ${listed(pretraining)}`;
  if (overlap.state === "unnamed") return `${declared}; the test data have no name to compare`;
  if (overlap.state === "none") return `${declared}; none of these names is among the test data`;
  return `${declared}; the encoder may have seen test slides: ${overlapWarnings(m).join("; ")}`;
}

function auditFacts({ barred, warnings }: ModelRecord): string {
  const said = [
    ...barred.map((b) => `${b.kind}: ${b.reason}`),
    ...(warnings === null
      ? ["nobody audited these tables; only patients both fitted on and reported were looked for"]
      : warnings),
  ];
  return said.length === 0 ? "no finding" : said.join("; ");
}

/** A file of the board's folder, seen from board/index.html. */
function hrefOf(path: string): string {
  return `../${path.split("/").map(encodeURIComponent).join("/")}`;
}
