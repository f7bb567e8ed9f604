/** What a worker has in hand, as the database knows it: jobs of the queue and rows of units change together, many in one transaction. */
import { fromKysely, type PgBoss } from "pg-boss";
import type { Store } from "../store/open-store.ts";
import { UNITS, type UnitJob } from "./boss.ts";
import { endUnits, type Taken, takeUnits, type UnitEnd } from "./unit-rows.ts";

export interface Held {
  /** Of the job; with `retryCount` it says which hold is meant, should another have taken it since. */
  readonly id: string;
  readonly retryCount: number;
  readonly key: string;
  /** undefined: not begun, since whoever had it before was lost over it or over its neighbours; null: not wanted any more. */
  readonly taken: Taken | null | undefined;
}

export interface Ended {
  readonly held: Held;
  /** The unit, where it was begun. */
  readonly taken: Taken | null | undefined;
  /** null: nothing was to be done. */
  readonly end: UnitEnd | null;
}

interface Holder {
  readonly worker: string;
  readonly now: Date;
}

type Db = Pick<Store, "db">;

/** Takes at most so many. One that was taken before is in hand but not begun: it is begun alone, or a slide that takes its workers with it would be the blame of its neighbours. */
export function takeSome({ db }: Db, boss: PgBoss, most: number, holder: Holder): Promise<Held[]> {
  return db.transaction().execute(async (tx) => {
    const jobs = await boss.fetch<UnitJob>(UNITS, { batchSize: most, db: fromKysely(tx) });
    const fresh = jobs.flatMap(({ retryCount, data }) => (retryCount === 0 ? [data.key] : []));
    const taken = await takeUnits(tx, fresh, holder);
    return jobs.map(({ id, retryCount, data: { key } }) => {
      const own = taken.get(key) ?? null;
      // A unit that was cancelled and put in again has two jobs.
      taken.delete(key);
      return { id, retryCount, key, taken: retryCount === 0 ? own : undefined };
    });
  });
}

/** @returns the unit of one that was not begun; null where it is not wanted any more */
export async function begin({ db }: Db, { key }: Held, holder: Holder): Promise<Taken | null> {
  return (await takeUnits(db, [key], holder)).get(key) ?? null;
}

/** Says how they ended; what is put back waits for another. */
export function tellEnds({ db }: Db, boss: PgBoss, ended: readonly Ended[], holder: Holder): Promise<void> {
  return db.transaction().execute(async (tx) => {
    const within = { db: fromKysely(tx) };
    await endUnits(
      tx,
      ended.flatMap(({ held: { key }, taken, end }) => (taken && end !== null ? [{ key, end }] : [])),
      holder,
    );
    const jobsOf = (isBack: boolean) =>
      ended.flatMap(({ held: { id, retryCount }, end }) =>
        (end?.state === "waiting") === isBack ? [{ id, retryCount }] : [],
      );
    const [over, back] = [jobsOf(false), jobsOf(true)];
    if (over.length > 0) await boss.complete(UNITS, over, null, within);
    if (back.length > 0) await boss.fail(UNITS, back, null, within);
  });
}
