/**
 * A run folder: whose it is, whether it is finished, and the right to write in it.
 * A finished run is reused; an unfinished one wants --resume; a folder that is not a run folder is left alone.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fail, type Outcome, ok } from "@nacre/core";
import { type Lock, takeLock } from "./lock.ts";
import { Steps } from "./step.ts";
import { guardDisk, writeWhole } from "./write-file.ts";

type RunState = "running" | "finished" | "stopped";

export interface OpenRunOptions {
  readonly resume?: boolean;
  /** Names that may already lie in a folder that is not yet a run folder (the demo's own inputs). */
  readonly mayHold?: readonly string[];
}

/** An open run folder; holds the lock until closed. */
export class RunFolder {
  readonly path: string;
  readonly steps: Steps;
  /** True when this folder held a finished run before. */
  readonly wasFinished: boolean;
  readonly #lock: Lock;

  private constructor(path: string, lock: Lock, wasFinished: boolean) {
    this.path = path;
    this.steps = new Steps(path);
    this.wasFinished = wasFinished;
    this.#lock = lock;
  }

  /** Opens or begins a run. Failures: locked, unfinished, bad-usage, no-permission, disk-full. */
  static async open(path: string, options: OpenRunOptions = {}): Promise<Outcome<RunFolder>> {
    const state = readState(path);
    if (state === null && existsSync(path)) {
      const strange = readdirSync(path).filter((name) => name !== ".nacre" && !(options.mayHold ?? []).includes(name));
      if (strange.length > 0) {
        return fail("bad-usage", {
          expected: `an empty folder or a run folder at ${path}`,
          received: `a folder that holds ${strange.slice(0, 3).join(", ")}`,
          remedy: "give another folder with --out",
        });
      }
    }
    guardDisk(path, () => mkdirSync(path, { recursive: true }));
    const lock = await takeLock(join(path, ".nacre", "lock"));
    if (!lock.ok) return lock;
    if (state === "running" && options.resume !== true) {
      lock.value.release();
      return fail("unfinished", {
        expected: `a new or a finished run at ${path}`,
        received: "a run that was interrupted",
        remedy: "go on with --resume, or give another folder with --out",
      });
    }
    const folder = new RunFolder(path, lock.value, state === "finished");
    folder.#mark("running");
    return ok(folder);
  }

  file(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  write(name: string, content: string | Uint8Array): void {
    writeWhole(this.file(name), content);
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
