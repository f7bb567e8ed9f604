/** summary.md of a run that asked for no class, or for several things. */
import {
  isClassCard,
  isTasksCard,
  type RunAnswerScorecard,
  type RunTasksScorecard,
} from "../../judge/judge-question.ts";
import { measureName } from "../answers/measure-name.ts";
import { estimateText } from "../number-text.ts";
import { escapeMarkdown, fenced, slideLine, warningBlock } from "../render-summary.ts";
import type { ReportData } from "../report-data.ts";
import { answerLimitations } from "./answer-limitation.ts";
import { classMeasures, type MeasureRow } from "./class-measure.ts";
import { answerCards } from "./render-run-answers.ts";

/** The summary as Markdown. The same values give the same bytes. */
export function renderAnswerSummary(data: ReportData, card: RunAnswerScorecard | RunTasksScorecard): string {
  const tables = isTasksCard(card)
    ? Object.entries(card.tasks).flatMap(([name, one]) => [
        `### ${escapeMarkdown(name)}`,
        measureTable(isClassCard(one) ? classMeasures(one) : answerMeasures(one)),
      ])
    : [measureTable(answerMeasures(card))];
  const blocks = [
    `# ${escapeMarkdown(data.title)}`,
    "Research use only. Not a medical device.",
    ...(data.synthetic ? ["**SYNTHETIC DATA: not clinical performance.**"] : []),
    ...warningBlock(data),
    "## Numbers",
    ...tables,
    "## Slides",
    slideLine(data),
    "## Limitations",
    answerLimitations(data, answerCards(card))
      .map((l) => `- ${escapeMarkdown(l)}`)
      .join("\n"),
    "## Again",
    fenced(data.provenance.command),
    "Everything else, with curves, heatmaps and the audit, is in report.html.",
  ];
  return `${blocks.join("\n\n")}\n`;
}

function answerMeasures({ internal, external, baselines }: RunAnswerScorecard): MeasureRow[] {
  return [
    ...Object.keys(internal.measures).map((name) => ({
      name: measureName(name),
      external: external?.measures[name] ?? null,
      internal: internal.measures[name] ?? null,
    })),
    { name: `${measureName(internal.headline)}, mean pool`, ...baselines.meanPool },
  ];
}

function measureTable(rows: readonly MeasureRow[]): string {
  const cell = (e: MeasureRow["external"]): string => (e === null ? "none" : escapeMarkdown(estimateText(e)));
  return [
    "| measure | external | internal |",
    "|---|---|---|",
    ...rows.map(
      ({ name, external, internal }) => `| ${escapeMarkdown(name)} | ${cell(external)} | ${cell(internal)} |`,
    ),
  ].join("\n");
}
