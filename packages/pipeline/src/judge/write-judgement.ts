/** A judgement of classes as a folder. */
import { renderJudgement } from "../report/render-judgement.ts";
import type { TableJudgement } from "./judge-table.ts";
import { writeJudged } from "./judgement-folder.ts";
import { scorecardJson } from "./scorecard-json.ts";

/** Writes scorecard.json, report.html and the texts for a paper and gives their paths. @throws FailureError bad-usage, disk-full, no-permission */
export function writeJudgement(folder: string, judgement: TableJudgement): string[] {
  const { scorecard: card } = judgement;
  const scorecard = scorecardJson(card);
  return writeJudged(folder, { card, scorecard, report: (options) => renderJudgement(judgement, options) });
}
