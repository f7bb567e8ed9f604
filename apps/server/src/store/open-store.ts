/**
 * Opens the database: PGlite in the data folder, or the PostgreSQL that an address names. The same tables and text for both.
 * PGlite has no lock of its own: two processes that open one folder both write, without an error. So the folder is locked first.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { FailureError, fail, type Outcome, ok } from "@nacre/core";
import { takeLock } from "@nacre/pipeline";
import { Kysely, PGliteDialect, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { flushTree, openLite } from "./durable-folder.ts";
import { layEmptyDatabase } from "./empty-database.ts";
import { migrate } from "./migrations.ts";
import { refusalOf } from "./refusal.ts";
import { sweepData } from "./sweep-data.ts";
import type { Tables } from "./tables.ts";

export interface Store {
  readonly kind: "pglite" | "postgres";
  readonly db: Kysely<Tables>;
  /** The engine itself, for the queue. */
  readonly engine:
    | { readonly kind: "pglite"; readonly lite: PGlite }
    | { readonly kind: "postgres"; readonly url: string };
  close(): Promise<void>;
}

export interface StoreOptions {
  /** The data folder: `<folder>/database` holds PGlite's files. */
  readonly folder: string;
  /** postgres://… : a server's database in place of the embedded one. */
  readonly url?: string;
  /** True: as it is. Nothing is swept, and the schema stays what it was. */
  readonly onlyLook?: boolean;
}

/** @returns the store, its schema up to date. Failures: locked where another process has the folder, bad-usage where the server lets nobody in, unsupported-format of a newer version's, unreadable-file, internal */
export async function openStore({ folder, url, onlyLook = false }: StoreOptions): Promise<Outcome<Store>> {
  const ready = onlyLook ? ping : migrate;
  if (url === undefined) return openEmbedded(folder, onlyLook, ready);
  // No lock says that nobody else works in the folder.
  if (folder !== "" && !onlyLook) sweepData(folder, HOUR);
  return openServer(url, ready);
}

type Ready = (db: Kysely<Tables>) => Promise<unknown>;

function ping(db: Kysely<Tables>): Promise<unknown> {
  return sql`select 1`.execute(db);
}

const HOUR = 3_600_000;

async function openEmbedded(folder: string, onlyLook: boolean, ready: Ready): Promise<Outcome<Store>> {
  const lock = await takeDataFolder(folder);
  if (!lock.ok) return lock;
  const place = databaseIn(folder);
  try {
    if (!onlyLook) sweepData(folder, 0);
    const isNew = !existsSync(place);
    const isLaid = isNew && (await layEmptyDatabase(place));
    const { lite, db } = await openDatabase(place, ready);
    // What the engine made by itself it did not flush.
    if (isNew && !isLaid) flushTree(place);
    const close = async () => {
      await db.destroy();
      if (!lite.closed) await lite.close();
      lock.value.release();
    };
    return ok({ kind: "pglite", db, engine: { kind: "pglite", lite }, close });
  } catch (error) {
    lock.value.release();
    if (error instanceof FailureError) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** Where the embedded database lies in a data folder. */
export function databaseIn(folder: string): string {
  return join(folder, "database");
}

export interface FolderLock {
  release(): void;
}

/** Takes a data folder for this process alone. @returns `locked` where another has it */
export async function takeDataFolder(folder: string): Promise<Outcome<FolderLock>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = await takeLock(join(folder, "lock"));
  if (lock.ok || lock.failure.kind !== "locked") return lock;
  return fail("locked", {
    expected: "to be alone in the data folder of the service",
    received: lock.failure.received,
    remedy: "open the service that runs already, end it, or give another --data",
  });
}

async function openDatabase(place: string, ready: Ready): Promise<{ lite: PGlite; db: Kysely<Tables> }> {
  const lite = openLite(place);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: lite }) });
  try {
    await ready(db);
    return { lite, db };
  } catch (error) {
    await db.destroy();
    if (!lite.closed) await lite.close().catch(() => {});
    if (error instanceof FailureError) throw error;
    throw new FailureError(
      {
        kind: "unreadable-file",
        expected: "a database that opens",
        received: `one that does not open, at ${place}`,
        remedy: "put a backup back (nacre serve --restore FILE --force), or open it with the version that wrote it",
      },
      { cause: error },
    );
  }
}

async function openServer(url: string, ready: Ready): Promise<Outcome<Store>> {
  const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 10_000 });
  // A connection that breaks while idle must not end the process: the next query opens another.
  pool.on("error", () => {});
  // Nor one that breaks between two statements of a transaction: the next statement fails.
  pool.on("connect", (client) => void client.on("error", () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await ready(db);
  } catch (error) {
    await db.destroy();
    const failure = error instanceof FailureError ? error.failure : refusalOf(error);
    if (failure !== null) return { ok: false, failure };
    return fail("internal", {
      expected: "a PostgreSQL that answers at the address in DATABASE_URL",
      received: error instanceof Error ? error.message : String(error),
      remedy: "start it, or correct the address; leave DATABASE_URL empty for the embedded database",
    });
  }
  return ok({ kind: "postgres", db, engine: { kind: "postgres", url }, close: () => db.destroy() });
}
