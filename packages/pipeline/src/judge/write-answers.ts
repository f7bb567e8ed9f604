/** A judgement of risks, numbers or several labels as a folder. */
import { renderAnswers } from "../report/answers/render-answers.ts";
import type { AnswerScorecard } from "./judge-answers.ts";
import { writeJudged } from "./judgement-folder.ts";
import { scorecardJson } from "./scorecard-json.ts";

/** Writes scorecard.json, report.html and the texts for a paper and gives their paths. @throws FailureError bad-usage, disk-full, no-permission */
export function writeAnswers(folder: string, card: AnswerScorecard): string[] {
  const scorecard = scorecardJson(card);
  return writeJudged(folder, { card, scorecard, report: (options) => renderAnswers(card, options) });
}
