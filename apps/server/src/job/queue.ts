/** The queue, as four verbs. At-least-once: a unit may be done twice, its output appears once, because it is written aside, renamed, and named by its key. */
import type { JobsPage } from "@nacre/api";

/** One slide and one encoder. */
export interface UnitOfWork {
  /** Hash of slide content, encoder identity and tile options: the same work has the same key. */
  readonly key: string;
  readonly run: string | null;
  /** Slide's key or id, for people. */
  readonly slide: string;
  readonly encoder: string;
  /** What a worker needs to do it, JSON. */
  readonly work: Readonly<Record<string, unknown>>;
}

export type UnitState = "waiting" | "active" | "done" | "failed" | "cancelled";

export interface Queue {
  /** Puts units into the queue; those already waiting, active or done are left as they are. Gives how many were new. */
  enqueue(units: readonly UnitOfWork[]): Promise<number>;
  /** Takes units and does them until the signal; `priority` work of people goes before. Resolves when the last has ended. */
  work(
    doUnit: (unit: UnitOfWork, signal: AbortSignal) => Promise<void>,
    options: { readonly signal: AbortSignal; readonly parallel: number; readonly worker: string },
  ): Promise<void>;
  status(run?: string): Promise<JobsPage>;
  /** Cancels units of a run that are not done. */
  cancel(run: string): Promise<number>;
  /** Puts failed units back. */
  retry(units: readonly string[] | null, run: string | null): Promise<number>;
}
