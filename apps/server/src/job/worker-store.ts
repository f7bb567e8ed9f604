/** The database as a worker has it: no schema of its own, connections that are given up when they are silent. */
import { FailureError } from "@nacre/core";
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import pg from "pg";
import { migrate } from "../store/migrations.ts";
import type { Store } from "../store/open-store.ts";
import { refusalOf } from "../store/refusal.ts";
import type { Tables } from "../store/tables.ts";
import { QUERY_MS } from "./boss.ts";
import { isAway, patiently } from "./patience.ts";

export interface WorkerStoreOptions {
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Waits for a database that does not answer yet. @throws FailureError where it lets nobody in, or is of a newer version; else what the database throws where it answers, but not as it should */
export async function openWorkerStore(url: string, options: WorkerStoreOptions): Promise<Store> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 10_000,
    query_timeout: QUERY_MS,
    keepAlive: true,
  });
  pool.on("error", () => {});
  // Nor does one end the worker that breaks between two statements of a transaction: the next statement fails.
  pool.on("connect", (client) => void client.on("error", () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: leavingBroken(pool) }) });
  await patiently(() => migrate(db), options).catch(async (error: unknown) => {
    await db.destroy();
    const refused = refusalOf(error);
    throw refused === null ? error : new FailureError(refused, { cause: error });
  });
  return { kind: "postgres", db, engine: { kind: "postgres", url }, close: () => db.destroy() };
}

/** A connection on which a query was lost is not used again: what waits behind that query would wait for ever. */
function leavingBroken(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let broken: Error | null = null;
      const query = async (...given: unknown[]): Promise<unknown> => {
        try {
          return await (client.query as (...args: unknown[]) => Promise<unknown>).apply(client, given);
        } catch (error) {
          if (isAway(error)) broken = error as Error;
          throw error;
        }
      };
      // Kysely asks for rows with text and values; cursors are not used here.
      return { query, release: () => client.release(broken ?? undefined) } as unknown as PostgresPoolClient;
    },
  };
}
