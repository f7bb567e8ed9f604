/**
 * The report of a judged table: the scorecard with intervals, the curves, the subgroups, and what may be wrong with the
 * table. A pure function of the judgement, free of Node: the page in the browser shows the same markup that the command
 * writes. No script; the policy admits the one style sheet by its hash, which the caller computes with what it has at hand.
 */
import type { TableJudgement } from "../judge/judge-table.ts";
import { judgedPage, numbered } from "./answers/judged-page.ts";
import { type ForestRow, forest } from "./chart/forest.ts";
import { html, type Markup } from "./html.ts";
import { count, counted, decimal, estimateText, intervalText, listed, unbroken } from "./number-text.ts";
import type { PartScore } from "./score.ts";
import { beyondSection } from "./section/beyond.ts";
import { curvesSection } from "./section/curves.ts";
import { originBody, quoted } from "./section/origin.ts";
import {
  confusions,
  delong,
  folds,
  MEASURES,
  methods,
  type NamedPart,
  perClass,
  unlabelled,
} from "./section/scorecard.ts";
import type { Section } from "./section/section.ts";
import { subgroupTables } from "./section/subgroups.ts";
import { STYLE } from "./style.ts";
import { estimateCell, scroll, table } from "./table.ts";
import { FEW, WIDE } from "./verdict.ts";

export interface RenderJudgementOptions {
  /** `sha256-…` of JUDGEMENT_STYLE, in base64. */
  readonly styleHash: string;
}

/** The style sheet of the page. */
export const JUDGEMENT_STYLE = STYLE;

/** The whole page as text (UTF-8): one file that opens offline and may load nothing. */
export function renderJudgement(judgement: TableJudgement, { styleHash }: RenderJudgementOptions): string {
  return judgedPage(judgement.scorecard.file, sectionsOf(judgement), styleHash);
}

/** The sections alone, to be put into a page that has JUDGEMENT_STYLE. Everything that was read is escaped. */
export function judgementSections(judgement: TableJudgement): string {
  return numbered(sectionsOf(judgement)).markup;
}

function sectionsOf(judgement: TableJudgement): Section[] {
  const { scorecard, curves } = judgement;
  const parts = partsOf(judgement);
  const card = { internal: parts.internal, external: parts.external };
  return [
    { id: "result", title: "Result", body: result(judgement) },
    { id: "scorecard", title: "Scorecard", body: scores(judgement) },
    curvesSection({ asked: scorecard.task, scorecard: card, curves }),
    { id: "subgroups", title: "Subgroups", body: groups(judgement) },
    beyondSection(scorecard),
    { id: "table", title: "What was read", body: origin(judgement) },
  ];
}

/** A part without a patient is absent. */
function partsOf({ scorecard: { internal, external } }: TableJudgement): {
  internal: PartScore | null;
  external: PartScore | null;
} {
  const isEmpty = internal.n === 0 && internal.unlabelled === 0;
  return { internal: isEmpty ? null : internal, external };
}

/** The parts that are there, by name, external first. */
function named(judgement: TableJudgement): (readonly [string, PartScore])[] {
  const { internal, external } = partsOf(judgement);
  return [["External", external] as const, ["Internal", internal] as const].flatMap(([name, part]) =>
    part === null ? [] : [[name, part] as const],
  );
}

function result(judgement: TableJudgement): Markup {
  const parts = named(judgement);
  return html`${warningList(judgement.scorecard.warnings)}${headline(parts)}<p class="lead">${unbroken(sentences(judgement).join(" "))}</p>${glance(parts)}`;
}

/** What to look at before the numbers. */
function warningList(warnings: TableJudgement["scorecard"]["warnings"]): Markup | null {
  if (warnings.length === 0) return null;
  return html`<h3>Read this before the numbers</h3><ul class="warnings">${warnings.map(
    (
      w,
    ) => html`<li class="${w.kind === "columns-swapped" ? "grave" : "plain"}"><strong>${WARNING_TITLE[w.kind]}</strong>
<p>Expected ${w.expected}; received ${w.received}. To do: ${w.remedy}.</p></li>`,
  )}</ul>`;
}

const WARNING_TITLE = {
  "columns-swapped": "Columns or the positive class may be swapped",
  "spreadsheet-date": "A spreadsheet may have turned cells into dates",
  "spreadsheet-number": "A spreadsheet may have rounded long numbers",
} as const;

function headline(parts: readonly (readonly [string, PartScore])[]): Markup | null {
  const [name, part] = parts[0] ?? [];
  if (name === undefined || part === undefined || part.auroc.value === null) return null;
  const e = part.auroc;
  return html`<p class="headline">${name} AUROC ${decimal(part.auroc.value)}<small>95 % interval ${intervalText(e) ?? "none"}, n = ${counted(e.n, "patient")}</small></p>`;
}

function sentences(judgement: TableJudgement): string[] {
  const { task } = judgement.scorecard;
  const kind = task.classes.length > 2 ? "The AUROC is the mean over classes, each against the rest." : "";
  return [
    ...named(judgement).flatMap(([name, part]) => [
      `${name}: ${counted(part.n, "patient")} (${listed(Object.entries(part.classes).map(([c, n]) => `${count(n)} ${c}`))}), AUROC ${estimateText(part.auroc)}.`,
      ...caution(part),
    ]),
    kind,
    ...(judgement.scorecard.external === null
      ? ["There is no external part: nothing here says how the model does in another hospital."]
      : []),
  ].filter((s) => s !== "");
}

function caution(part: PartScore): string[] {
  const { value, low, high } = part.auroc;
  if (value === null) return [];
  if (low === null || high === null) return ["It has no interval, so nothing should be concluded from it."];
  const rarest = Math.min(...Object.values(part.classes));
  return [
    ...(low <= 0.5 && high >= 0.5 ? ["The interval holds 0.5: better than chance is not shown."] : []),
    ...(high - low > WIDE ? ["The interval is wide."] : []),
    ...(rarest < FEW
      ? [`The rarest class has ${counted(rarest, "patient")}; at least ${FEW} are usually advised.`]
      : []),
  ];
}

function glance(parts: readonly (readonly [string, PartScore])[]): Markup {
  const rows = parts.flatMap(([name, part]): ForestRow[] => [
    { name, role: name === "External" ? "external" : "internal", estimate: part.auroc },
    ...(part.folds.length < 2
      ? []
      : part.folds.map((f): ForestRow => ({ name: `${name}, fold ${f.fold}`, role: "reference", estimate: f.auroc }))),
  ]);
  const title = "AUROC at a glance, by patient";
  return scroll(title, forest({ id: "glance", title, axis: "AUROC", chance: 0.5, rows }));
}

function scores(judgement: TableJudgement): Markup {
  const parts = named(judgement);
  const all: readonly NamedPart[] = parts;
  const { internal, external } = partsOf(judgement);
  const rows = MEASURES.map(
    (m) =>
      html`<tr${m.name === "AUROC" && html` class="main"`}><th scope="row">${m.name}<span class="interval">${m.better}</span></th>${parts.map(([, p]) => estimateCell(m.of(p)))}</tr>`,
  );
  const columns = [{ name: "Measure" }, ...parts.map(([name]) => ({ name }))];
  return html`<p>The unit is the patient: the bags of a patient are averaged within a fold, then over folds. <em>Internal</em> are the rows of part test, <em>external</em> those of part external.</p>
${table("Value, 95 % interval and number of patients", columns, rows)}${delong(all)}${unlabelled(all)}${folds(internal)}${perClass(all)}${confusions(all, judgement.scorecard.task.classes)}
<h3>How the numbers were made</h3>${methods({ internal, external })}`;
}

function groups(judgement: TableJudgement): Markup {
  const tables = subgroupTables(partsOf(judgement));
  const { leftOut } = judgement.scorecard;
  const left =
    leftOut.length > 0 &&
    html`<p class="note">Not shown: ${listed(leftOut.map((l) => `${l.column} (${l.reason})`))}.</p>`;
  if (tables.length === 0)
    return html`<p>The table has no column of traits with a few values, such as site or scanner.</p>${left}`;
  return html`<p>Subgroups are small and many; a difference between two of them is a question to ask, not a finding.</p>${tables}${left}`;
}

function origin({ scorecard }: TableJudgement): Markup {
  const { file, task, rows, bootstrap, seed, notes } = scorecard;
  return originBody({
    facts: [
      ["File", file],
      ["Rows", count(rows)],
      ["Classes", task.classes.join(", ")],
      ["Reported as positive", task.positive],
      ["Replicates over patients", count(bootstrap)],
      ["Seed", String(seed)],
    ],
    command: `nacre evaluate ${quoted(file)} --positive ${quoted(task.positive)} --bootstrap ${bootstrap} --seed ${seed} --out judged`,
    notes,
  });
}
