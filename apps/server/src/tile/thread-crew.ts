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
  /** The next request for a thread. */
  readonly next: (asker: Asker) => Flight | null;
  /** How many requests wait. */
  readonly waiting: () => number;
  /** @param ms what it took; null where it failed */
  readonly settle: (flight: Flight, outcome: Outcome<Done[keyof Done]>, ms: number | null) => void;
  /** A request that a thread held and never began. */
  readonly putBack: (flight: Flight) => void;
}

/** Who could read something now. */
export interface Asker {
  /** Files that it has open. */
  readonly open: ReadonlySet<string>;
  /** Whether another thread was lately at a file, and has blocks of it decoded. */
  readonly isElsewhere: (file: string) => boolean;
  /** Only what takes no longer. */
  readonly mostMs: number;
}

interface Job {
  readonly id: number;
  readonly flight: Flight;
}

interface Seat {
  readonly worker: Worker;
  open: ReadonlySet<string>;
  /** Files that it read tiles of, the latest last. */
  readonly latest: Set<string>;
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
    if (this.#isClosed) return;
    for (let free = this.#free(); free.length > 0 || this.#seats.size < this.#options.threads; free = this.#free()) {
      const flight = this.#options.next(this.#asker(free[0] ?? null));
      if (flight === null) return;
      this.#give(bestOf(free, flight) ?? this.#hire(), flight);
    }
    this.#handAhead();
  }

  /** Quick tiles to threads that read such, while so many wait that none of them will be asked for another thing soon. */
  #handAhead(): void {
    for (const seat of this.#seats) {
      while (isQuick(seat) && seat.jobs.length < AHEAD && this.#options.waiting() > AHEAD * this.#options.threads) {
        const flight = this.#options.next(this.#asker(seat, QUICK_MS));
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

  #free(): Seat[] {
    return [...this.#seats].filter(isIdle);
  }

  #asker(seat: Seat | null, mostMs = Number.POSITIVE_INFINITY): Asker {
    const others = [...this.#seats].filter((one) => one !== seat && one.ended === null);
    return {
      open: seat?.open ?? NOTHING,
      isElsewhere: (file) => others.some(({ latest }) => latest.has(file)),
      mostMs,
    };
  }

  #give(seat: Seat, flight: Flight): void {
    const id = this.#serial++;
    if (seat.jobs.length === 0) {
      seat.timer.refresh();
      seat.worker.ref();
    }
    seat.jobs.push({ id, flight });
    if (flight.work.kind === "tile") remember(seat.latest, flight.work.file);
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
    const seat: Seat = { worker, open: NOTHING, latest: new Set(), jobs: [], timer, ended: null };
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
    if (message.kind === "done") this.#options.settle(job.flight, ok(message.value), message.ms);
    else this.#options.settle(job.flight, { ok: false, failure: message.failure }, null);
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
    if (current !== undefined) this.#options.settle(current.flight, { ok: false, failure: died(reason) }, null);
    for (const { flight } of ahead) this.#options.putBack(flight);
    this.share();
  }
}

/** How many requests a thread may hold, the one it reads among them. */
const AHEAD = 4;
/** Reading such a picture takes no longer than waking a thread for it twice. */
const QUICK_MS = 2;
/** How many files a thread is taken to have blocks of. */
const LATEST = 4;

function remember(latest: Set<string>, file: string): void {
  latest.delete(file);
  latest.add(file);
  if (latest.size > LATEST) latest.delete([...latest][0] ?? file);
}

/** Of free threads the one that read of the slide lately, else one that has it open. */
function bestOf(free: readonly Seat[], { work: { file } }: Flight): Seat | undefined {
  return free.find(({ latest }) => latest.has(file)) ?? free.find(({ open }) => open.has(file)) ?? free[0];
}

const isIdle = ({ jobs, ended }: Seat): boolean => jobs.length === 0 && ended === null;

/** Nobody is handed ahead to a thread that is at something slow. */
const isQuick = ({ jobs, ended }: Seat): boolean =>
  ended === null && jobs.every(({ flight }) => flight.cost <= QUICK_MS);

const NOTHING: ReadonlySet<string> = new Set();

function died(reason: string): Failure {
  return {
    kind: "internal",
    expected: "the slide to be read",
    received: `a reading thread that ended: ${reason}`,
    remedy: "try again; nacre slide info FILE tells whether the slide itself is broken",
  };
}
