export {
  type AnswerScorecard,
  type JudgeAnswersOptions,
  judgeAnswers,
} from "./judge/judge-answers.ts";
export { type JudgeTableOptions, judgeTable, type TableJudgement, type TableScorecard } from "./judge/judge-table.ts";
export { kindOfTable, type TableKind } from "./judge/read-answers.ts";
export { classesOf } from "./judge/read-predictions.ts";
export { scorecardJson } from "./judge/scorecard-json.ts";
export type { TableWarning } from "./judge/table-warning.ts";
export { answerSections, renderAnswers } from "./report/answers/render-answers.ts";
export {
  JUDGEMENT_STYLE,
  judgementSections,
  type RenderJudgementOptions,
  renderJudgement,
} from "./report/render-judgement.ts";
export { decodeTable, parseTable, type Table, type TableOptions } from "./study/parse-table.ts";
