/**
 * The queue over pg-boss and the table of units. Rows and jobs change in one transaction, so neither is ever there without the other.
 * A worker cut off from the database goes on with what it holds, tells the end when it can, and is believed where that is still true.
 */
import { setTimeout as rest } from "node:timers/promises";
import { describeFailure } from "@nacre/core";
import { fromKysely, type PgBoss } from "pg-boss";
import type { Store } from "../store/open-store.ts";
import { insertJobs, startBoss, UNITS } from "./boss.ts";
import { begin, type Held, takeSome, tellEnds } from "./hand.ts";
import { type Desk, runLane } from "./lane.ts";
import { awayIs, type Patience, patiently } from "./patience.ts";
import type { Queue, UnitOfWork } from "./queue.ts";
import { noteWorker, putUnits, readUnits } from "./unit-rows.ts";

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

const CHUNK = 500;
/** After the signal, the end of a unit is told for so long; then the unit comes back by itself. */
const LAST_WORDS_MS = 8_000;

interface DeskOptions {
  readonly signal: AbortSignal;
  /** Ends the telling. */
  readonly last: AbortSignal;
  readonly worker: string;
  readonly hand: Set<Held>;
  readonly count: { done: number };
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
    const { store } = this.#options;
    const hand = new Set<Held>();
    const count = { done: 0 };
    const beat = this.#every(BEAT_MS, () => this.#alive(worker, hand, count.done));
    /** A mistake of ours: nothing more is taken, what is in hand ends. */
    let broken: { readonly error: unknown } | null = null;
    const isOver = (): boolean => signal.aborted || broken !== null;
    const desk = this.#desk({ signal, last: lastWords(signal), worker, hand, count });
    try {
      await this.#patiently(() => this.#alive(worker, hand, 0), { signal }).catch(awayIs(undefined));
      const lanes = Array.from({ length: parallel }, () =>
        runLane({ desk, doUnit, signal, isOver }).catch((error: unknown) => {
          broken ??= { error };
        }),
      );
      await Promise.all(lanes);
    } finally {
      beat.stop();
      await store.db
        .deleteFrom("worker")
        .where("id", "=", worker)
        .execute()
        .catch(() => {});
    }
    if (broken !== null) throw (broken as { readonly error: unknown }).error;
  }

  async #alive(worker: string, hand: ReadonlySet<Held>, done: number): Promise<void> {
    const { store, now } = this.#options;
    const held = [...hand];
    if (held.length > 0) await (await this.boss()).touch(UNITS, held);
    await noteWorker(store.db, worker, { now: now(), done, unit: held[0]?.key ?? null });
  }

  #desk({ signal, last, worker, hand, count }: DeskOptions): Desk {
    const { store, now, onChange, say, pollMs } = this.#options;
    const holder = () => ({ worker, now: now() });
    return {
      take: async (most) => {
        const take = async () => takeSome(store, await this.boss(), most, holder());
        const held = await this.#patiently(take, { signal }).catch(nothingAtEnd(signal));
        for (const one of held) hand.add(one);
        if (held.length === 0) await rest(pollMs, undefined, { signal }).catch(() => {});
        else onChange();
        return held;
      },
      begin: async (held) => {
        const taken = await this.#patiently(() => begin(store, held, holder()), { signal: last }).catch(
          // The queue gives it to another when this worker's hold has lapsed.
          awayIs(undefined),
        );
        if (taken === undefined) hand.delete(held);
        return taken;
      },
      tell: async (ended) => {
        for (const { taken, end } of ended) {
          if (end?.state === "failed") say(`${taken?.unit.slide}: ${describeFailure(end.failure)}`);
          if (end?.state === "done") count.done++;
        }
        const tell = async () => tellEnds(store, await this.boss(), ended, holder());
        await this.#patiently(tell, { signal: last }).catch(awayIs(undefined));
        for (const { held } of ended) hand.delete(held);
        onChange();
      },
    };
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

function nothingAtEnd(signal: AbortSignal): (error: unknown) => Held[] {
  return (error) => {
    if (signal.aborted) return [];
    throw error;
  };
}
