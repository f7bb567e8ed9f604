/** A judgement of classes as a folder. */
import { renderJudgement } from "../report/render-judgement.ts";
import type { TableJudgement } from "./judge-table.ts";
import { writeJudged } from "./judgement-folder.ts";
import { scorecardJson } from "./scorecard-json.ts";

/** Writes scorecard.json and report.html and gives their paths. @throws FailureError bad-usage, disk-full, no-permission */
export function writeJudgement(folder: string, judgement: TableJudgement): string[] {
  const scorecard = scorecardJson(judgement.scorecard);
  return writeJudged(folder, { scorecard, report: (options) => renderJudgement(judgement, options) });
}
