/** scorecard.json of a judged table: the same bytes from the command and from the page. */
import type { AnswerScorecard } from "./judge-answers.ts";
import type { TableScorecard } from "./judge-table.ts";

export function scorecardJson(scorecard: TableScorecard | AnswerScorecard): string {
  return `${JSON.stringify(scorecard, null, 2)}\n`;
}
