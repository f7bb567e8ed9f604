/** The board as Markdown, for a paper or a repository: the same rows and order as the page. */
import type { PartResult } from "@nacre/evaluation";
import { count, counted, decimal, listed } from "../report/number-text.ts";
import type { BoardDocument, ModelRecord, TaskRecord } from "./board-document.ts";
import {
  auditText,
  cellText,
  gigabytes,
  howText,
  metricName,
  metricText,
  mixText,
  overlapText,
  overlapWarnings,
  parametersText,
  questionText,
  rankText,
  sealText,
  spreadText,
} from "./board-text.ts";

/** The whole text; ends in a line break. */
export function renderBoardMarkdown(board: BoardDocument): string {
  const lines = [
    `# ${plain(board.name)}`,
    "",
    howText(board),
    ...(board.sealed === null ? [] : ["", plain(sealText(board.sealed))]),
    ...board.tasks.flatMap((task) => taskLines(task, board)),
    ...failureLines(board),
    "",
    "Research use only. Not a medical device.",
  ];
  return `${lines.join("\n")}\n`;
}

function taskLines(task: TaskRecord, board: BoardDocument): string[] {
  const metric = metricName(task.metric.name);
  const header = [
    "Rank",
    "Encoder",
    "Aggregator",
    `Internal ${metric}`,
    `External ${metric}`,
    "Rank, external",
    "Seeds",
    "Folds",
    "Tiles/s",
    "Parameters (M)",
    "Memory (GB)",
    "Pretraining",
    "Audit",
  ];
  const sealed = board.sealed !== null && board.sealed.state !== "open";
  return [
    "",
    `## ${plain(task.task)}`,
    "",
    plain(`Question: ${questionText(task)}. Ranked by ${metricText(task.metric)}.`),
    "",
    ...(["internal", "external"] as const).flatMap((part) => partLines(task, part)),
    `| ${header.join(" | ")} |`,
    `|${header.map(() => "---").join("|")}|`,
    ...task.models.map((m) => `| ${rowOf(m, sealed).map(cell).join(" | ")} |`),
    ...task.models.flatMap((m) => m.barred.map((b) => `\n~~${plain(m.name)}~~: ${b.kind}, ${plain(b.reason)}.`)),
    ...task.models.flatMap((m) => overlapWarnings(m).map((w) => `\n${plain(m.name)}: ${plain(w)}.`)),
  ];
}

function partLines(task: TaskRecord, part: "internal" | "external"): string[] {
  const p = task[part];
  if (p === null) return [];
  const name = part === "internal" ? "Internal" : "External";
  if (p.refused !== null)
    return [`${name}: not compared. Expected ${plain(p.refused.expected)}; received ${plain(p.refused.received)}.`, ""];
  const first = p.compared < 2 ? "" : ` First rank: ${plain(listed(p.first))}.`;
  return [
    `${name}: ${counted(p.n, "patient")}${plain(mixText(p.classes))} shared by ${counted(p.compared, "model")}.${first}${p.notes.map((n) => ` ${plain(n)}.`).join("")}`,
    "",
  ];
}

function rowOf(m: ModelRecord, sealed: boolean): string[] {
  const out = m.barred.length > 0;
  const struck = (text: string): string => (out && text !== "" ? `~~${text}~~` : text);
  const value = (r: PartResult | null): string =>
    r === null ? "" : struck(`${cellText(r.estimate)}, n = ${count(r.estimate.n)}`);
  const own = m.internal ?? m.external;
  return [
    rankText(m.internal),
    struck(plain(m.encoder)),
    struck(plain(m.aggregator)),
    value(m.internal),
    sealed ? "sealed" : value(m.external),
    sealed ? "" : rankText(m.external),
    spreadText(own?.seeds ?? null),
    spreadText(own?.folds ?? null),
    m.cost.tilesPerSecond === null ? "" : decimal(m.cost.tilesPerSecond, 0),
    parametersText(m.cost),
    m.cost.memoryBytes === null ? "" : gigabytes(m.cost.memoryBytes),
    plain(overlapText(m.overlap)),
    auditText(m),
  ];
}

function failureLines({ failures }: BoardDocument): string[] {
  if (failures.length === 0) return [];
  return [
    "",
    "## Not judged",
    "",
    ...failures.map(
      (f) =>
        `- ${plain(f.entry)}: ${f.failure.kind}; expected ${plain(f.failure.expected)}, received ${plain(f.failure.received)}`,
    ),
  ];
}

/** Text that cannot become markup or break a row. */
function plain(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[\\`*_~<>|[\]]/g, (c) => `\\${c}`);
}

/** Ready cell text: only an empty cell needs help. */
function cell(text: string): string {
  return text === "" ? " " : text;
}
