/** Two threads that search, hired when there is work: one for what people wait for, one for maps. Ended when nothing was asked for a while. */
import { Worker } from "node:worker_threads";
import type { Failure, Outcome } from "@nacre/core";
import { MapDrawings } from "./map-drawings.ts";
import type { MapProgress, SearchDone, SearchWork } from "./search-work.ts";

/** Built code only: under a test runner this file runs from its source, its thread never does. */
const THREAD_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/search/search-thread.js" : "./search-thread.js",
  import.meta.url,
);
const IDLE_MS = 10 * 60_000;

export type ToSearch =
  | { readonly kind: "work"; readonly id: number; readonly work: SearchWork }
  /** Nobody waits for it any more. */
  | { readonly kind: "stop"; readonly id: number };

export type FromSearch =
  | { readonly kind: "done"; readonly id: number; readonly value: SearchDone[keyof SearchDone] }
  | { readonly kind: "failed"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "progress"; readonly id: number; readonly progress: MapProgress };

export interface AskOptions {
  readonly onProgress?: (progress: MapProgress) => void;
  /** Ends the work where it can be ended: a map; the failure is `cancelled`. */
  readonly signal?: AbortSignal;
}

type Ask = <K extends keyof SearchDone>(
  work: Extract<SearchWork, { kind: K }>,
  options?: AskOptions,
) => Promise<Outcome<SearchDone[K]>>;

export interface SearchDesk {
  /** Does the work on its thread. Failures as those of the work, and internal where the thread ends. */
  readonly ask: Ask;
  /** Maps take longer than a request may. */
  readonly maps: MapDrawings;
  close(): Promise<void>;
}

interface Waiting {
  readonly settle: (outcome: Outcome<SearchDone[keyof SearchDone]>) => void;
  readonly onProgress: AskOptions["onProgress"];
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
  const ask: Ask = (work, options) => seats[work.kind].ask(work, options) as Promise<Outcome<never>>;
  return {
    ask,
    maps: new MapDrawings(ask),
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

  ask(work: SearchWork, { onProgress, signal }: AskOptions = {}): Promise<Outcome<SearchDone[keyof SearchDone]>> {
    this.#worker ??= this.#hire();
    const worker = this.#worker;
    const id = this.#serial++;
    if (this.#idle !== null) clearTimeout(this.#idle);
    return new Promise((settle) => {
      this.#waiting.set(id, { settle, onProgress });
      worker.ref();
      worker.postMessage({ kind: "work", id, work } satisfies ToSearch);
      const stop = () => worker.postMessage({ kind: "stop", id } satisfies ToSearch);
      signal?.addEventListener("abort", stop, { once: true });
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
      waiting.onProgress?.(message.progress);
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
