/** The table of units: what is put in, what is counted, what a page shows. */
import type { JobsPage } from "@nacre/api";
import type { Failure } from "@nacre/core";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../store/tables.ts";
import type { UnitOfWork } from "./queue.ts";

type Db = Kysely<Tables>;

/** Puts rows; those that wait, are in hand or done stay as they are. @returns keys of those that must be done now */
export async function putUnits(db: Db, units: readonly UnitOfWork[], now: Date): Promise<string[]> {
  const updated = now.toISOString();
  const rows = await db
    .insertInto("unit")
    .values(
      units.map(({ key, run, slide, encoder, work }) => ({
        key,
        run,
        slide,
        encoder,
        state: "waiting" as const,
        attempts: 0,
        worker: null,
        failure: null,
        work: JSON.stringify(work),
        updated,
      })),
    )
    .onConflict((at) =>
      at
        .column("key")
        .doUpdateSet((row) => ({
          state: "waiting" as const,
          attempts: 0,
          worker: null,
          failure: null,
          run: row.ref("excluded.run"),
          work: row.ref("excluded.work"),
          updated,
        }))
        .where("unit.state", "in", ["failed", "cancelled"]),
    )
    .returning("key")
    .execute();
  return rows.map(({ key }) => key);
}

/** A unit in a worker's hand, and how often it was taken. */
export interface Taken {
  readonly unit: UnitOfWork;
  readonly attempts: number;
}

/** Makes units a worker's. @returns by key, those that are still wanted */
export async function takeUnits(
  db: Db,
  keys: readonly string[],
  { worker, now }: { readonly worker: string; readonly now: Date },
): Promise<Map<string, Taken>> {
  if (keys.length === 0) return new Map();
  const rows = await db
    .updateTable("unit")
    .set((of) => ({ state: "active", worker, attempts: of("attempts", "+", 1), updated: now.toISOString() }))
    .where("key", "in", keys)
    .where("state", "in", ["waiting", "active"])
    .returningAll()
    .execute();
  return new Map(
    rows.map(({ key, run, slide, encoder, work, attempts }) => [
      key,
      { unit: { key, run, slide, encoder, work }, attempts },
    ]),
  );
}

export type UnitEnd =
  | { readonly state: "done" }
  | { readonly state: "failed"; readonly failure: Failure }
  | { readonly state: "waiting" };

/** Says how they ended. What is done is done, whoever holds it by now; anything else is said by its holder alone. */
export async function endUnits(
  db: Db,
  ends: readonly { readonly key: string; readonly end: UnitEnd }[],
  { worker, now }: { readonly worker: string; readonly now: Date },
): Promise<void> {
  const updated = now.toISOString();
  const update = db.updateTable("unit").where("state", "in", ["waiting", "active"]);
  const keysOf = (state: UnitEnd["state"]) => ends.flatMap(({ key, end }) => (end.state === state ? [key] : []));
  const [done, waiting] = [keysOf("done"), keysOf("waiting")];
  if (done.length > 0)
    await update.set({ state: "done", worker, failure: null, updated }).where("key", "in", done).execute();
  const mine = update.where("worker", "=", worker);
  if (waiting.length > 0)
    await mine
      .set((of) => ({ state: "waiting", worker: null, attempts: of("attempts", "-", 1), updated }))
      .where("key", "in", waiting)
      .execute();
  for (const { key, end } of ends)
    if (end.state === "failed")
      await mine
        .set({ state: "failed", failure: JSON.stringify(end.failure), updated })
        .where("key", "=", key)
        .execute();
}

/** A worker says that it is there. */
export async function noteWorker(
  db: Db,
  id: string,
  { now, done, unit }: { readonly now: Date; readonly done: number; readonly unit: string | null },
): Promise<void> {
  const row = { seen: now.toISOString(), done, unit };
  await db
    .insertInto("worker")
    .values({ id, ...row })
    .onConflict((at) => at.column("id").doUpdateSet(row))
    .execute();
}

/** Workers that were seen within this time are there. */
export const WORKER_MS = 45_000;
const RATE_MS = 60_000;
const SHOWN_FAILURES = 200;

/** What `readJobs` tells of the units of these runs; null: of all. */
export async function readUnits(db: Db, runs: readonly string[] | null, now: Date): Promise<JobsPage> {
  const since = new Date(now.getTime() - RATE_MS).toISOString();
  const mine = db
    .selectFrom("unit")
    .$if(runs !== null, (q) => q.where("run", "in", runs === null || runs.length === 0 ? [""] : runs));
  const [states, recent, workers, failed] = await Promise.all([
    mine
      .select(["state", sql<string>`count(*)`.as("n")])
      .groupBy("state")
      .execute(),
    mine
      .select([sql<string>`count(*)`.as("n"), sql<Date | null>`min(updated)`.as("first")])
      .where("state", "=", "done")
      .where("updated", ">=", since as never)
      .executeTakeFirst(),
    db
      .selectFrom("worker")
      .leftJoin("unit", "unit.key", "worker.unit")
      .select(["worker.id", "worker.seen", "worker.done", "worker.unit", "unit.run", "unit.slide"])
      .where("worker.seen", ">=", new Date(now.getTime() - WORKER_MS).toISOString() as never)
      .orderBy("worker.id")
      .execute(),
    mine
      .select(["key", "slide", "failure"])
      .where("state", "=", "failed")
      .orderBy("updated", "desc")
      .limit(SHOWN_FAILURES)
      .execute(),
  ]);
  const counts = { waiting: 0, active: 0, done: 0, failed: 0, cancelled: 0 };
  for (const { state, n } of states) counts[state] = Number(n);
  const n = Number(recent?.n ?? 0);
  // A stretch that began within the minute is measured from its beginning.
  const span = recent?.first == null ? RATE_MS : Math.max(1000, now.getTime() - recent.first.getTime());
  const rate = n / (span / 1000);
  const left = counts.waiting + counts.active;
  return {
    counts,
    rate,
    secondsLeft: left === 0 ? 0 : rate === 0 ? null : left / rate,
    workers: workers.map(({ id, seen, done, unit, run, slide }) => {
      // Of other runs a slide's name is not for whoever asks.
      const isTheirs = runs === null || (run !== null && runs.includes(run));
      return { id, seen: seen.toISOString(), done, unit: isTheirs ? (slide ?? unit) : unit };
    }),
    failures: failed.flatMap(({ key, slide, failure }) => (failure === null ? [] : [{ unit: key, slide, failure }])),
  };
}
