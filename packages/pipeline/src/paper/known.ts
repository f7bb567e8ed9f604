/**
 * Everything the texts for a paper are written from, as one plain value. A run knows all of it; where only a foreign table of
 * predictions was judged, `report` and `facts` are null and the texts say what is not known. Nothing here is guessed.
 */
import type { ClassifyTask } from "@nacre/core";
import type { AuditReport, Evaluation } from "@nacre/evaluation";
import type { ReportData } from "../report/report-data.ts";
import type { PartScore, Scorecard } from "../report/score.ts";

/** The scorecard of a run or of a table: a RunScorecard and a TableScorecard both fit. */
export interface JudgedCard extends Pick<Evaluation, "internal" | "external"> {
  readonly task: ClassifyTask;
  /** Only of a run. */
  readonly baselines?: Scorecard["baselines"];
  /** Only of a run. */
  readonly audit?: AuditReport;
  /** The table that was judged. */
  readonly file?: string;
}

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

/** A part that was judged, with its name as texts call it. */
export interface NamedPart {
  readonly name: "external" | "internal";
  readonly part: PartScore;
}

/** The parts with at least one patient, external first. */
export function judgedParts(card: JudgedCard): NamedPart[] {
  const named = [
    { name: "external" as const, part: card.external },
    { name: "internal" as const, part: card.internal },
  ];
  return named.filter((p): p is NamedPart => p.part !== null && p.part.n > 0);
}

/** Whether the slides were made by a program. A table alone cannot tell. */
export function isSynthetic({ report }: Known): boolean {
  return report?.synthetic === true;
}
