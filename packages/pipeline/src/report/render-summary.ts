/** summary.md: the verdict, the warnings and the main numbers on one screen, for a terminal or a code review. */
import { limitations } from "./limitation.ts";
import { counted, estimateText } from "./number-text.ts";
import type { ReportData } from "./report-data.ts";
import type { Estimate, PartScore } from "./score.ts";
import { verdict } from "./verdict.ts";
import { warnings } from "./warning.ts";

/** The summary as Markdown; text from tables is escaped. The same value gives the same bytes. */
export function renderSummary(data: ReportData): string {
  const blocks = [
    `# ${escapeMarkdown(data.title)}`,
    "Research use only. Not a medical device.",
    ...(data.synthetic
      ? [
          "**SYNTHETIC DATA: not clinical performance.** Slides of this study were drawn by a program; the numbers show that the method works from end to end, and nothing about patients.",
        ]
      : []),
    escapeMarkdown(verdict(data).join(" ")),
    ...warningBlock(data),
    "## Numbers",
    numberTable(data),
    ...tuneBlock(data),
    "## Slides",
    slideLine(data),
    "## Limitations",
    limitations(data)
      .map((l) => `- ${escapeMarkdown(l)}`)
      .join("\n"),
    "## Again",
    fenced(data.provenance.command),
    "Everything else, with curves, heatmaps and the audit, is in report.html.",
  ];
  return `${blocks.join("\n\n")}\n`;
}

/** What must be known before the numbers, as Markdown blocks. */
export function warningBlock(data: ReportData): string[] {
  const list = warnings(data);
  if (list.length === 0) return [];
  return [
    "## Read this before the numbers",
    list.map((w) => `- **${escapeMarkdown(w.title)}.** ${escapeMarkdown(w.text)}`).join("\n"),
  ];
}

function numberTable(data: ReportData): string {
  const { external, internal, baselines } = data.scorecard;
  const rows: [string, (p: PartScore) => Estimate][] = [
    ["AUROC", (p) => p.auroc],
    ["AUPRC", (p) => p.auprc],
    ["Balanced accuracy", (p) => p.balancedAccuracy],
    ["Brier score", (p) => p.brier],
    ["Calibration slope", (p) => p.calibration.slope],
  ];
  const cell = (e: Estimate | null | undefined) => (e ? escapeMarkdown(estimateText(e)) : "none");
  return [
    "| measure | external | internal |",
    "|---|---|---|",
    ...rows.map(([name, of]) => `| ${name} | ${cell(external && of(external))} | ${cell(internal && of(internal))} |`),
    `| AUROC, mean pool | ${cell(baselines.meanPool?.external)} | ${cell(baselines.meanPool?.internal)} |`,
    `| AUROC, site alone | | ${cell(baselines.siteOnly)} |`,
  ].join("\n");
}

/** What was learned on the tune parts: who needs no second look, and how the probabilities can be corrected. */
function tuneBlock({ scorecard: { external, internal } }: ReportData): string[] {
  const said = [["External", external] as const, ["Internal", internal] as const].flatMap(([name, part]) => {
    const zone = part?.triage?.optimistic === false ? part.triage.ruleOut : null;
    const told = zone === null ? null : zone.kind === "ready" ? zone.sentence : `no rule-out: ${zone.reason}`;
    return [told, recalibrationText(part)].flatMap((text) =>
      text === null ? [] : [`- ${name}: ${escapeMarkdown(text)}.`],
    );
  });
  return said.length === 0 ? [] : ["## Learned on the tune parts", said.join("\n")];
}

function recalibrationText(part: PartScore | null): string | null {
  const r = part?.recalibration ?? null;
  if (r === null) return null;
  if (r.chosen === null) return `not recalibrated: ${r.refused}`;
  const chosen = [...new Set(r.folds.map((f) => f.choice?.method ?? "none"))];
  if (chosen.every((method) => method === "none"))
    return "not recalibrated: no calibration did better on the tune part";
  return `recalibrated as the tune part chose (${chosen.join(", ")}): Brier score ${estimateText(r.chosen.after.brier)}, before ${estimateText(r.before.brier)}`;
}

/** How many slides came to what. */
export function slideLine(data: ReportData): string {
  const states = new Map<string, number>();
  for (const s of data.slides) states.set(s.state, (states.get(s.state) ?? 0) + 1);
  const said = [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([state, n]) => `${n} ${escapeMarkdown(state)}`);
  return `${counted(data.slides.length, "slide")}: ${said.join(", ") || "none"}. Each with its reason in slides.csv.`;
}

/** Text that stays text in Markdown: no markup, no table break, no new line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[\\`*_{}[\]|#~]/g, "\\$&");
}

/** A fence longer than any run of backticks inside. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
