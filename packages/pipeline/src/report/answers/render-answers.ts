/**
 * The report of a judged table of risks, numbers or several labels, in the dress of the one for classes. A pure function of the
 * scorecard, free of Node, so that the page in the browser shows what the command writes.
 */
import type { AnswerScorecard } from "../../judge/judge-answers.ts";
import { html, type Markup } from "../html.ts";
import { count } from "../number-text.ts";
import { originBody, quoted } from "../section/origin.ts";
import type { Section } from "../section/section.ts";
import { seedMarkup } from "../section/seed.ts";
import { partsOf, partsOfKind } from "./answer-part.ts";
import { judgedPage, numbered } from "./judged-page.ts";
import { multilabelSections } from "./multilabel-section.ts";
import { regressSections } from "./regress-section.ts";
import { resultBody, scoreBody, subgroupBody } from "./score-section.ts";
import { surviveSections } from "./survive-section.ts";

/** The whole page as text (UTF-8): one file that opens offline and may load nothing. */
export function renderAnswers(card: AnswerScorecard, { styleHash }: { readonly styleHash: string }): string {
  return judgedPage(card.file, sectionsOf(card), styleHash);
}

/** The sections alone, to be put into a page that has the style sheet. Everything that was read is escaped. */
export function answerSections(card: AnswerScorecard): string {
  return numbered(sectionsOf(card)).markup;
}

function sectionsOf(card: AnswerScorecard): Section[] {
  const parts = partsOf(card);
  return [
    { id: "result", title: "Result", body: resultBody(parts, card) },
    {
      id: "scorecard",
      title: "Scorecard",
      body: html`${scoreBody(parts)}${card.seeds !== null && seedMarkup(card.seeds)}`,
    },
    ...kindSections(card),
    { id: "subgroups", title: "Subgroups", body: subgroupBody(parts, card) },
    { id: "table", title: "What was read", body: origin(card) },
  ];
}

/** What a kind of answer has beside its scores. */
export function kindSections(card: AnswerScorecard): Section[] {
  const parts = partsOf(card);
  switch (card.task.kind) {
    case "survive":
      return surviveSections(partsOfKind(parts, "survive"));
    case "regress":
      return regressSections(partsOfKind(parts, "regress"));
    case "multilabel":
      return multilabelSections(partsOfKind(parts, "multilabel"));
  }
}

const QUESTION = {
  survive: "the time to an event: a higher risk, an earlier event",
  regress: "a number",
  multilabel: "several labels that do not exclude each other",
} as const;

function origin({ file, task, rows, bootstrap, seed, horizons, notes }: AnswerScorecard): Markup {
  const times = horizons.length === 0 ? "" : ` --horizons ${horizons.join(",")}`;
  return originBody({
    facts: [
      ["File", file],
      ["Rows", count(rows)],
      ["Question", QUESTION[task.kind]],
      ["Replicates over patients", count(bootstrap)],
      ["Seed", String(seed)],
    ],
    command: `nacre evaluate ${quoted(file)}${times} --bootstrap ${bootstrap} --seed ${seed} --out judged`,
    notes,
    ...(task.kind === "survive" ? { limit: CENSORED } : {}),
  });
}

const CENSORED =
  "Whoever was lost from sight is taken to fare like those who stayed; where that is not so, curves, Uno's index and Brier scores are biased.";
