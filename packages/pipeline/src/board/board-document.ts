/** board.json: everything the site shows, with paths that start at the folder of the board, so that the folder can be moved. */
import type { Failure } from "@nacre/core";
import type { Bar, BoardModel, BoardTask, PretrainingOverlap } from "@nacre/evaluation";

/** What a model costs; null where nobody said. */
export interface Cost {
  readonly tilesPerSecond: number | null;
  /** Weights of the encoder. */
  readonly parameters: number | null;
  readonly aggregatorParameters: number | null;
  readonly memoryBytes: number | null;
}

/** A table behind the board. Paths are relative to the folder of the board, with `/`. */
export interface EntryRecord {
  readonly name: string;
  readonly task: string;
  readonly encoder: string;
  readonly aggregator: string;
  readonly seed: number | null;
  readonly predictions: string;
  readonly sha256: string;
  readonly report: string | null;
  readonly barred: readonly Bar[];
  /** null where nobody audited the table. */
  readonly warnings: readonly string[] | null;
}

export interface ModelRecord extends BoardModel {
  readonly cost: Cost;
  readonly pretraining: readonly string[] | null;
  /** Who says so: the board, or the list of public encoders ("at least these"); null where nobody does. */
  readonly pretrainingFrom: "board" | "list" | null;
  /** Of a public encoder's weights, where it is known. */
  readonly licence: string | null;
  readonly overlap: PretrainingOverlap;
  /** Findings of the audits behind it; null where one of its tables was not audited. */
  readonly warnings: readonly string[] | null;
}

export interface TaskRecord extends Omit<BoardTask, "models"> {
  readonly models: readonly ModelRecord[];
}

export interface SealRecord {
  readonly part: "external";
  readonly log: string;
  readonly state: "closed" | "open" | "changed";
  readonly opened: string | null;
  readonly command: string | null;
  readonly changes: string | null;
  /** Runs whose own reports show external numbers: a seal here does not hide those. */
  readonly toldElsewhere: readonly string[];
}

export interface BoardDocument {
  readonly format: "nacre-board";
  readonly version: 1;
  readonly name: string;
  readonly unit: "patient";
  /** Of classes; every task tells its own. */
  readonly metric: { readonly name: string; readonly title: string; readonly perfect: number };
  readonly bootstrap: number;
  readonly seed: number;
  readonly sealed: SealRecord | null;
  readonly tasks: readonly TaskRecord[];
  readonly entries: readonly EntryRecord[];
  /** Entries that could not be read or judged. */
  readonly failures: readonly { readonly entry: string; readonly failure: Failure }[];
}
