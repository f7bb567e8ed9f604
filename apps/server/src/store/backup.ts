/**
 * Backups of the embedded database: one file (tar, gzip), made while nobody else has the folder or from inside the running service,
 * and put back with one command. What a restore replaces is kept beside it. A PostgreSQL server has its own tools: pg_dump, pg_restore.
 */
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync } from "node:zlib";
import { attempt, FailureError, type Outcome, raise, unwrap } from "@nacre/core";
import { Kysely, PGliteDialect } from "kysely";
import { verifyTrail } from "../trail/open-trail.ts";
import type { TrailCheck } from "../trail/trail.ts";
import { flushOne, flushTree, openLite } from "./durable-folder.ts";
import { migrate } from "./migrations.ts";
import { databaseIn, openStore, type Store, takeDataFolder } from "./open-store.ts";
import type { Tables } from "./tables.ts";

export interface BackupMade {
  readonly file: string;
  readonly bytes: number;
  readonly trail: TrailCheck;
}

/** What people did: rows that no scan of the folders brings back. */
const PEOPLES = ["trail", "annotation", "draft", "signed_report", "token", "webhook"] as const;

/** The whole database as a file's bytes; the store goes on. @throws FailureError where it is a PostgreSQL server's */
export async function dumpStore({ engine }: Store): Promise<Uint8Array> {
  if (engine.kind !== "pglite")
    return raise("bad-usage", {
      expected: "the embedded database",
      received: "a PostgreSQL server",
      remedy: "use its own tools: pg_dump --format=custom, and pg_restore",
    });
  return new Uint8Array(await (await engine.lite.dumpDataDir("gzip")).arrayBuffer());
}

/** Writes a backup of a data folder that no service uses. Failures: locked, bad-usage. */
export function backUp(data: string, file: string): Promise<Outcome<BackupMade>> {
  return attempt(async () => {
    if (!existsSync(databaseIn(data)))
      raise("missing-file", {
        expected: "the data folder of a service",
        received: `no database in ${data}`,
        remedy: "give the folder that is served, or its data folder with --data",
      });
    const store = unwrap(await openStore({ folder: data }));
    try {
      const trail = await verifyTrail(store.db);
      const bytes = await dumpStore(store);
      const aside = `${file}.${randomUUID()}`;
      writeFileSync(aside, bytes, { mode: 0o600, flush: true });
      renameSync(aside, file);
      flushOne(dirname(file));
      return { file, bytes: bytes.length, trail };
    } finally {
      await store.close();
    }
  });
}

export interface Restored {
  readonly trail: TrailCheck;
  /** Where what was there before lies now; null where nothing was. */
  readonly before: string | null;
}

/** Puts a backup into a data folder. Failures: locked; refused where people's work is there and `force` is not given; unreadable-file. */
export function restore(data: string, file: string, { force = false } = {}): Promise<Outcome<Restored>> {
  return attempt(async () => {
    const bytes = readBackup(file);
    const place = databaseIn(data);
    const rows = existsSync(place) ? await peoplesRows(data) : 0;
    if (rows > 0 && !force)
      raise("refused", {
        expected: "a service in which nobody has done anything yet",
        received: `${rows} rows of people's work in ${data}`,
        remedy: "give another --data, or --force: what is there now is then kept beside it",
      });
    const lock = unwrap(await takeDataFolder(data));
    const aside = `${place}.${randomUUID()}`;
    try {
      const trail = await unpack(bytes, aside);
      const before = existsSync(place) ? `${place}.before-${new Date().toISOString().replace(/[:.]/g, "-")}` : null;
      if (before !== null) renameSync(place, before);
      flushTree(aside);
      renameSync(aside, place);
      flushOne(dirname(place));
      return { trail, before };
    } finally {
      rmSync(aside, { recursive: true, force: true });
      lock.release();
    }
  });
}

function readBackup(file: string): Blob {
  let packed: Buffer;
  try {
    packed = readFileSync(file);
  } catch (error) {
    return raise("missing-file", {
      expected: "a backup file",
      received: `${(error as NodeJS.ErrnoException).code ?? "nothing"} at ${file}`,
      remedy: "check the path given with --restore",
    });
  }
  try {
    // Unpacked here: the engine fails out of reach of a catch where the file is damaged.
    const tar = gunzipSync(packed, { maxOutputLength: LARGEST });
    if (tar.toString("latin1", 257, 262) === "ustar") return new Blob([tar], { type: "application/x-tar" });
  } catch {
    return noBackup();
  }
  return noBackup();
}

/** Bytes of the largest database that is put back from one file. */
const LARGEST = 4e9;

function noBackup(): never {
  return raise("unreadable-file", {
    expected: "a backup that nacre serve --backup wrote",
    received: "a file that no database comes out of",
    remedy: "take another backup",
  });
}

async function peoplesRows(data: string): Promise<number> {
  const store = unwrap(await openStore({ folder: data }));
  try {
    let rows = 0;
    for (const table of PEOPLES) {
      const { n } = await store.db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<string | number>().as("n"))
        .executeTakeFirstOrThrow();
      rows += Number(n);
    }
    return rows;
  } finally {
    await store.close();
  }
}

/** Unpacks into a folder, brings the schema up to date and checks the trail. */
async function unpack(bytes: Blob, folder: string): Promise<TrailCheck> {
  const lite = openLite(folder, { loadDataDir: bytes });
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: lite }) });
  try {
    await lite.waitReady;
    await migrate(db);
    return await verifyTrail(db);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    return noBackup();
  } finally {
    await db.destroy();
    if (!lite.closed) await lite.close().catch(() => {});
  }
}
