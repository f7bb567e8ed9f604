/**
 * Opens the database: PGlite in the data folder, or the PostgreSQL that an address names. The same tables and text for both.
 * PGlite has no lock of its own: two processes that open one folder both write, without an error. So the folder is locked first.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { FailureError, fail, type Outcome, ok } from "@nacre/core";
import { takeLock } from "@nacre/pipeline";
import { Kysely, PGliteDialect, PostgresDialect } from "kysely";
import pg from "pg";
import { flushTree, openLite } from "./durable-folder.ts";
import { layEmptyDatabase } from "./empty-database.ts";
import { migrate } from "./migrations.ts";
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
}

/** @returns the store, its schema up to date; `locked` where another process has the folder, `unreachable` where the server does not answer */
export async function openStore({ folder, url }: StoreOptions): Promise<Outcome<Store>> {
  if (url === undefined) return openEmbedded(folder);
  // No lock says that nobody else works in the folder.
  if (folder !== "") sweepData(folder, HOUR);
  return openServer(url);
}

const HOUR = 3_600_000;

async function openEmbedded(folder: string): Promise<Outcome<Store>> {
  const lock = await takeDataFolder(folder);
  if (!lock.ok) return lock;
  const place = databaseIn(folder);
  try {
    sweepData(folder, 0);
    const isNew = !existsSync(place);
    const isLaid = isNew && (await layEmptyDatabase(place));
    const { lite, db } = await openDatabase(place);
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

async function openDatabase(place: string): Promise<{ lite: PGlite; db: Kysely<Tables> }> {
  const lite = openLite(place);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: lite }) });
  try {
    await migrate(db);
    return { lite, db };
  } catch (error) {
    await db.destroy();
    if (!lite.closed) await lite.close().catch(() => {});
    throw new FailureError(
      {
        kind: "unreadable-file",
        expected: "a database that opens and whose schema this version knows",
        received: `one that does not, at ${place}`,
        remedy: "put a backup back (nacre serve --restore FILE --force), or open it with the version that wrote it",
      },
      { cause: error },
    );
  }
}

async function openServer(url: string): Promise<Outcome<Store>> {
  const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 10_000 });
  // A connection that breaks while idle must not end the process: the next query opens another.
  pool.on("error", () => {});
  // Nor one that breaks between two statements of a transaction: the next statement fails.
  pool.on("connect", (client) => void client.on("error", () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    return fail("internal", {
      expected: "a PostgreSQL that answers at the address in DATABASE_URL",
      received: error instanceof Error ? error.message : String(error),
      remedy: "start it, or correct the address; leave DATABASE_URL empty for the embedded database",
    });
  }
  return ok({ kind: "postgres", db, engine: { kind: "postgres", url }, close: () => db.destroy() });
}
