/**
 * Everything the texts for a paper are written from, as one plain value. A run knows all of it; where only a foreign table of
 * predictions was judged, `report` and `facts` are null and the texts say what is not known. Nothing here is guessed.
 */
import type { ClassifyTask, SingleTask } from "@nacre/core";
import type { AuditReport, Estimate, Evaluation, Parts } from "@nacre/evaluation";
import type { AnswerScore, AnswerScorecard } from "../judge/judge-answers.ts";
import type { ReportData } from "../report/report-data.ts";
import type { Scorecard } from "../report/score.ts";

/** What any scorecard may say beside its parts. */
interface CardOrigin {
  /** Only of a run. */
  readonly audit?: AuditReport;
  /** The table that was judged. */
  readonly file?: string;
}

/** Classes and grades: a RunScorecard and a TableScorecard both fit. */
export interface ClassCard extends Pick<Evaluation, "internal" | "external">, CardOrigin {
  readonly task: ClassifyTask;
  /** Only of a run. */
  readonly baselines?: Scorecard["baselines"];
}

/** The question of risks, numbers or labels: of a run the task itself, of a table its kind alone. */
export type AnswerTask = Extract<SingleTask, { readonly kind: AnswerScore["kind"] }> | AnswerScorecard["task"];

/** Risks, numbers or labels: a RunAnswerScorecard and an AnswerScorecard both fit. */
export interface AnswerCard extends Pick<Parts<AnswerScore>, "internal" | "external">, CardOrigin {
  readonly task: AnswerTask;
  /** Only of a run: the headline of the mean pool. */
  readonly baselines?: {
    readonly meanPool: { readonly internal: Estimate | null; readonly external: Estimate | null };
  };
}

/** An AnswerCard whose kind is known. */
export interface CardOfKind<K extends AnswerScore["kind"]> extends Omit<AnswerCard, "internal" | "external" | "task"> {
  readonly internal: Extract<AnswerScore, { readonly kind: K }>;
  readonly external: Extract<AnswerScore, { readonly kind: K }> | null;
  /** null where a table was judged, whose columns have names of their own. */
  readonly task: Extract<SingleTask, { readonly kind: K }> | { readonly kind: K };
}

/** Several questions that one model answers, each judged on its own: a RunTasksScorecard fits. */
export interface TasksCard extends CardOrigin {
  readonly task: { readonly kind: "multitask" };
  readonly tasks: Readonly<Record<string, ClassCard | AnswerCard>>;
}

/** The scorecard of a run or of a table, whatever it answers. */
export type JudgedCard = ClassCard | AnswerCard | TasksCard;

/** A cohort column and how many rows have no value in it. */
export interface MissingCount {
  readonly column: string;
  readonly missing: number;
  readonly rows: number;
}

/** What only the run itself knows. */
export interface RunFacts {
  readonly seed: number;
  /** Name and value, in the order to be told: nacre, node, onnxruntime, … */
  readonly versions: readonly (readonly [string, string])[];
  /** File and SHA-256. */
  readonly hashes: readonly (readonly [string, string])[];
  /** The options of the fit: epochs, lr, patience, … */
  readonly fit: Readonly<Record<string, string | number | boolean | null>>;
  /** The options of the aggregator that the study states, `name` left out. */
  readonly aggregator: Readonly<Record<string, string | number | boolean | null>>;
  /** How the kept epoch was chosen, one entry a fold model. */
  readonly chosenBy: readonly ("tune-loss" | "last-epoch")[];
  readonly missing: readonly MissingCount[];
}

export interface Known {
  /** Name of the study, or of the judged table. */
  readonly title: string;
  readonly card: JudgedCard;
  readonly report: ReportData | null;
  readonly facts: RunFacts | null;
}

/** What stands before everything else where the slides were drawn by a program. */
export const SYNTHETIC = "SYNTHETIC DATA: no number here is clinical performance.";

/** Whether the slides were made by a program. A table alone cannot tell. */
export function isSynthetic({ report }: Known): boolean {
  return report?.synthetic === true;
}
