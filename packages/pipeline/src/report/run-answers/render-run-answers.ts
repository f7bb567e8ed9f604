/**
 * The report of a run that asked for no class, or for several things: the judgement of the answers, as `nacre evaluate` tells it, within
 * what every run tells. A pure function; the page loads nothing.
 */
import {
  type AnyRunScorecard,
  isClassCard,
  isTasksCard,
  type RunAnswerScorecard,
  type RunTasksScorecard,
} from "../../judge/judge-question.ts";
import type { RunScorecard } from "../../judge/judge-run.ts";
import { partsOf } from "../answers/answer-part.ts";
import { kindSections } from "../answers/render-answers.ts";
import { resultBody, scoreBody, subgroupBody } from "../answers/score-section.ts";
import { html, type Markup } from "../html.ts";
import { withinBudget } from "../picture-budget.ts";
import { page } from "../render-report.ts";
import type { ReportData, ReportLimits } from "../report-data.ts";
import { askedSection } from "../section/asked.ts";
import { auditSection } from "../section/audit.ts";
import { provenanceSection } from "../section/closing.ts";
import { failuresSection } from "../section/failures.ts";
import { faithfulnessSection } from "../section/faithfulness.ts";
import { warningList } from "../section/first-page.ts";
import { heatmapsSection } from "../section/heatmaps.ts";
import { partsSection } from "../section/parts.ts";
import type { Section } from "../section/section.ts";
import { slidesSection } from "../section/slides.ts";
import { tilesSection } from "../section/tiles.ts";
import { trainingSection } from "../section/training.ts";
import { estimateCell, table } from "../table.ts";
import { answerLimitations } from "./answer-limitation.ts";
import { baselineBody } from "./baseline-body.ts";
import { classMeasures } from "./class-measure.ts";

/** The whole page as text (UTF-8). */
export function renderRunAnswers(
  data: ReportData,
  card: RunAnswerScorecard | RunTasksScorecard,
  limits: ReportLimits = {},
): string {
  const pictures = withinBudget(data, limits);
  const judged = isTasksCard(card) ? taskSections(card, data) : judgedSections(card, data);
  const [first, ...others] = judged as [Section, ...Section[]];
  const sections = [
    first,
    askedSection(data),
    partsSection(data),
    failuresSection(data),
    ...others,
    auditSection(data),
    heatmapsSection(data, pictures),
    tilesSection(data, pictures),
    ...faithfulnessSection(data.faithfulness),
    slidesSection(data, limits),
    trainingSection(data),
    limitations(data, card),
    provenanceSection(data),
  ];
  return page(data, sections).markup;
}

function judgedSections(card: RunAnswerScorecard, data: ReportData): Section[] {
  const parts = partsOf(card);
  const result = html`${resultBody(parts, card)}${baselineBody(card, data.asked.aggregator.title)}<h3>About this run</h3>${warningList(data)}`;
  return [
    { id: "verdict", title: "Result", body: result },
    { id: "scorecard", title: "Scorecard", body: scoreBody(parts) },
    ...kindSections(card),
    { id: "subgroups", title: "Subgroups", body: subgroupBody(parts, card) },
  ];
}

/** One section a question: numbers alone, since each question's table of predictions can have a report of its own. */
function taskSections({ tasks }: RunTasksScorecard, data: ReportData): Section[] {
  const named = Object.entries(tasks);
  const about = html`<p class="lead">One model answers ${String(named.length)} questions: ${named.map(([name]) => name).join(", ")}. Each is judged as if it stood alone.</p>
<p>Curves, calibration and the like of one question: <code>nacre evaluate predictions-${named[0]?.[0] ?? "name"}.csv --out judged</code></p><h3>About this run</h3>${warningList(data)}`;
  return [
    { id: "verdict", title: "Result", body: about },
    ...named.map(([name, card], i) => ({
      id: `task-${i + 1}`,
      title: `Scorecard of ${name}`,
      body: isClassCard(card)
        ? classBody(card)
        : html`${scoreBody(partsOf(card))}${baselineBody(card, data.asked.aggregator.title)}`,
    })),
  ];
}

function classBody(card: RunScorecard): Markup {
  const rows = classMeasures(card).map(
    ({ name, external, internal }) =>
      html`<tr><th scope="row">${name}</th>${estimateCell(external, "none")}${estimateCell(internal, "none")}</tr>`,
  );
  return table(
    "Value, 95 % interval and number of patients",
    [{ name: "Measure" }, { name: "External" }, { name: "Internal" }],
    rows,
  );
}

function limitations(data: ReportData, card: RunAnswerScorecard | RunTasksScorecard): Section {
  const list = answerLimitations(data, answerCards(card));
  return { id: "limitations", title: "Limitations", body: html`<ul>${list.map((l) => html`<li>${l}</li>`)}</ul>` };
}

/** The scorecards that are not of classes, by name. */
export function answerCards(card: AnyRunScorecard): [string, RunAnswerScorecard][] {
  if (isTasksCard(card))
    return Object.entries(card.tasks).flatMap(([name, one]) => (isClassCard(one) ? [] : [[name, one]]));
  return isClassCard(card) ? [] : [["", card]];
}
