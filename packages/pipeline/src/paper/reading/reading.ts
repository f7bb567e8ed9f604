/**
 * What the texts for a paper ask of a scorecard, whatever it answers. Each kind of answer gives it once (`class-reading.ts` and
 * its neighbours); the texts ask this and never which kind it is. Texts are plain; what a kind does not have is null or empty.
 */
import type { ReportData } from "../../report/report-data.ts";
import type { Estimate } from "../../report/score.ts";

/** A number under the name that a sentence or a row calls it by. */
export interface Named {
  readonly name: string;
  readonly estimate: Estimate;
  /** Decimals. Default 3; numbers in the unit of a label need those of its size. */
  readonly digits?: number;
}

/** One row of the results table. */
export interface TableRow {
  /** What of the model it is, such as one of its labels; null for the whole of it. */
  readonly of: string | null;
  /** "40 (21 tumour)". */
  readonly n: string;
  /** In the order of `Reading.columns`. */
  readonly cells: readonly Omit<Named, "name">[];
}

export interface ReadingPart {
  readonly role: "external" | "internal";
  readonly n: number;
  readonly unlabelled: number;
  readonly bags: number;
  /** Who is in it: "20 wild", "18 with the event". */
  readonly counts: readonly string[];
  readonly headline: Estimate;
  readonly groups: readonly {
    readonly column: string;
    readonly group: string;
    readonly n: number;
    readonly measure: Estimate;
  }[];
  readonly folds: readonly { readonly fold: number; readonly n: number; readonly measure: Estimate }[];
  /** What a reader asks first, as sentences call it. */
  readonly performance: readonly Named[];
  /** What stands beside it: calls, agreement, label by label. */
  readonly beside: readonly Named[];
  /** Agreement that counts how far a grade is off. */
  readonly grades: readonly Named[];
  readonly calibration: readonly Named[];
  /** Every measure, for the sentence on measures and the making of intervals. */
  readonly measures: readonly Named[];
  /** Whole clauses about the part that are no measure: a test, a reference. */
  readonly remarks: readonly string[];
  /** How many patients the claim rests on, and whether they are few. */
  readonly size: string;
  /** What may differ from the other part, by what it is: ["Share of mutant", "50.0 % of 20"]. */
  readonly contrast: readonly (readonly [what: string, here: string])[];
  /** How well calls hit, in counts; null where nothing is called. */
  readonly calls: string | null;
  /** How often or how far the model was wrong. */
  readonly errors: string | null;
  readonly recalibration: string | null;
  readonly triage: string | null;
  /** Rows of the model card. */
  readonly performanceRows: readonly Named[];
  readonly calibrationRows: readonly Named[];
  readonly tableRows: readonly TableRow[];
}

/** A plainer predictor on the same patients: its headline alone is computed. */
export interface Baseline {
  /** "Mean pool", as a row of a table begins. */
  readonly name: string;
  /** What a row adds to the name: ", no pixel"; else empty. */
  readonly aside: string;
  /** What a sentence calls it where it was judged on each part. */
  readonly told: Readonly<Record<"external" | "internal", string>>;
  readonly external: Estimate | null;
  readonly internal: Estimate | null;
}

export interface Reading {
  /** Of a task among several; null where one thing was asked. */
  readonly name: string | null;
  /** "tell" and "a and b apart": a model that tells, predictions that tell. */
  readonly does: readonly [verb: string, rest: string];
  /** What the outcome is, where it stands. */
  readonly outcome: string;
  /** How the reference standard is taken. */
  readonly reference: string;
  /** What the model answers, in which unit, and what follows from it. */
  readonly output: string;
  /** One answer and several. */
  readonly noun: readonly [one: string, many: string];
  /** What the caption of a table says of the question. */
  readonly question: string;
  /** The one number that the claim rests on. */
  readonly headline: string;
  /** The column of the results table that holds it. */
  readonly headlineColumn: string;
  /** What was measured beside `measures`: ", and net benefit over thresholds"; else empty. */
  readonly alsoMeasured: string;
  /** What the fit made small, where nothing else was asked. */
  readonly loss: string;
  /** Bags of a step where the study names no number. */
  readonly bagsAStep: string;
  /** What balanced weights do to the loss: " weighted by class"; empty where they do nothing. */
  readonly weighted: string;
  /** How classes of unequal size were met, for balanced weights and for none. */
  readonly imbalance: Readonly<Record<"balanced" | "none", string>>;
  /** How a run meets what is not known of this kind of answer; empty for no more than all kinds do. */
  readonly gaps: string;
  /** How much is not known of patients who were judged; empty for nothing. */
  readonly unknown: string;
  /** What the numbers take for granted, of whatever model; empty for nothing. */
  readonly caution: string;
  /** Why there are no calls; null where there are. */
  readonly noCalls: string | null;
  /** Why there is no calibration, said where no part has any. */
  readonly noCalibration: string;
  /** What the groups are that parts are told by; empty where they are the classes. */
  readonly balancedBy: string;
  /** Columns of the results table. */
  readonly columns: readonly string[];
  readonly internal: ReadingPart;
  readonly external: ReadingPart | null;
  /** null where none was computed. */
  readonly baselines: readonly Baseline[] | null;
  /** The verdict in plain sentences, from what the run knows. */
  readonly verdict: (report: ReportData) => string;
  /** Limits that a program sees, as sentences. Of several tasks each names its own; what holds for all is the same text in each. */
  readonly limits: (report: ReportData) => readonly string[];
}

/** The parts with at least one patient, external first. */
export function judgedParts({ internal, external }: Pick<Reading, "internal" | "external">): ReadingPart[] {
  return [...(external === null ? [] : [external]), internal].filter((p) => p.n > 0);
}
