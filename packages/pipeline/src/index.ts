export { type DemoOptions, runDemo } from "./demo/run-demo.ts";
export { type Check, examine } from "./doctor.ts";
export type { EncodedSlide } from "./extract/encode-slide.ts";
export { fillScale, type Survey, type SurveyOptions, surveySlide } from "./extract/survey-slide.ts";
export {
  type EncodeFilesOptions,
  encodeFiles,
  type FileEncoder,
  findTissueInFile,
  nameOf,
  type TissueSummary,
} from "./files.ts";
export {
  type EvaluateTableOptions,
  evaluateTable,
  scorecardText,
  type TableScorecard,
} from "./judge/evaluate-table.ts";
export type { RunScorecard } from "./judge/judge-run.ts";
export { type FileExplanation, type FilePrediction, openPredictor, type Predictor } from "./predict/predictor.ts";
export { rewriteReport } from "./rewrite-report.ts";
export { type Progress, silent } from "./run/progress.ts";
export { type RunOptions, type RunResult, runStudy } from "./run-study.ts";
export { checkStudy, readStudy, type Study } from "./study/read-study.ts";
export type { StudyFile } from "./study/study-schema.ts";
