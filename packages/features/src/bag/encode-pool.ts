/**
 * Worker threads that encode tiles. Each thread has at most two units at hand, one running and one waiting, so that no thread is
 * idle and nothing piles up; memory does not grow with the slide. Slides may be given at the same time: the threads finish one and
 * go on with the next. A thread that dies fails the slides it was working on, and is replaced.
 */
import { availableParallelism } from "node:os";
import { type ResourceLimits, Worker } from "node:worker_threads";
import { type Failure, fail, type Outcome, ok } from "@nacre/core";
import { type FromWorker, type ToWorker, UNIT_TILES, type Unit, type UnitSource } from "./unit.ts";

const UNITS_AT_HAND = 2;

/** Built code only: under a test runner this file runs from its source, its worker never does. */
const WORKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/bag/encode-worker.js" : "./encode-worker.js",
  import.meta.url,
);

export interface EncodePoolOptions {
  /** Worker threads. Default: the processors this process may use. */
  readonly threads?: number;
  /** Largest JavaScript heap of a thread, MiB (pixels and models lie outside it). A thread that needs more dies; its slides fail. */
  readonly heapMiB?: number;
}

export interface EncodeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the tiles done so far and all of them. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** The tiles of one slide on their way through the pool. */
interface Job {
  readonly source: UnitSource;
  readonly x: Int32Array;
  readonly y: Int32Array;
  readonly dim: number;
  readonly features: Float32Array;
  readonly stop: Int32Array;
  readonly onProgress: EncodeOptions["onProgress"];
  readonly settle: (outcome: Outcome<Float32Array>) => void;
  next: number;
  done: number;
}

interface Seat {
  readonly worker: Worker;
  /** Units given and not answered: which job, and the first tile. */
  readonly units: Map<number, { readonly job: Job; readonly from: number }>;
}

export class EncodePool {
  readonly threads: number;
  readonly #limits: ResourceLimits;
  readonly #seats = new Set<Seat>();
  readonly #jobs: Job[] = [];
  #serial = 0;
  #closed = false;

  /** @throws RangeError for less than one thread */
  constructor({ threads = availableParallelism(), heapMiB }: EncodePoolOptions = {}) {
    if (!(Number.isInteger(threads) && threads >= 1)) {
      throw new RangeError(`expected at least one thread, received ${threads}; leave it out to use all processors`);
    }
    this.threads = threads;
    this.#limits = heapMiB === undefined ? {} : { maxOldGenerationSizeMb: heapMiB };
  }

  /** Features [n, dim] of tiles at x, y (level-0 pixels). Fails with the first failure of a tile, or `cancelled`. */
  encode(
    source: UnitSource,
    x: Int32Array,
    y: Int32Array,
    options: EncodeOptions = {},
  ): Promise<Outcome<Float32Array>> {
    if (this.#closed) throw new TypeError("expected an open pool, received a closed one: make a new EncodePool");
    const { signal, onProgress } = options;
    if (signal?.aborted) return Promise.resolve(cancelled());
    const { dim } = source.encoder.info;
    return new Promise((resolve) => {
      const stop = new Int32Array(new SharedArrayBuffer(4));
      const onAbort = (): void => this.#settle(job, cancelled());
      const settle = (outcome: Outcome<Float32Array>): void => {
        signal?.removeEventListener("abort", onAbort);
        resolve(outcome);
      };
      const features = new Float32Array(x.length * dim);
      const job: Job = { source, x, y, dim, features, stop, onProgress, settle, next: 0, done: 0 };
      signal?.addEventListener("abort", onAbort);
      this.#jobs.push(job);
      if (x.length === 0) this.#settle(job, ok(features));
      this.#share();
    });
  }

  /** Ends the threads once they have finished what they have at hand. Work still waiting fails as cancelled. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const job of [...this.#jobs]) this.#settle(job, cancelled());
    await Promise.all([...this.#seats].map((seat) => dismiss(seat)));
    this.#seats.clear();
  }

  /** Gives units to threads until every thread has enough or nothing waits. */
  #share(): void {
    for (;;) {
      const job = this.#jobs.find((candidate) => candidate.next < candidate.x.length);
      const seat = job === undefined ? null : this.#freeSeat();
      if (job === undefined || seat === null) return;
      const from = job.next;
      job.next = Math.min(job.x.length, from + UNIT_TILES);
      const unit: Unit = {
        id: this.#serial++,
        source: job.source,
        x: job.x.slice(from, job.next),
        y: job.y.slice(from, job.next),
        stop: job.stop,
      };
      seat.units.set(unit.id, { job, from });
      seat.worker.ref();
      seat.worker.postMessage({ kind: "unit", unit } satisfies ToWorker);
    }
  }

  /** The thread with least at hand; a new one while there are fewer than allowed and all others work. */
  #freeSeat(): Seat | null {
    const seats = [...this.#seats].sort((a, b) => a.units.size - b.units.size);
    const least = seats[0];
    if (least !== undefined && least.units.size === 0) return least;
    if (seats.length < this.threads) return this.#hire();
    return least !== undefined && least.units.size < UNITS_AT_HAND ? least : null;
  }

  #hire(): Seat {
    // Without the flags of this process: its import conditions would lead the worker to source files.
    const worker = new Worker(WORKER_URL, { execArgv: [], resourceLimits: this.#limits });
    const seat: Seat = { worker, units: new Map() };
    let reason: unknown = null;
    worker.on("message", (message: FromWorker) => this.#receive(seat, message));
    worker.on("error", (error) => {
      reason = error;
    });
    worker.on("exit", (code) => this.#lose(seat, reason ?? `exit code ${code}`));
    this.#seats.add(seat);
    return seat;
  }

  #receive(seat: Seat, message: FromWorker): void {
    const given = seat.units.get(message.id);
    seat.units.delete(message.id);
    // An idle thread must not keep the process alive, but one that is being closed must.
    if (seat.units.size === 0 && !this.#closed) seat.worker.unref();
    if (given === undefined) return;
    const { job, from } = given;
    if (message.kind === "failed") this.#settle(job, { ok: false, failure: message.failure });
    else if (this.#jobs.includes(job)) this.#keep(job, from, message.features);
    this.#share();
  }

  #keep(job: Job, from: number, features: Float32Array): void {
    job.features.set(features, from * job.dim);
    job.done += features.length / job.dim;
    job.onProgress?.({ done: job.done, total: job.x.length });
    if (job.done === job.x.length) this.#settle(job, ok(job.features));
  }

  #lose(seat: Seat, reason: unknown): void {
    this.#seats.delete(seat);
    for (const { job } of seat.units.values()) this.#settle(job, { ok: false, failure: died(reason) });
    seat.units.clear();
    if (!this.#closed) this.#share();
  }

  /** Ends a job once; later answers to its units are dropped. */
  #settle(job: Job, outcome: Outcome<Float32Array>): void {
    const at = this.#jobs.indexOf(job);
    if (at < 0) return;
    this.#jobs.splice(at, 1);
    Atomics.store(job.stop, 0, 1);
    job.settle(outcome);
  }
}

function dismiss(seat: Seat): Promise<void> {
  return new Promise((resolve) => {
    seat.worker.ref();
    seat.worker.once("exit", () => resolve());
    seat.worker.postMessage({ kind: "close" } satisfies ToWorker);
  });
}

function cancelled(): Outcome<never> {
  return fail("cancelled", {
    expected: "the slide to be encoded",
    received: "a request to stop",
    remedy: "run the same command with --resume to go on where it stopped",
  });
}

function died(reason: unknown): Failure {
  return {
    kind: "internal",
    expected: "the encoding thread to answer",
    received: `a thread that ended: ${reason instanceof Error ? reason.message : String(reason)}`,
    remedy: "run again; with fewer threads if memory ran out",
  };
}
