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

/** Makes a unit a worker's. @returns the unit and how often it was taken; null where it is not wanted any more */
export async function takeUnit(
  db: Db,
  key: string,
  { worker, now }: { readonly worker: string; readonly now: Date },
): Promise<{ readonly unit: UnitOfWork; readonly attempts: number } | null> {
  const row = await db
    .updateTable("unit")
    .set((of) => ({ state: "active", worker, attempts: of("attempts", "+", 1), updated: now.toISOString() }))
    .where("key", "=", key)
    .where("state", "in", ["waiting", "active"])
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  const { run, slide, encoder, work, attempts } = row;
  return { unit: { key, run, slide, encoder, work }, attempts };
}

export type UnitEnd =
  | { readonly state: "done" }
  | { readonly state: "failed"; readonly failure: Failure }
  | { readonly state: "waiting" };

/** Says how it ended. What is done is done, whoever holds it by now; anything else is said by its holder alone. */
export async function endUnit(
  db: Db,
  key: string,
  end: UnitEnd,
  { worker, now }: { readonly worker: string; readonly now: Date },
): Promise<boolean> {
  const updated = now.toISOString();
  const update = db.updateTable("unit").where("key", "=", key).where("state", "in", ["waiting", "active"]);
  const ended =
    end.state === "done"
      ? update.set({ state: "done", worker, failure: null, updated })
      : end.state === "failed"
        ? update.set({ state: "failed", failure: JSON.stringify(end.failure), updated }).where("worker", "=", worker)
        : update
            .set((of) => ({ state: "waiting", worker: null, attempts: of("attempts", "-", 1), updated }))
            .where("worker", "=", worker);
  const { numUpdatedRows } = await ended.executeTakeFirst();
  return numUpdatedRows > 0n;
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
      .selectAll()
      .where("seen", ">=", new Date(now.getTime() - WORKER_MS).toISOString() as never)
      .orderBy("id")
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
    workers: workers.map(({ id, seen, done, unit }) => ({ id, seen: seen.toISOString(), done, unit })),
    failures: failed.flatMap(({ key, slide, failure }) => (failure === null ? [] : [{ unit: key, slide, failure }])),
  };
}
