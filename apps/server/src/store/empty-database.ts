/**
 * A ready-made empty database, so that the first start need not make one: making takes seconds (initdb in WebAssembly), copying a fraction of one.
 * It lies beside the built code, is made by the build or by the first start, and is named by all that it depends on: engine, schema, and that all may read it.
 */
import { createHash, randomUUID } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Kysely, PGliteDialect } from "kysely";
import { flushOne, flushTree, openLite } from "./durable-folder.ts";
import { migrate, SCHEMA } from "./migrations.ts";
import type { Tables } from "./tables.ts";

const SHELF = fileURLToPath(new URL("../../dist/empty-database/", import.meta.url));

/** Puts an empty database of this schema at `place`, whole or not at all. @returns false where it cannot: the engine then makes its own */
export async function layEmptyDatabase(place: string, shelf = SHELF): Promise<boolean> {
  const ready = await readyMade(shelf);
  if (ready === null) return false;
  const aside = `${place}.${randomUUID()}`;
  try {
    cpSync(ready, aside, { recursive: true });
    setModes(aside, { folders: 0o700, files: 0o600 });
    flushTree(aside);
    renameSync(aside, place);
    flushOne(dirname(place));
    return true;
  } catch (error) {
    if (isRefused(error)) return false;
    throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Folder of the ready-made database, made where it is not there; null where the shelf cannot be written to. */
export async function readyMade(shelf = SHELF): Promise<string | null> {
  const ready = join(shelf, nameOfEmpty());
  if (existsSync(ready)) return ready;
  const aside = `${ready}.${randomUUID()}`;
  try {
    mkdirSync(shelf, { recursive: true });
    await makeEmpty(aside);
    // The engine's own modes are private; here nothing is anybody's, and the service may run as another user than the build.
    setModes(aside, { folders: 0o755, files: 0o644 });
    renameSync(aside, ready);
    return ready;
  } catch (error) {
    // Somebody else was quicker, or nobody may write here: neither is a reason not to start.
    if (existsSync(ready)) return ready;
    if (isRefused(error)) return null;
    throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function setModes(top: string, { folders, files }: { readonly folders: number; readonly files: number }): void {
  chmodSync(top, folders);
  for (const entry of readdirSync(top, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? folders : files);
}

/** Whether the system says that this may not be read, or not be written. */
function isRefused(error: unknown): boolean {
  return ["EACCES", "EROFS", "EPERM", "ENOSPC"].includes((error as NodeJS.ErrnoException).code ?? "");
}

async function makeEmpty(folder: string): Promise<void> {
  const lite = openLite(folder);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite: lite }) });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
    if (!lite.closed) await lite.close();
  }
}

function nameOfEmpty(): string {
  const engine = join(dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")), "..", "package.json");
  const { version } = JSON.parse(readFileSync(engine, "utf8")) as { version: string };
  return createHash("sha256").update(`${version}\n${SCHEMA}\nreadable`).digest("hex").slice(0, 16);
}
