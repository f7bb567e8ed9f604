/**
 * The threads of the pool: hired when there is work, replaced when they die or fall silent. Each reads one request at a time; where many
 * tiles wait it is handed a few ahead, because waking a thread for each costs more than reading a stored block.
 */
import { Worker } from "node:worker_threads";
import { type Failure, type Outcome, ok } from "@nacre/core";
import type { Flight } from "./flight.ts";
import type { Done, FromThread, ToThread } from "./pool-message.ts";

/** Built code only: under a test runner this file runs from its source, its thread never does. */
const THREAD_URL = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/tile/slide-thread.js" : "./slide-thread.js",
  import.meta.url,
);

/** Largest JavaScript heap of a thread, MiB; pixels lie outside of it. */
const HEAP_MIB = 512;

export interface CrewOptions {
  readonly threads: number;
  readonly openSlides: number;
  readonly limitMs: number;
  /** The next request for a thread that has these files open. */
  readonly next: (open: ReadonlySet<string>) => Flight | null;
  /** How many requests wait. */
  readonly waiting: () => number;
  readonly settle: (flight: Flight, outcome: Outcome<Done[keyof Done]>) => void;
  /** A request that a thread held and never began. */
  readonly putBack: (flight: Flight) => void;
}

interface Job {
  readonly id: number;
  readonly flight: Flight;
}

interface Seat {
  readonly worker: Worker;
  open: ReadonlySet<string>;
  /** What it reads, and what it was handed ahead. */
  jobs: Job[];
  /** Ends a thread that is at one request too long. */
  readonly timer: NodeJS.Timeout;
  /** Why it is being ended from outside. */
  ended: string | null;
}

export class ThreadCrew {
  readonly #options: CrewOptions;
  readonly #seats = new Set<Seat>();
  #serial = 0;
  #deaths = 0;
  #isClosed = false;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  counts(): { threads: number; active: number; deaths: number } {
    const active = [...this.#seats].filter(({ jobs }) => jobs.length > 0).length;
    return { threads: this.#seats.size, active, deaths: this.#deaths };
  }

  /** Gives work to free threads until none is free or nothing waits. */
  share(): void {
    while (!this.#isClosed) {
      const idle = [...this.#seats].find(isIdle);
      if (idle === undefined && this.#seats.size >= this.#options.threads) {
        this.#handAhead();
        return;
      }
      const flight = this.#options.next(idle?.open ?? NOTHING);
      if (flight === null) return;
      this.#give(this.#bestIdle(flight) ?? this.#hire(), flight);
    }
  }

  /** Tiles to threads that read tiles, while so many wait that none of them will be asked for another thing soon. */
  #handAhead(): void {
    for (const seat of this.#seats) {
      while (isAtTiles(seat) && seat.jobs.length < AHEAD && this.#options.waiting() > AHEAD * this.#options.threads) {
        const flight = this.#options.next(seat.open);
        if (flight === null) return;
        this.#give(seat, flight);
      }
    }
  }

  /** Starts all threads, so that the first picture does not wait for one. */
  warm(): void {
    while (!this.#isClosed && this.#seats.size < this.#options.threads) this.#hire().worker.unref();
  }

  /** Asks a thread to give up what nobody waits for. */
  stop(flight: Flight): void {
    for (const { jobs, worker } of this.#seats)
      for (const job of jobs)
        if (job.flight === flight) worker.postMessage({ kind: "stop", id: job.id } satisfies ToThread);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { timer } of this.#seats) clearTimeout(timer);
    await Promise.all([...this.#seats].map(({ worker }) => worker.terminate()));
  }

  /** Of the free threads the one that has the slide open. */
  #bestIdle({ work }: Flight): Seat | null {
    const idle = [...this.#seats].filter(isIdle);
    return idle.find(({ open }) => open.has(work.file)) ?? idle[0] ?? null;
  }

  #give(seat: Seat, flight: Flight): void {
    const id = this.#serial++;
    if (seat.jobs.length === 0) {
      seat.timer.refresh();
      seat.worker.ref();
    }
    seat.jobs.push({ id, flight });
    seat.worker.postMessage({ kind: "work", id, work: flight.work } satisfies ToThread);
  }

  #hire(): Seat {
    const { openSlides, limitMs } = this.#options;
    // Without the flags of this process: its import conditions would lead the thread to source files.
    const worker = new Worker(THREAD_URL, {
      execArgv: [],
      workerData: { openSlides },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    });
    const timer = setTimeout(() => {
      if (seat.jobs.length > 0) this.#end(seat, `no answer within ${limitMs / 1000} s`);
    }, limitMs).unref();
    const seat: Seat = { worker, open: NOTHING, jobs: [], timer, ended: null };
    let reason: string | null = null;
    worker.on("message", (message: FromThread) => this.#receive(seat, message));
    worker.on("error", (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on("exit", (code) => this.#lose(seat, seat.ended ?? reason ?? `exit code ${code}`));
    this.#seats.add(seat);
    return seat;
  }

  #receive(seat: Seat, message: FromThread): void {
    if (message.open !== null) seat.open = new Set(message.open);
    const job = seat.jobs.find(({ id }) => id === message.id);
    if (job === undefined) return;
    seat.jobs = seat.jobs.filter((one) => one !== job);
    seat.timer.refresh();
    // An idle thread must not keep the process alive.
    if (seat.jobs.length === 0) seat.worker.unref();
    this.#options.settle(
      job.flight,
      message.kind === "done" ? ok(message.value) : { ok: false, failure: message.failure },
    );
    this.share();
  }

  #end(seat: Seat, why: string): void {
    seat.ended = why;
    void seat.worker.terminate();
  }

  #lose(seat: Seat, reason: string): void {
    this.#seats.delete(seat);
    if (!this.#isClosed) this.#deaths++;
    clearTimeout(seat.timer);
    const [current, ...ahead] = seat.jobs.splice(0);
    if (current !== undefined) this.#options.settle(current.flight, { ok: false, failure: died(reason) });
    for (const { flight } of ahead) this.#options.putBack(flight);
    this.share();
  }
}

/** How many requests a thread may hold, the one it reads among them. */
const AHEAD = 4;

const isIdle = ({ jobs, ended }: Seat): boolean => jobs.length === 0 && ended === null;

/** What is quick: nobody is handed ahead to a thread that reads a whole slide. */
const isAtTiles = ({ jobs, ended }: Seat): boolean =>
  ended === null && jobs.every(({ flight }) => flight.work.kind === "tile");

const NOTHING: ReadonlySet<string> = new Set();

function died(reason: string): Failure {
  return {
    kind: "internal",
    expected: "the slide to be read",
    received: `a reading thread that ended: ${reason}`,
    remedy: "try again; nacre slide info FILE tells whether the slide itself is broken",
  };
}
