/** Studies in the service: started, watched, stopped, taken up again. One runs at a time; the others wait their turn. */
import type { RunEvent } from "@nacre/api";
import type { ArchiveProject } from "../archive/archive.ts";
import type { RunRecord, SeenEvent } from "./run-rows.ts";

export interface Asked {
  readonly project: ArchiveProject;
  /** A study file's text; its paths are relative to the project's folder. */
  readonly text: string;
  /** Name of the run's folder; the study's own name where it is absent. */
  readonly name: string | null;
  /** Who asks, for the row. */
  readonly by: string;
}

export interface Studies {
  /** Checks a study, makes its folder and puts it in line. @throws FailureError bad-study and what else its tables tell */
  start(asked: Asked): Promise<RunRecord>;
  /** @throws ApiRefusal conflict where it is not at work */
  stop(run: RunRecord): Promise<RunRecord>;
  /** Takes up what was stopped or failed. @throws ApiRefusal conflict where it is finished or at work */
  resume(run: RunRecord, by: string): Promise<RunRecord>;
  /** Events after a number, then those to come, until the signal or the run's end. */
  watch(run: string, after: number, signal: AbortSignal): AsyncGenerator<SeenEvent>;
  /** Stops what is at work; rows say `stopped`. */
  close(): Promise<void>;
}

/** States after which nothing more happens by itself. */
export function isAtRest(state: Extract<RunEvent, { kind: "state" }>["state"]): boolean {
  return state !== "queued" && state !== "running";
}
