/**
 * The queue over pg-boss and the table of units. Rows and jobs change in one transaction, so neither is ever there without the other.
 * A worker cut off from the database goes on with what it holds, tells the end when it can, and is believed where that is still true.
 */
import { setTimeout as rest } from "node:timers/promises";
import { describeFailure, isFailureError } from "@nacre/core";
import { fromKysely, type PgBoss } from "pg-boss";
import type { Store } from "../store/open-store.ts";
import { insertJobs, startBoss, UNITS, type UnitJob } from "./boss.ts";
import { awayIs, type Patience, patiently } from "./patience.ts";
import type { Queue, UnitOfWork } from "./queue.ts";
import { defect, takesWorkers } from "./unit-failure.ts";
import { endUnit, noteWorker, putUnits, readUnits, takeUnit, type UnitEnd } from "./unit-rows.ts";

export interface QueueOptions {
  readonly store: Pick<Store, "db" | "engine">;
  readonly now?: () => Date;
  /** Told when something changed through this process. */
  readonly onChange?: () => void;
  readonly say?: (text: string) => void;
  /** A worker that is silent for so long has lost its units: 30 seconds; at least 10. */
  readonly heartbeatSeconds?: number;
  readonly superviseSeconds?: number;
  /** Rest of a worker where nothing waits. */
  readonly pollMs?: number;
}

export interface OpenQueue extends Queue {
  /** What is below, for other queues of the service. @throws what the database throws where it is away */
  boss(): Promise<PgBoss>;
  close(): Promise<void>;
}

/** A unit that was taken so often and never ended takes its workers with it. */
export const MOST_ATTEMPTS = 6;
const CHUNK = 500;
/** After the signal, the end of a unit is told for so long; then the unit comes back by itself. */
const LAST_WORDS_MS = 8_000;

interface InHand {
  readonly id: string;
  readonly retryCount: number;
}

/** @returns the queue; nothing reaches the database before the first verb */
export function openQueue(options: QueueOptions): OpenQueue {
  return new BossQueue(options);
}

class BossQueue implements OpenQueue {
  readonly #options: Required<Omit<QueueOptions, "store">> & Pick<QueueOptions, "store">;
  #boss: Promise<PgBoss> | null = null;

  constructor(options: QueueOptions) {
    this.#options = {
      now: () => new Date(),
      onChange: () => {},
      say: () => {},
      heartbeatSeconds: 30,
      superviseSeconds: 10,
      pollMs: 1000,
      ...options,
    };
  }

  async enqueue(units: readonly UnitOfWork[]): Promise<number> {
    const { store, now, onChange } = this.#options;
    let put = 0;
    for (let from = 0; from < units.length; from += CHUNK) {
      const part = units.slice(from, from + CHUNK);
      put += await this.#patiently(async () => {
        const boss = await this.boss();
        return store.db.transaction().execute(async (tx) => {
          const keys = await putUnits(tx, part, now());
          await insertJobs(boss, keys, fromKysely(tx));
          return keys.length;
        });
      });
    }
    if (put > 0) onChange();
    return put;
  }

  async work(
    doUnit: (unit: UnitOfWork, signal: AbortSignal) => Promise<void>,
    { signal, parallel, worker }: { readonly signal: AbortSignal; readonly parallel: number; readonly worker: string },
  ): Promise<void> {
    const { store, now, pollMs } = this.#options;
    const last = lastWords(signal);
    const hands = new Map<InHand, { readonly unit: string; readonly ended: Promise<void> }>();
    let done = 0;
    /** A mistake of ours: nothing more is taken, what is in hand ends. */
    let broken: { readonly error: unknown } | null = null;
    const alive = async (): Promise<void> => {
      const held = [...hands.keys()];
      if (held.length > 0) await (await this.boss()).touch(UNITS, held);
      const [first] = hands.values();
      await noteWorker(store.db, worker, { now: now(), done, unit: first?.unit ?? null });
    };
    const beat = this.#every(BEAT_MS, alive);
    const fetch = async (): Promise<InHand[]> => {
      const boss = await this.boss();
      return boss.fetch<UnitJob>(UNITS, { batchSize: parallel - hands.size });
    };
    try {
      await this.#patiently(alive, { signal }).catch(awayIs(undefined));
      while (!signal.aborted && broken === null) {
        const jobs = (await this.#patiently(fetch, { signal }).catch(nothingAtEnd(signal))) as (InHand & {
          data: UnitJob;
        })[];
        for (const job of jobs) {
          const held: InHand = { id: job.id, retryCount: job.retryCount };
          const ended = this.#one(job.data.key, held, { doUnit, signal, last, worker })
            .then((was) => {
              if (was) done++;
            })
            .catch((error: unknown) => {
              broken ??= { error };
            })
            .finally(() => void hands.delete(held));
          hands.set(held, { unit: job.data.key, ended });
        }
        const all = [...hands.values()].map(({ ended }) => ended);
        if (hands.size >= parallel) await Promise.race(all);
        else if (jobs.length === 0) await Promise.race([rest(pollMs, undefined, { signal }).catch(() => {}), ...all]);
      }
    } finally {
      await Promise.all([...hands.values()].map(({ ended }) => ended));
      beat.stop();
      await store.db
        .deleteFrom("worker")
        .where("id", "=", worker)
        .execute()
        .catch(() => {});
    }
    if (broken !== null) throw (broken as { readonly error: unknown }).error;
  }

  /** @returns whether it was done */
  async #one(
    key: string,
    held: InHand,
    {
      doUnit,
      signal,
      last,
      worker,
    }: {
      readonly doUnit: (unit: UnitOfWork, signal: AbortSignal) => Promise<void>;
      readonly signal: AbortSignal;
      /** Ends the telling. */
      readonly last: AbortSignal;
      readonly worker: string;
    },
  ): Promise<boolean> {
    const { store, now, onChange, say } = this.#options;
    const taken = await this.#patiently(() => takeUnit(store.db, key, { worker, now: now() }), { signal: last }).catch(
      // Not taken: the queue gives it to another when this worker's hold has lapsed.
      awayIs(undefined),
    );
    if (taken === undefined) return false;
    onChange();
    const end = taken === null ? null : await this.#outcome(taken, doUnit, signal);
    if (end?.state === "failed") say(`${taken?.unit.slide ?? key}: ${describeFailure(end.failure)}`);
    await this.#patiently(
      async () => {
        const boss = await this.boss();
        await store.db.transaction().execute(async (tx) => {
          const db = fromKysely(tx);
          if (end !== null) await endUnit(tx, key, end, { worker, now: now() });
          if (end?.state === "waiting") await boss.fail(UNITS, held, null, { db });
          else await boss.complete(UNITS, held, null, { db });
        });
      },
      { signal: last },
    ).catch(awayIs(undefined));
    onChange();
    return end?.state === "done";
  }

  async #outcome(
    { unit, attempts }: { readonly unit: UnitOfWork; readonly attempts: number },
    doUnit: (unit: UnitOfWork, signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<UnitEnd> {
    if (attempts > MOST_ATTEMPTS) return { state: "failed", failure: takesWorkers(attempts) };
    try {
      await doUnit(unit, signal);
      return { state: "done" };
    } catch (error) {
      if (signal.aborted || isFailureError(error, "cancelled")) return { state: "waiting" };
      // A whole run works in the folder: not now.
      if (isFailureError(error, "locked")) {
        await rest(LOCKED_MS, undefined, { signal }).catch(() => {});
        return { state: "waiting" };
      }
      if (isFailureError(error)) return { state: "failed", failure: error.failure };
      return { state: "failed", failure: defect(error) };
    }
  }

  status(run?: string) {
    return this.statusOf(run === undefined ? null : [run]);
  }

  statusOf(runs: readonly string[] | null) {
    return readUnits(this.#options.store.db, runs, this.#options.now());
  }

  async cancel(run: string): Promise<number> {
    const { store, now, onChange } = this.#options;
    // Their jobs find nothing to take and end.
    const { numUpdatedRows } = await store.db
      .updateTable("unit")
      .set({ state: "cancelled", worker: null, updated: now().toISOString() })
      .where("run", "=", run)
      .where("state", "in", ["waiting", "active"])
      .executeTakeFirst();
    if (numUpdatedRows > 0n) onChange();
    return Number(numUpdatedRows);
  }

  async retry(units: readonly string[] | null, run: string | null): Promise<number> {
    const { store, now, onChange } = this.#options;
    const failed = store.db.selectFrom("unit").select("key").where("state", "=", "failed").limit(1);
    if ((await failed.executeTakeFirst()) === undefined) return 0;
    const boss = await this.boss();
    const put = await store.db.transaction().execute(async (tx) => {
      let query = tx
        .updateTable("unit")
        .set({ state: "waiting", attempts: 0, failure: null, worker: null, updated: now().toISOString() })
        .where("state", "=", "failed");
      if (units !== null) query = query.where("key", "in", units.length === 0 ? [""] : units);
      if (run !== null) query = query.where("run", "=", run);
      const keys = (await query.returning("key").execute()).map(({ key }) => key);
      await insertJobs(boss, keys, fromKysely(tx));
      return keys.length;
    });
    if (put > 0) onChange();
    return put;
  }

  async close(): Promise<void> {
    const boss = await this.#boss?.catch(() => null);
    this.#boss = null;
    await boss?.stop({ graceful: false }).catch(() => {});
  }

  boss(): Promise<PgBoss> {
    const { store, heartbeatSeconds, superviseSeconds } = this.#options;
    // Its own checks try again by themselves; what they miss, the verbs notice.
    this.#boss ??= startBoss(store, { heartbeatSeconds, superviseSeconds, onError: () => {} }).catch(
      (error: unknown) => {
        this.#boss = null;
        throw error;
      },
    );
    return this.#boss;
  }

  #patiently<T>(body: () => Promise<T>, patience: Patience = {}): Promise<T> {
    return patiently(body, { say: this.#options.say, ...patience });
  }

  /** Does something again and again, one after the other; a database that is away is for others to notice. */
  #every(ms: number, body: () => Promise<void>): { stop(): void } {
    let under = false;
    const timer = setInterval(() => {
      if (under) return;
      under = true;
      void body()
        .catch(() => {})
        .finally(() => {
          under = false;
        });
    }, ms);
    return { stop: () => clearInterval(timer) };
  }
}

const LOCKED_MS = 5_000;
/** A third of the shortest silence that a queue may call death. */
const BEAT_MS = 3_000;

/** Ends a while after the signal: what happened is still told. */
function lastWords(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  const begin = (): void => void setTimeout(() => late.abort(), LAST_WORDS_MS).unref();
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return late.signal;
}

function nothingAtEnd(signal: AbortSignal): (error: unknown) => InHand[] {
  return (error) => {
    if (signal.aborted) return [];
    throw error;
  };
}
