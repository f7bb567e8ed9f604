/**
 * A ready-made empty database, so that the first start need not make one: making takes seconds (initdb in WebAssembly), copying a fraction of one.
 * It lies beside the built code, is made by the build or by the first start, and is named by all that it depends on: engine and schema.
 */
import { createHash, randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Kysely, PGliteDialect } from "kysely";
import { flushOne, flushTree, openLite } from "./durable-folder.ts";
import { migrate, SCHEMA } from "./migrations.ts";
import type { Tables } from "./tables.ts";

const SHELF = fileURLToPath(new URL("../../dist/empty-database/", import.meta.url));

/** Puts an empty database of this schema at `place`, whole or not at all. @returns false where it cannot: the engine then makes its own */
export async function layEmptyDatabase(place: string): Promise<boolean> {
  const ready = await readyMade();
  if (ready === null) return false;
  const aside = `${place}.${randomUUID()}`;
  try {
    cpSync(ready, aside, { recursive: true });
    flushTree(aside);
    renameSync(aside, place);
    flushOne(dirname(place));
    return true;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Folder of the ready-made database, made where it is not there; null where the shelf cannot be written to. */
export async function readyMade(): Promise<string | null> {
  const ready = join(SHELF, nameOfEmpty());
  if (existsSync(ready)) return ready;
  const aside = `${ready}.${randomUUID()}`;
  try {
    mkdirSync(SHELF, { recursive: true });
    await makeEmpty(aside);
    renameSync(aside, ready);
    return ready;
  } catch (error) {
    // Somebody else was quicker, or nobody may write here: neither is a reason not to start.
    if (existsSync(ready)) return ready;
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["EACCES", "EROFS", "EPERM", "ENOSPC"].includes(code)) return null;
    throw error;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
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
  return createHash("sha256").update(`${version}\n${SCHEMA}`).digest("hex").slice(0, 16);
}
