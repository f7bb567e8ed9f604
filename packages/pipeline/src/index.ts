export {
  type AuditDocument,
  type AuditFiles,
  type AuditOptions,
  auditCohort,
  type CohortAudit,
} from "./audit/audit-cohort.ts";
export { auditText } from "./audit/audit-text.ts";
export { PAGE_EXAMPLES, writeAudit } from "./audit/write-audit.ts";
export { writeProposal } from "./audit/write-proposal.ts";
export { boardText } from "./board/board-text.ts";
export { type MadeBoard, type MakeBoardOptions, makeBoard } from "./board/make-board.ts";
export { type CellFileOptions, type CellSummary, findCellsInFile } from "./cells.ts";
export { type DemoOptions, runDemo } from "./demo/run-demo.ts";
export { type DistilSummary, type DistilTilesOptions, distilTiles } from "./distil/distil-tiles.ts";
export { type Check, examine } from "./doctor.ts";
export { WAYS, type Way } from "./ensemble/combine.ts";
export {
  type EnsembleMember,
  type EnsembleOptions,
  type EnsembleResult,
  ensembleRuns,
} from "./ensemble/ensemble-runs.ts";
export type { EncodedSlide } from "./extract/encode-slide.ts";
export { type Encoding, RunEncoder, type RunEncoderOptions } from "./extract/run-encoder.ts";
export { noProfileText, type SlideColour, slideColour } from "./extract/slide-colour.ts";
export { qualityText, type SlideQualityOptions, slideQuality } from "./extract/slide-quality.ts";
export { fillScale, type Survey, type SurveyOptions, surveySlide } from "./extract/survey-slide.ts";
export {
  type EncodeFilesOptions,
  encodeFiles,
  type FileEncoder,
  findTissueInFile,
  nameOf,
  type TissueSummary,
} from "./files.ts";
export { type ForeseenRun, foreseeRun } from "./foresee-run.ts";
export { type ImportedModel, type ImportModelOptions, importedText, importModel } from "./import/import-model.ts";
export { type CompareFilesOptions, compareFiles, comparisonText } from "./judge/compare-files.ts";
export { type EvaluateFileOptions, evaluateFile, type FileJudgement } from "./judge/evaluate-file.ts";
export {
  type EvaluateTableOptions,
  evaluateTable,
  scorecardText,
  type TableScorecard,
} from "./judge/evaluate-table.ts";
export type { AnswerScore, AnswerScorecard } from "./judge/judge-answers.ts";
export { type AnyRunScorecard, isClassCard, runText } from "./judge/judge-question.ts";
export type { RunScorecard } from "./judge/judge-run.ts";
export { type FileExplanation, type FilePrediction, openPredictor, type Predictor } from "./predict/predictor.ts";
export { prepareRun } from "./prepare-run.ts";
export { cardPath } from "./pretrain/pretrain-card.ts";
export {
  PRETRAIN_METHODS,
  type PretrainCard,
  type PretrainFilesOptions,
  pretrainFiles,
} from "./pretrain/pretrain-files.ts";
export { html, type Markup, trusted } from "./report/html.ts";
export { rewriteReport } from "./rewrite-report.ts";
export { takeLock } from "./run/lock.ts";
export { type FoldEpoch, type Progress, silent } from "./run/progress.ts";
export { type RunOptions, type RunResult, runStudy } from "./run-study.ts";
export { studyProbes } from "./study/choose-model.ts";
export { parseTable } from "./study/parse-table.ts";
export { cellOf } from "./study/read-cohort.ts";
export { checkStudy, readStudy, type Study } from "./study/read-study.ts";
export type { StudyFile, TileSettings } from "./study/study-schema.ts";
export { readTable, type Table } from "./study/table.ts";
