/**
 * A run folder: whose it is, whether it is finished, and the right to write in it.
 * A finished run is reused; an unfinished one wants --resume; a folder that is not a run folder is left alone.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { attempt, fail, type Outcome, ok, unwrap } from "@nacre/core";
import { sweepAll } from "./leftovers.ts";
import { type Lock, takeLock } from "./lock.ts";
import { Steps } from "./step.ts";
import { guardDisk, writeWhole } from "./write-file.ts";

type RunState = "running" | "finished" | "stopped";

/** One of several processes that encode the slides of one run together; `index` counts from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export interface OpenRunOptions {
  readonly resume?: boolean;
  /** Names that may already lie in a folder that is not yet a run folder (the demo's own inputs). */
  readonly mayHold?: readonly string[];
  readonly shard?: Shard;
}

/** An open run folder; holds the lock until closed. */
export class RunFolder {
  readonly path: string;
  readonly steps: Steps;
  readonly #lock: Lock;

  private constructor(path: string, lock: Lock) {
    this.path = path;
    this.steps = new Steps(path);
    this.#lock = lock;
  }

  /** Opens or begins a run. Failures: locked, unfinished, bad-usage, no-permission, disk-full. */
  static open(path: string, options: OpenRunOptions = {}): Promise<Outcome<RunFolder>> {
    return attempt(() => openRun(path, options));
  }

  /**
   * Opens a run in common with others who encode slides of it, `name` being the only one of its name; the run keeps its state.
   * Failures: locked (a whole run works in it), bad-usage, no-permission, disk-full.
   */
  static join(path: string, name: string): Promise<Outcome<RunFolder>> {
    return attempt(async () => {
      unwrap(checkPlace(path, []));
      guardDisk(path, () => mkdirSync(path, { recursive: true }));
      const lock = unwrap(await takeLock(join(path, ".nacre", "lock"), name));
      try {
        const folder = new RunFolder(path, lock);
        if (readState(path) === null) folder.stop();
        return folder;
      } catch (error) {
        lock.release();
        throw error;
      }
    });
  }

  /** Opens a folder whose lock is held. */
  static begin(path: string, lock: Lock): RunFolder {
    const folder = new RunFolder(path, lock);
    folder.#mark("running");
    return folder;
  }

  file(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  write(name: string, content: string | Uint8Array): void {
    writeWhole(this.file(name), content);
  }

  /** The text of a file of this folder, null where there is none. */
  read(name: string): string | null {
    return existsSync(this.file(name)) ? readFileSync(this.file(name), "utf8") : null;
  }

  remove(name: string): void {
    guardDisk(name, () => rmSync(this.file(name), { force: true }));
  }

  finish(): void {
    this.#mark("finished");
  }

  /** An orderly end without a result (a refusal, a wrong table): the next run needs no --resume. */
  stop(): void {
    this.#mark("stopped");
  }

  close(): void {
    this.#lock.release();
  }

  #mark(state: RunState): void {
    writeWhole(statePath(this.path), `${JSON.stringify({ state, layout: 1 })}\n`);
  }
}

async function openRun(path: string, { resume = false, mayHold = [], shard }: OpenRunOptions): Promise<RunFolder> {
  unwrap(checkPlace(path, mayHold));
  guardDisk(path, () => mkdirSync(path, { recursive: true }));
  const name = shard === undefined ? null : `${shard.index + 1}-of-${shard.count}`;
  const lock = unwrap(await takeLock(join(path, ".nacre", "lock"), name));
  try {
    // Only now is the state settled: whoever held the lock may just have finished.
    const interrupted = readState(path) === "running";
    if (interrupted && !resume && shard === undefined) unwrap(unfinished(path));
    if (shard === undefined) sweepAll(path, interrupted);
    return RunFolder.begin(path, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Refuses what is not a folder, and folders that hold somebody's other work. */
function checkPlace(path: string, mayHold: readonly string[]): Outcome<void> {
  const wrong = (received: string): Outcome<never> =>
    fail("bad-usage", {
      expected: `an empty folder or a run folder at ${path}`,
      received,
      remedy: "give another folder with --out",
    });
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || readState(path) !== null) return ok(undefined);
  if (!stat.isDirectory()) return wrong("a file");
  const strange = guardDisk(path, () => readdirSync(path)).filter(
    (name) => name !== ".nacre" && !mayHold.includes(name),
  );
  return strange.length === 0 ? ok(undefined) : wrong(`a folder that holds ${strange.slice(0, 3).join(", ")}`);
}

function unfinished(path: string): Outcome<never> {
  return fail("unfinished", {
    expected: `a new or a finished run at ${path}`,
    received: "a run that was interrupted",
    remedy: "go on with --resume, or give another folder with --out",
  });
}

function statePath(path: string): string {
  return join(path, ".nacre", "state.json");
}

function readState(path: string): RunState | null {
  try {
    const { state } = JSON.parse(readFileSync(statePath(path), "utf8")) as { state?: string };
    return state === "finished" || state === "stopped" ? state : "running";
  } catch {
    return null;
  }
}
