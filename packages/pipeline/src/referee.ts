export { type JudgeTableOptions, judgeTable, type TableJudgement, type TableScorecard } from "./judge/judge-table.ts";
export { classesOf } from "./judge/read-predictions.ts";
export { scorecardJson } from "./judge/scorecard-json.ts";
export type { TableWarning } from "./judge/table-warning.ts";
export {
  JUDGEMENT_STYLE,
  judgementSections,
  type RenderJudgementOptions,
  renderJudgement,
} from "./report/render-judgement.ts";
export { decodeTable, parseTable, type Table, type TableOptions } from "./study/parse-table.ts";
