/**
 * pg-boss over the service's database. It says whose turn it is and takes back what a silent worker held; what a unit is
 * and what became of it stands in the table `unit`, for the pages.
 */
import { randomUUID } from "node:crypto";
import { type fromKysely, PgBoss } from "pg-boss";
import type { Store } from "../store/open-store.ts";

/** The one queue of the service. */
export const UNITS = "units";

/** A job of the queue names its unit and nothing else. */
export interface UnitJob {
  readonly key: string;
}

export interface BossOptions {
  /** A worker that is silent for so long has lost its units; at least 10. */
  readonly heartbeatSeconds: number;
  /** How often silent workers are looked for. */
  readonly superviseSeconds: number;
  readonly onError: (error: Error) => void;
}

/** A query that gets no answer for so long is given up: a cut connection says nothing. */
export const QUERY_MS = 15_000;
const DAY = 86_400;

/** @throws what the database throws where it is away */
export async function startBoss(store: Pick<Store, "engine" | "db">, options: BossOptions): Promise<PgBoss> {
  const boss = new PgBoss({
    ...connection(store),
    schedule: false,
    superviseIntervalSeconds: options.superviseSeconds,
    monitorVacuum: false,
    reindex: false,
  });
  boss.on("error", options.onError);
  try {
    await boss.start();
    await boss.createQueue(UNITS, {
      heartbeatSeconds: options.heartbeatSeconds,
      // A large slide takes hours; a worker that died is known by its silence.
      expireInSeconds: DAY - 1,
      // Attempts are counted in the table of units.
      retryLimit: 1000,
      retryDelay: 0,
      retentionSeconds: 14 * DAY,
      deleteAfterSeconds: DAY,
    });
    // The boss looks its queue up once, here: within a transaction of ours, on one connection, it would wait for itself.
    await boss.touch(UNITS, randomUUID());
    return boss;
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw error;
  }
}

type Connection = ConstructorParameters<typeof PgBoss>[0] extends infer O ? Exclude<O, string> : never;

function connection({ engine, db }: Pick<Store, "engine" | "db">): Connection {
  if (engine.kind === "postgres") {
    const own = { query_timeout: QUERY_MS, keepAlive: true };
    return { connectionString: engine.url, max: 3, connectionTimeoutMillis: 10_000, ...own };
  }
  const { lite } = engine;
  // Through the one connection that Kysely hands out, so that nothing gets between the statements of its transactions.
  const executeSql = (text: string, values?: unknown[]): Promise<{ rows: unknown[] }> =>
    db.connection().execute(async () => {
      try {
        if (values !== undefined && values.length > 0) return await lite.query(text, values);
        const results = await lite.exec(text);
        return { rows: results.flatMap(({ rows }) => rows) };
      } catch (error) {
        await lite.exec("rollback").catch(() => {});
        throw error;
      }
    });
  return { backend: "pglite", db: { executeSql } };
}

/** Puts units into the queue, in the transaction that `db` belongs to. */
export async function insertJobs(
  boss: PgBoss,
  keys: readonly string[],
  db: ReturnType<typeof fromKysely>,
): Promise<void> {
  const jobs = keys.map((key) => ({ data: { key } satisfies UnitJob }));
  if (jobs.length > 0) await boss.insert(UNITS, jobs, { db });
}
