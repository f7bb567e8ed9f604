/**
 * What a board is made of: tables of predictions that others made, each for one task by one encoder and one aggregator, and
 * what the referee says of them. Costs and names of files do not take part in judging; the caller lays them beside.
 */
import type { Failure } from "@nacre/core";
import type { Estimate } from "../estimate.ts";
import type { Answers, BoardKindName } from "./board-question.ts";
import type { Spread } from "./spread.ts";

/** The parts a board ranks; `internal` are the rows of part test. */
export type BoardPartName = "internal" | "external";

/** Why a model is shown struck out and without a rank. */
export interface Bar {
  readonly kind: string;
  readonly reason: string;
}

/** One table of predictions. Entries that differ in the seed alone are one model. */
export type BoardEntry = EntryFacts & Answers;

/** What a board knows of a table beside its answers. */
export interface EntryFacts {
  /** Unique on the board. */
  readonly name: string;
  /** The board's name of the question; entries are compared within a task. */
  readonly task: string;
  readonly encoder: string;
  readonly aggregator: string;
  readonly seed: number | null;
  readonly barred: readonly Bar[];
}

/** What a task is ranked by. */
export interface TaskMetric {
  readonly name: string;
  readonly title: string;
  readonly perfect: number;
  readonly better: "higher" | "lower";
}

/** A model beside the one of the best value. */
export interface Behind {
  readonly best: string;
  readonly difference: Estimate;
  /** Corrected over all pairs (Holm). */
  readonly p: number | null;
}

/** A model in one part, on the patients that all compared models share. */
export interface PartResult {
  /** Labelled patients the model predicted, shared or not. */
  readonly patients: number;
  /** The board's metric; over several seeds their mean, the interval over patients alone. */
  readonly estimate: Estimate;
  /** The other metrics, by name. */
  readonly beside: Readonly<Record<string, Estimate>>;
  /** 1 + the models significantly better; null for struck-out models. */
  readonly rank: number | null;
  /** Models that share a letter cannot be told apart; "" without a rank. */
  readonly letters: string;
  /** Models of this part that cannot be told apart from it. */
  readonly tiedWith: readonly string[];
  /** This model minus the one of the best value; null for that one, and without a rank. */
  readonly behind: Behind | null;
  /** null for fewer than two seeds. */
  readonly seeds: Spread | null;
  /** null for fewer than two folds, or folds that differ between seeds. */
  readonly folds: Spread | null;
}

export interface BoardModel {
  readonly name: string;
  readonly encoder: string;
  readonly aggregator: string;
  readonly entries: readonly { readonly name: string; readonly seed: number | null }[];
  readonly barred: readonly Bar[];
  /** null where the model has no labelled patient of the part, the part is sealed, or its comparison was refused. */
  readonly internal: PartResult | null;
  readonly external: PartResult | null;
}

/** What the comparison in one part rests on. */
export interface BoardPart {
  /** Patients that all compared models share. */
  readonly n: number;
  /** What they are: patients of each class, with and without the event, with each label; empty for numbers. */
  readonly classes: Readonly<Record<string, number>>;
  /** Models compared. */
  readonly compared: number;
  /** How ranks were made. */
  readonly method: string;
  /** Models that hold the first rank. */
  readonly first: readonly string[];
  /** Whose patients had to be left out, in words. */
  readonly notes: readonly string[];
  /** Why nothing was compared. */
  readonly refused: Failure | null;
}

export interface BoardTask {
  readonly task: string;
  readonly kind: BoardKindName;
  readonly metric: TaskMetric;
  /** Classes, or names of several labels; empty for other kinds. */
  readonly classes: readonly string[];
  /** null where there are no classes. */
  readonly positive: string | null;
  /** null where no model has the part, or it is sealed. */
  readonly internal: BoardPart | null;
  readonly external: BoardPart | null;
  /** Best first: by internal rank, then value; struck out last. */
  readonly models: readonly BoardModel[];
}
