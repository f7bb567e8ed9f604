/**
 * The parent's side of a slide's process: one request at a time, each with a time limit. A process that crashes or hangs is a named
 * failure of that request; the next one starts another.
 */
import { type ChildProcess, fork } from "node:child_process";
import { raise } from "@nacre/core";
import type { Answer, Request } from "./messages.ts";

/** Built code only: under a test runner this file runs from its source, the process never does. */
const CHILD_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../../dist/format/openslide/openslide-child.js" : "./openslide-child.js",
  import.meta.url,
);

/** What of the environment such a process is given: where libraries and temporary files lie, and no secrets. */
const ENVIRONMENT = ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TEMP", "SYSTEMROOT"];

const MOST_WORDS = 2000;

export class OpenSlideProcess {
  readonly #path: string;
  readonly #timeoutMs: number;
  #child: ChildProcess | null = null;
  #words = "";
  #last: Promise<unknown> = Promise.resolve();
  #isOpen = true;

  constructor(path: string, timeoutMs: number) {
    this.#path = path;
    this.#timeoutMs = timeoutMs;
  }

  /** Requests wait for those before them. @throws FailureError unreadable-file where the process ended or did not answer in time */
  ask(request: Request, signal?: AbortSignal): Promise<Answer> {
    const turn = async (): Promise<Answer> => {
      signal?.throwIfAborted();
      if (!this.#isOpen) throw new TypeError(`expected an open slide, received a read of ${this.#path} after close()`);
      return this.#send(request);
    };
    const answer = this.#last.then(turn);
    this.#last = answer.catch(() => {});
    return answer;
  }

  close(): void {
    this.#isOpen = false;
    this.#end();
  }

  #send(request: Request): Promise<Answer> {
    this.#child ??= this.#start();
    const child = this.#child;
    return new Promise<Answer>((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        child.off("message", onMessage);
        child.off("exit", onExit);
        child.off("error", onError);
        hold(child, false);
        finish();
      };
      const fail = (received: string): void =>
        settle(() => {
          this.#end();
          reject(failureOf(this.#path, received));
        });
      const onMessage = (message: unknown): void => settle(() => resolve(message as Answer));
      const onExit = (code: number | null, by: string | null): void =>
        fail(`its process ended ${by ? `by ${by}` : `with ${code}`} ${this.#words}`);
      const onError = (error: Error): void => fail(error.message);
      const timer = setTimeout(() => fail(`no answer in ${this.#timeoutMs / 1000} s`), this.#timeoutMs);
      child.on("message", onMessage);
      child.on("exit", onExit);
      child.on("error", onError);
      hold(child, true);
      child.send(request, (error) => {
        if (error) onError(error);
      });
    });
  }

  #start(): ChildProcess {
    const env = Object.fromEntries(ENVIRONMENT.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : [])));
    // without the flags of this process: its import conditions would lead the child to source files
    const child = fork(CHILD_URL, [this.#path], {
      ...{ env, execArgv: [], serialization: "advanced", stdio: ["ignore", "ignore", "pipe", "ipc"] },
    });
    this.#words = "";
    child.stderr?.on("data", (data: Buffer) => {
      this.#words = (this.#words + data.toString()).slice(-MOST_WORDS);
    });
    child.once("exit", () => {
      if (this.#child === child) this.#child = null;
    });
    hold(child, false);
    return child;
  }

  #end(): void {
    this.#child?.kill("SIGKILL");
    this.#child = null;
  }
}

/** Whether this process stays alive for the child: only while an answer is awaited. */
function hold(child: ChildProcess, isHeld: boolean): void {
  const how = isHeld ? "ref" : "unref";
  child[how]();
  child.channel?.[how]();
  const stream = child.stderr as { ref?: () => void; unref?: () => void } | null;
  stream?.[how]?.();
}

function failureOf(path: string, received: string): unknown {
  try {
    return raise("unreadable-file", {
      expected: `OpenSlide to answer for ${path}`,
      received: received.trim(),
      remedy: "read another part, or convert the slide to a pyramidal TIFF",
    });
  } catch (failure) {
    return failure;
  }
}
