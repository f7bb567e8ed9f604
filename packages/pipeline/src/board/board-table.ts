/** One task of the board as a table: best first, internal beside external on one axis, cost beside quality, struck-out models last. */
import type { Estimate, PartResult } from "@nacre/evaluation";
import { scaleLinear } from "d3-scale";
import { html, type Markup } from "../report/html.ts";
import { count, counted, decimal, digitsFor, intervalText, listed } from "../report/number-text.ts";
import { scroll } from "../report/table.ts";
import type { BoardDocument, ModelRecord, TaskRecord } from "./board-document.ts";
import {
  auditText,
  gigabytes,
  metricName,
  metricText,
  mixText,
  overlapText,
  parametersText,
  questionText,
} from "./board-text.ts";

/** The id of a model's evidence on the page. */
export function evidenceId(task: number, model: number): string {
  return `t${task + 1}-m${model + 1}`;
}

/** True where the external numbers may not be shown. */
export function hidesExternal(board: BoardDocument): boolean {
  return board.sealed !== null && board.sealed.state !== "open";
}

interface Heading {
  readonly name: string;
  readonly numeric?: boolean;
  readonly best?: "high" | "low";
  readonly still?: boolean;
}

type OptionalColumn = "seeds" | "folds" | "speed" | "parameters" | "memory";

const OPTIONAL: readonly (Heading & { readonly key: OptionalColumn })[] = [
  { key: "seeds", name: "Spread of seeds" },
  { key: "folds", name: "Spread of folds" },
  { key: "speed", name: "Tiles per second", best: "high" },
  { key: "parameters", name: "Parameters (million)" },
  { key: "memory", name: "Memory (GB)" },
];

/** Columns in which at least one model has something to show. */
function filledColumns({ models }: TaskRecord): ReadonlySet<OptionalColumn> {
  const filled: Readonly<Record<OptionalColumn, (m: ModelRecord) => unknown>> = {
    seeds: (m) => (m.internal ?? m.external)?.seeds ?? null,
    folds: (m) => (m.internal ?? m.external)?.folds ?? null,
    speed: (m) => m.cost.tilesPerSecond,
    parameters: (m) => m.cost.parameters ?? m.cost.aggregatorParameters,
    memory: (m) => m.cost.memoryBytes,
  };
  return new Set(OPTIONAL.map((c) => c.key).filter((key) => models.some((m) => filled[key](m) !== null)));
}

/** The section of one task. */
export function taskSection(task: TaskRecord, at: number, board: BoardDocument): Markup {
  const x = axisOf(task);
  const metric = metricName(task.metric.name);
  const best = task.metric.better === "higher" ? ("high" as const) : ("low" as const);
  const columns = filledColumns(task);
  const headings: readonly Heading[] = [
    { name: "Rank", numeric: true, best: "low" },
    { name: "Encoder" },
    { name: "Aggregator" },
    { name: `Internal ${metric}`, numeric: true, best },
    { name: `External ${metric}`, numeric: true, best },
    { name: "", still: true },
    ...OPTIONAL.filter((c) => columns.has(c.key)).map((c) => ({ ...c, numeric: true })),
    { name: "Pretraining" },
    { name: "Audit" },
  ];
  const head = headings.map((h) =>
    h.still === true
      ? html`<th scope="col" class="plot" data-still>${axisDrawing(x)}</th>`
      : html`<th scope="col" data-best="${h.best ?? "low"}"${h.numeric === true && html` class="num"`}>${h.name}</th>`,
  );
  const rows = task.models.map((m, i) => row(m, evidenceId(at, i), { x, board, columns }));
  return html`${(["internal", "external"] as const).map((part) => partLine(task, part, board))}${scroll(
    task.task,
    html`<table class="board" data-task="${task.task}"><caption>${task.task}: ${questionText(task)}. Ranked by ${metricText(task.metric)}.</caption><thead><tr>${head}</tr></thead>
<tbody>${rows}</tbody></table>`,
  )}${struckOut(task)}`;
}

/** Why models are struck out, in full: the row itself names the kind. */
function struckOut({ models }: TaskRecord): Markup | null {
  const out = models.flatMap((m) =>
    m.barred.map((b) => html`<li><strong>${m.name}</strong> (${b.kind}): ${b.reason}</li>`),
  );
  return out.length === 0
    ? null
    : html`<p class="note why-title">Struck out, so without a rank:</p><ul class="note">${out}</ul>`;
}

function partLine(task: TaskRecord, part: "internal" | "external", board: BoardDocument): Markup | null {
  const p = task[part];
  const name = part === "internal" ? "Internal" : "External";
  if (p === null) {
    if (part === "external" && hidesExternal(board))
      return html`<p class="note"><strong>External.</strong> Sealed.</p>`;
    return html`<p class="note"><strong>${name}.</strong> No model has labelled patients of this part.</p>`;
  }
  if (p.refused !== null) {
    const { expected, received, remedy } = p.refused;
    return html`<ul class="warnings"><li class="grave"><strong>${name}: not compared</strong><p>Expected ${expected}; received ${received}. Remedy: ${remedy}.</p></li></ul>`;
  }
  const first =
    p.compared < 2
      ? "One model, so nothing is compared."
      : p.first.length === 1
        ? `${p.first[0]} is first alone.`
        : `${counted(p.first.length, "model")} cannot be told from the best and share the first rank: ${listed(p.first)}.`;
  return html`<p class="note"><strong>${name}.</strong> ${counted(p.n, "patient")}${mixText(p.classes)} shared by ${counted(p.compared, "ranked model")}. ${first}</p>
${p.notes.length > 0 && html`<details class="note"><summary>${counted(p.notes.length, "table")} with other patients too</summary><ul>${p.notes.map((n) => html`<li>${n}</li>`)}</ul></details>`}`;
}

interface Drawing {
  readonly columns: ReadonlySet<OptionalColumn>;
  readonly x: (value: number) => number;
  readonly board: BoardDocument;
}

function row(m: ModelRecord, id: string, { x, board, columns }: Drawing): Markup {
  const isBarred = m.barred.length > 0;
  const own = m.internal ?? m.external;
  const kind = isBarred ? "barred" : own?.rank === 1 ? "first" : "";
  const external = hidesExternal(board)
    ? html`<td class="num" data-key=""><span class="sealed">sealed</span></td>`
    : valueCell(m.external, id);
  const { tilesPerSecond, parameters, aggregatorParameters, memoryBytes } = m.cost;
  const cells: Readonly<Record<OptionalColumn, () => Markup>> = {
    seeds: () => spreadCell(own?.seeds ?? null, id),
    folds: () => spreadCell(own?.folds ?? null, id),
    speed: () => costCell(tilesPerSecond, tilesPerSecond === null ? "" : count(tilesPerSecond), id),
    parameters: () => costCell(parameters ?? aggregatorParameters, parametersText(m.cost), id),
    memory: () => costCell(memoryBytes, memoryBytes === null ? "" : gigabytes(memoryBytes), id),
  };
  return html`<tr class="${kind}">${rankCell(m, id)}<th scope="row"><span class="name">${m.encoder}</span></th><td>${m.aggregator}</td>
${valueCell(m.internal, id)}${external}<td class="plot">${plot(m, x)}</td>
${OPTIONAL.filter((c) => columns.has(c.key)).map((c) => cells[c.key]())}<td>${overlapTag(m, id)}</td><td>${auditTag(m, id)}</td></tr>`;
}

function rankCell({ internal, external }: ModelRecord, id: string): Markup {
  const own = internal ?? external;
  const rank = own?.rank ?? null;
  if (rank === null) return html`<td class="num rank" data-key=""></td>`;
  const outside =
    internal !== null && external?.rank !== null && external !== null && external.rank !== rank
      ? html`<span class="interval">ext. ${external.rank}</span>`
      : null;
  return html`<td class="num rank" data-key="${rank}"><a href="#${id}">${rank}</a>${outside}</td>`;
}

function valueCell(result: PartResult | null, id: string): Markup {
  if (result === null) return html`<td class="num" data-key=""></td>`;
  const { estimate } = result;
  if (estimate.value === null)
    return html`<td class="num" data-key=""><a class="undefined" href="#${id}">undefined</a></td>`;
  return html`<td class="num value" data-key="${estimate.value}"><a href="#${id}">${decimal(estimate.value)}</a><span class="interval">${intervalText(estimate) ?? "no interval"}</span></td>`;
}

function spreadCell(spread: PartResult["seeds"], id: string): Markup {
  if (spread === null) return html`<td class="num" data-key=""></td>`;
  return html`<td class="num spread" data-key="${spread.high - spread.low}"><a href="#${id}">${decimal(spread.low)} to ${decimal(spread.high)}</a><span class="interval">${spread.count} values</span></td>`;
}

function costCell(value: number | null, text: string, id: string): Markup {
  return html`<td class="num" data-key="${value ?? ""}">${text !== "" && html`<a href="#${id}">${text}</a>`}</td>`;
}

function overlapTag({ overlap }: ModelRecord, id: string): Markup {
  const text = overlapText(overlap);
  return overlap.state === "overlap"
    ? html`<a href="#${id}"><span class="tag overlap">${text}</span></a>`
    : html`<a class="muted unbroken" href="#${id}">${text}</a>`;
}

function auditTag(m: ModelRecord, id: string): Markup {
  const text = auditText(m);
  const kind = m.barred.length > 0 ? "refuse" : m.warnings === null || m.warnings.length > 0 ? "warn" : "done";
  return html`<a href="#${id}"><span class="tag ${kind}">${text}</span></a>`;
}

const WIDTH = 130;
const HEIGHT = 30;
const EDGE = 6;

/** Shares keep a scale of tenths that ends at the best value; what has a unit ends where the intervals do. */
function axisOf(task: TaskRecord): ReturnType<typeof scaleLinear<number, number>> {
  const shown = task.models.flatMap((m) => [m.internal?.estimate, m.external?.estimate]).filter((e) => e !== undefined);
  const lows = shown.flatMap((e) => e.low ?? e.value ?? []);
  const highs = shown.flatMap((e) => e.high ?? e.value ?? []);
  const isLower = task.metric.better === "lower";
  const high = isLower ? Math.max(0, ...highs) || 1 : 1;
  const low = isLower ? 0 : Math.min(0.9, ...lows);
  return scaleLinear()
    .domain([low, high])
    .nice(10)
    .range([EDGE, WIDTH - EDGE])
    .clamp(true);
}

function axisDrawing(x: ReturnType<typeof scaleLinear<number, number>>): Markup {
  const [low = 0, high = 1] = x.domain();
  const digits = high - low >= 10 ? 0 : high - low >= 0.2 ? 1 : digitsFor(high - low);
  return html`<svg viewBox="0 0 ${WIDTH} 18" role="img" aria-label="internal (round) and external (square) on one axis"><text x="${EDGE}" y="13">${decimal(low, digits)}</text><text x="${WIDTH - EDGE}" y="13" text-anchor="end">${decimal(high, digits)}</text></svg>`;
}

function plot(m: ModelRecord, x: (value: number) => number): Markup {
  const marks = [mark(m.internal?.estimate, "internal", 10, x), mark(m.external?.estimate, "external", 20, x)];
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">${marks}</svg>`;
}

function mark(
  e: Estimate | undefined,
  role: "internal" | "external",
  y: number,
  x: (v: number) => number,
): Markup | null {
  if (e === undefined || e.value === null) return null;
  const at = (v: number): string => x(v).toFixed(1);
  const whisker =
    e.low !== null &&
    e.high !== null &&
    html`<line class="whisker ${role}" x1="${at(e.low)}" x2="${at(e.high)}" y1="${y}" y2="${y}"/>`;
  const centre = x(e.value);
  const dot =
    role === "internal"
      ? html`<circle class="mark internal" cx="${centre.toFixed(1)}" cy="${y}" r="4"/>`
      : html`<rect class="mark external" x="${(centre - 4).toFixed(1)}" y="${y - 4}" width="8" height="8"/>`;
  return html`${whisker}${dot}`;
}
