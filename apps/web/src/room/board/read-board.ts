/** The board as the service hands it on: the board.json that `nacre board` writes. Its types are the referee's own; what pipeline lays beside stands here. */
import type { BoardModel, BoardTask } from "@nacre/evaluation";

export interface EntryShown {
  readonly name: string;
  readonly seed: number | null;
  readonly sha256: string;
  readonly warnings: readonly string[] | null;
}

export interface ModelShown extends BoardModel {
  readonly pretraining: readonly string[] | null;
  readonly licence: string | null;
  readonly warnings: readonly string[] | null;
}

export interface TaskShown extends Omit<BoardTask, "models"> {
  readonly models: readonly ModelShown[];
}

export interface BoardShown {
  readonly name: string;
  readonly unit: string;
  readonly bootstrap: number;
  readonly sealed: { readonly state: string } | null;
  readonly tasks: readonly TaskShown[];
  readonly entries: readonly EntryShown[];
  readonly failures: readonly { readonly entry: string; readonly failure: { readonly received: string } }[];
}

/** Null where it is no board of a version that this page knows. */
export function boardOf(board: unknown): BoardShown | null {
  if (typeof board !== "object" || board === null) return null;
  const { format, version } = board as { readonly format?: unknown; readonly version?: unknown };
  // The form is pipeline's own, of one version with this page; only its name and version are looked at.
  return format === "nacre-board" && version === 1 ? (board as BoardShown) : null;
}

/** The run behind an entry, as the service says it: a name says nothing, two runs may have the same. */
export function runOfEntry<R extends { readonly entry: string }>(entry: string, runs: readonly R[]): R | null {
  return runs.find((run) => run.entry === entry) ?? null;
}
