/** Two threads that search, hired when there is work: one for what people wait for, one for maps. Ended when nothing was asked for a while. */
import { Worker } from "node:worker_threads";
import type { Failure, Outcome } from "@nacre/core";
import type { SearchDone, SearchWork } from "./search-work.ts";

/** Built code only: under a test runner this file runs from its source, its thread never does. */
const THREAD_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/search/search-thread.js" : "./search-thread.js",
  import.meta.url,
);
const IDLE_MS = 10 * 60_000;

export interface ToSearch {
  readonly id: number;
  readonly work: SearchWork;
}

export type FromSearch =
  | { readonly kind: "done"; readonly id: number; readonly value: SearchDone[keyof SearchDone] }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "progress"; readonly id: number; readonly done: number; readonly total: number };

type Ask = <K extends keyof SearchDone>(
  work: Extract<SearchWork, { kind: K }>,
  onProgress?: (done: number, total: number) => void,
) => Promise<Outcome<SearchDone[K]>>;

export interface SearchDesk {
  /** Does the work on its thread. Failures as those of the work, and internal where the thread ends. */
  readonly ask: Ask;
  close(): Promise<void>;
}

interface Waiting {
  readonly settle: (outcome: Outcome<SearchDone[keyof SearchDone]>) => void;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

const DESKS = new WeakMap<object, SearchDesk>();

/** The desk of a service; `of` is what the service is known by: its database. */
export function searchDesk(of: object): SearchDesk {
  let desk = DESKS.get(of);
  if (desk === undefined) {
    desk = newDesk();
    DESKS.set(of, desk);
  }
  return desk;
}

/** Ends the threads of a service, if it has any. */
export async function closeSearch(of: object): Promise<void> {
  await DESKS.get(of)?.close();
  DESKS.delete(of);
}

function newDesk(): SearchDesk {
  const seats = { alike: new Seat(), map: new Seat() };
  return {
    ask: (work, onProgress) => seats[work.kind].ask(work, onProgress) as Promise<Outcome<never>>,
    close: async () => {
      await Promise.all(Object.values(seats).map((seat) => seat.close()));
    },
  };
}

class Seat {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #serial = 0;

  ask(work: SearchWork, onProgress?: Waiting["onProgress"]): Promise<Outcome<SearchDone[keyof SearchDone]>> {
    this.#worker ??= this.#hire();
    const worker = this.#worker;
    const id = this.#serial++;
    if (this.#idle !== null) clearTimeout(this.#idle);
    return new Promise((settle) => {
      this.#waiting.set(id, { settle, onProgress });
      worker.ref();
      worker.postMessage({ id, work } satisfies ToSearch);
    });
  }

  async close(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  #hire(): Worker {
    // Without the flags of this process: its import conditions would lead the thread to source files.
    const worker = new Worker(THREAD_URL, { execArgv: [] });
    let reason: string | null = null;
    worker.on("message", (message: FromSearch) => this.#receive(message));
    worker.on("error", (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", (code) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      for (const { settle } of this.#waiting.values())
        settle({ ok: false, failure: died(reason ?? `exit code ${code}`) });
      this.#waiting.clear();
    });
    return worker;
  }

  #receive(message: FromSearch): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if (message.kind === "progress") {
      waiting.onProgress?.(message.done, message.total);
      return;
    }
    this.#waiting.delete(message.id);
    waiting.settle(
      message.kind === "done" ? { ok: true, value: message.value } : { ok: false, failure: message.failure },
    );
    if (this.#waiting.size > 0) return;
    // An idle thread must not keep the process alive, nor a gigabyte of vectors for ever.
    this.#worker?.unref();
    this.#idle = setTimeout(() => this.#dismiss(), IDLE_MS).unref();
  }

  #dismiss(): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }
}

function died(reason: string): Failure {
  return {
    kind: "internal",
    expected: "the search to end",
    received: `a thread that ended: ${reason}`,
    remedy: "try again; report it with this text if it happens twice",
  };
}
