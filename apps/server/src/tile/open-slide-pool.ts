/**
 * The pool of threads that read slides for people who look at them. Identical requests in flight are one; who goes away is forgotten; a
 * thread that dies or does not answer in time fails the one request it was at, by name, and is replaced.
 */
import { type Failure, fail, type Outcome, ok } from "@nacre/core";
import type { SlideInfo, Tissue } from "@nacre/imaging";
import { keyOf } from "../archive/key-of.ts";
import { stampOf } from "../archive/walk-folder.ts";
import { ByteCache } from "./byte-cache.ts";
import { CostBook } from "./cost-book.ts";
import type { Flight } from "./flight.ts";
import type { KeptPictures } from "./kept-pictures.ts";
import type { Done, Pixels, Work } from "./pool-message.ts";
import type { Picture, PictureOptions, PoolCounts, RegionRequest, SlidePool, TileRequest } from "./slide-pool.ts";
import { type Asker, ThreadCrew } from "./thread-crew.ts";
import { WorkQueue } from "./work-queue.ts";

export interface SlidePoolOptions {
  /** Threads that read. */
  readonly readers: number;
  /** Slides each thread holds open. */
  readonly openSlides?: number;
  /** Bytes of pictures that are remembered. */
  readonly cacheBytes?: number;
  /** Requests that may wait. */
  readonly mostWaiting?: number;
  /** Where tiles stay that took long: made once, and not again by the next service. */
  readonly kept?: KeptPictures;
  /** From how many milliseconds on. */
  readonly longMs?: number;
  /** How long one request may take in a thread. */
  readonly limitMs?: number;
}

export class ThreadSlidePool implements SlidePool {
  readonly #queue: WorkQueue<Flight>;
  readonly #flights = new Map<string, Flight>();
  readonly #cache: ByteCache;
  readonly #crew: ThreadCrew;
  readonly #kept: KeptPictures | null;
  readonly #longMs: number;
  readonly #costs = new CostBook();
  readonly #stamps = new StampMemory();
  #hits = 0;
  #done = 0;
  #isClosed = false;

  /** @throws RangeError for less than one reader */
  constructor({
    readers,
    openSlides = 16,
    cacheBytes = 64 << 20,
    mostWaiting = 4096,
    limitMs = 60_000,
    kept,
    longMs = 50,
  }: SlidePoolOptions) {
    if (!(Number.isInteger(readers) && readers >= 1))
      throw new RangeError(`expected at least one reader, received ${readers}; two serve most hospitals`);
    this.#queue = new WorkQueue(mostWaiting);
    this.#cache = new ByteCache(cacheBytes);
    this.#kept = kept ?? null;
    this.#longMs = longMs;
    this.#crew = new ThreadCrew({
      threads: readers,
      openSlides,
      limitMs,
      next: (asker) => this.#queue.take((flight) => this.#suits(flight, asker), asker.mostMs),
      waiting: () => this.#queue.length,
      settle: (flight, outcome, ms) => {
        if (outcome.ok && ms !== null) this.#learn(flight.work, outcome.value, ms);
        this.#settle(flight, outcome);
      },
      putBack: (flight) => {
        if (flight.ears.size > 0) this.#queueUp(flight);
      },
    });
  }

  /** For metrics. */
  counts(): PoolCounts {
    return {
      ...this.#crew.counts(),
      waiting: this.#queue.length,
      cacheBytes: this.#cache.bytes,
      cacheHits: this.#hits,
      done: this.#done,
    };
  }

  /** Starts the threads before anybody asks. */
  warm(): void {
    this.#crew.warm();
  }

  async info(file: string): Promise<Outcome<SlideInfo>> {
    const stamp = await this.#stamps.of(file);
    return this.#ask({ kind: "info", file, stamp }) as Promise<Outcome<SlideInfo>>;
  }

  async tissue(file: string, options?: PictureOptions): Promise<Outcome<Tissue>> {
    const stamp = await this.#stamps.of(file);
    return this.#ask({ kind: "tissue", file, stamp }, options) as Promise<Outcome<Tissue>>;
  }

  async tile(file: string, request: TileRequest, options?: PictureOptions): Promise<Outcome<Picture | null>> {
    const stamp = await this.#stamps.of(file);
    return this.#picture({ kind: "tile", file, stamp, request, ...pictureOf(options) }, options);
  }

  async region(file: string, request: RegionRequest, options?: PictureOptions): Promise<Outcome<Picture>> {
    const stamp = await this.#stamps.of(file);
    const made = await this.#picture({ kind: "region", file, stamp, request, ...pictureOf(options) }, options);
    return made as Outcome<Picture>; // a region is never missing
  }

  async pixels(file: string, request: RegionRequest): Promise<Outcome<Pixels>> {
    const stamp = await this.#stamps.of(file);
    return this.#ask({ kind: "pixels", file, stamp, request }) as Promise<Outcome<Pixels>>;
  }

  async version(file: string): Promise<string | null> {
    return (await this.#stamps.known(file)).version;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const flight of [...this.#flights.values()]) this.#settle(flight, gone("the service is ending"));
    this.#queue.drain();
    await this.#crew.close();
  }

  async #picture(work: Work, options?: PictureOptions): Promise<Outcome<Picture | null>> {
    const key = JSON.stringify(work);
    const found = this.#cache.find(key);
    if (found !== undefined) {
      this.#hits++;
      return ok(found);
    }
    return (await this.#keptOf(work)) ?? (this.#ask(work, options, key) as Promise<Outcome<Picture | null>>);
  }

  #learn(work: Work, value: Done[keyof Done], ms: number): void {
    this.#costs.learn(work, ms);
    if (work.kind === "info") this.#costs.learnShape(work.file, value as Done["info"]);
    if (work.kind !== "tile" || value === null || ms < this.#longMs) return;
    const { bytes, isStored } = value as Picture;
    if (!isStored) void this.#kept?.keep(keptName(work), bytes);
  }

  /** A tile that took long, of an earlier day. */
  async #keptOf(work: Work): Promise<Outcome<Picture> | null> {
    if (work.kind !== "tile" || (this.#costs.known(work) ?? this.#longMs) < this.#longMs) return null;
    const bytes = (await this.#kept?.find(keptName(work))) ?? null;
    if (bytes === null) return null;
    const picture: Picture = { type: typeOf(bytes), bytes, isStored: false };
    this.#cache.keep(JSON.stringify(work), picture);
    return ok(picture);
  }

  #ask(
    work: Work,
    { priority = 0, client = "", signal }: PictureOptions = {},
    key = JSON.stringify(work),
  ): Promise<Outcome<Done[keyof Done]>> {
    if (this.#isClosed) return Promise.resolve(gone("the service is ending"));
    if (signal?.aborted) return Promise.resolve(gone("whoever asked has gone"));
    return new Promise((resolve) => {
      const lane = `${client}\0${work.file}`;
      const flight = this.#flightOf({ key, work, priority, lane, cost: this.#costs.of(work), ears: new Set() });
      const hear = (outcome: Outcome<Done[keyof Done]>): void => {
        signal?.removeEventListener("abort", leave);
        resolve(outcome);
      };
      const leave = (): void => {
        flight.ears.delete(hear);
        if (flight.ears.size === 0) this.#abandon(flight);
        resolve(gone("whoever asked has gone"));
      };
      flight.ears.add(hear);
      signal?.addEventListener("abort", leave, { once: true });
      this.#crew.share();
    });
  }

  /** Whether a thread is the one to read something: it has the slide open, and no other has the blocks decoded that it needs. */
  #suits({ work: { file } }: Flight, { open, isElsewhere }: Asker): boolean {
    return open.has(file) && !(this.#costs.isShared(file) && isElsewhere(file));
  }

  /** The same work on its way already, or this. */
  #flightOf(flight: Flight): Flight {
    const { key, priority } = flight;
    const running = this.#flights.get(key);
    if (running !== undefined) {
      if (priority > running.priority && this.#queue.remove(running)) {
        running.priority = priority;
        this.#queue.add(running);
      }
      return running;
    }
    this.#flights.set(key, flight);
    this.#queueUp(flight);
    return flight;
  }

  #queueUp(flight: Flight): void {
    const late = this.#queue.add(flight);
    // Not at once: who is late may be this one, and nobody listens to it yet.
    if (late !== null) queueMicrotask(() => this.#settle(late, tooMany()));
  }

  /** Nobody waits for it any more. */
  #abandon(flight: Flight): void {
    this.#flights.delete(flight.key);
    if (!this.#queue.remove(flight)) this.#crew.stop(flight);
  }

  #settle(flight: Flight, outcome: Outcome<Done[keyof Done]>): void {
    // A flight that was abandoned may have been asked for again under the same key.
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
    this.#done++;
    if (outcome.ok && outcome.value !== null && "bytes" in outcome.value) this.#cache.keep(flight.key, outcome.value);
    for (const hear of flight.ears) hear(outcome);
    flight.ears.clear();
  }
}

const keptName = (work: Work): string => keyOf("tile", JSON.stringify(work));

/** Of a picture that was made here: PNG begins with 0x89, JPEG with 0xff. */
const typeOf = (bytes: Uint8Array): Picture["type"] => (bytes[0] === 0x89 ? "image/png" : "image/jpeg");

function pictureOf(options: PictureOptions = {}): Pick<Extract<Work, { kind: "tile" }>, "plane" | "format"> {
  const plane = options.plane === undefined || Object.keys(options.plane).length === 0 ? null : options.plane;
  return { plane, format: options.format ?? null };
}

/** How long a file is taken to be as it was: a view asks for dozens of tiles at once. */
const FRESH_MS = 1000;

interface Stamped {
  readonly stamp: string;
  /** Null where there is no file. */
  readonly version: string | null;
}

class StampMemory {
  readonly #known = new Map<string, { readonly found: Promise<Stamped>; readonly until: number }>();

  async of(file: string): Promise<string> {
    return (await this.known(file)).stamp;
  }

  known(file: string): Promise<Stamped> {
    const now = performance.now();
    const had = this.#known.get(file);
    if (had !== undefined && had.until > now) return had.found;
    if (this.#known.size > 1000) this.#known.clear();
    const found = stamped(file);
    this.#known.set(file, { found, until: now + FRESH_MS });
    return found;
  }
}

async function stamped(file: string): Promise<Stamped> {
  const stamp = (await stampOf(file)) ?? "";
  return { stamp, version: stamp === "" ? null : keyOf("pixels", file, stamp) };
}

function gone(received: string): Outcome<never> {
  return fail("cancelled", { expected: "the picture to be waited for", received, remedy: "ask again" });
}

function tooMany(): { readonly ok: false; readonly failure: Failure } {
  return fail("cancelled", {
    expected: "room among the pictures that are waited for",
    received: "more requests than the threads can answer",
    remedy: "ask again in a moment; give the service more readers if it happens often",
  });
}
