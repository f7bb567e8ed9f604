/** Databases that do not let Nacre in, or that are not of this version, and what is said then: words for whoever can mend it. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outcome, unwrap } from "@nacre/core";
import { sql } from "kysely";
import { Migrator } from "kysely/migration";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "../../../../bench/workers-postgres.mjs";
import type { ServerConfig } from "../../src/config.ts";
import { runWorker } from "../../src/job/run-worker.ts";
import { examineConfig } from "../../src/service/examine-config.ts";
import { backUp, dumpStore, restore } from "../../src/store/backup.ts";
import { MIGRATIONS, schemaOf } from "../../src/store/migrations.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { refusalOf } from "../../src/store/refusal.ts";

const top = mkdtempSync(join(tmpdir(), "nacre-refused-"));
afterAll(() => rmSync(top, { recursive: true, force: true }));

const failureOf = (outcome: Outcome<unknown>) => (outcome.ok ? null : outcome.failure);
const NEXT = Object.keys(MIGRATIONS).length + 1;

async function changed(folder: string, change: (store: Store) => Promise<unknown>): Promise<void> {
  const store = unwrap(await openStore({ folder }));
  await change(store);
  await store.close();
}

const toNewer = ({ db }: Store) => sql`insert into kysely_migration values ('9999-later', 'now')`.execute(db);

async function toFirst({ db }: Store): Promise<void> {
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
  const provider = { getMigrations: async () => MIGRATIONS };
  expect((await new Migrator({ db, provider }).migrateTo("0001-first")).error).toBeUndefined();
}

const doctor = async (folder: string): Promise<{ ok: boolean; found: string } | undefined> => {
  const config = { projects: [], data: folder, host: "127.0.0.1", port: 0, tokens: true, web: null };
  return (await examineConfig(config as unknown as ServerConfig)).find(({ what }) => what === "database");
};

describe("A database of a newer version", () => {
  it("is called newer: where it is opened, examined and put back", async () => {
    const [folder, file, to] = [join(top, "newer"), join(top, "newer.tar.gz"), join(top, "to")];
    await changed(folder, async (store) => {
      await toNewer(store);
      writeFileSync(file, await dumpStore(store));
    });
    const told = { kind: "unsupported-format", received: `one of a newer version: schema ${NEXT}` };
    expect(failureOf(await openStore({ folder }))).toMatchObject(told);
    expect(failureOf(await backUp(folder, join(top, "x")))).toMatchObject(told);
    expect(failureOf(await restore(to, file))).toMatchObject({
      ...told,
      remedy: expect.stringContaining("a later one"),
    });
    expect(readdirSync(to)).toEqual(["lock"]);
    expect(await doctor(folder)).toMatchObject({
      ok: false,
      found: expect.stringContaining(`schema ${NEXT} of a newer`),
    });
  });
});

describe("The doctor", () => {
  it("looks at an older database and leaves it as old", async () => {
    const folder = join(top, "older");
    await changed(folder, toFirst);
    for (const _ of [1, 2])
      expect(await doctor(folder)).toMatchObject({
        ok: true,
        found: expect.stringContaining(
          `schema 1, this version has ${NEXT - 1}: it is brought up to date at the next start`,
        ),
      });
    const looked = unwrap(await openStore({ folder, onlyLook: true }));
    expect((await schemaOf(looked.db)).has).toEqual(["0001-first"]);
    await looked.close();
  });
});

describe("A data folder that is in use", () => {
  it("is named itself, and not the folder above it", async () => {
    const folder = join(top, "held");
    const store = unwrap(await openStore({ folder }));
    expect(failureOf(await openStore({ folder }))).toMatchObject({
      kind: "locked",
      received: expect.stringMatching(new RegExp(` works in ${folder}$`)),
    });
    await store.close();
  });
});

it("A wrong password, a name without rights and an address that cannot be read are mistakes of the address, which is not repeated", () => {
  for (const code of ["28P01", "28000", "42501", "ERR_INVALID_URL"]) {
    const refused = refusalOf(Object.assign(new Error("postgres://nacre:secret@db/x"), { code }));
    expect(refused?.kind, code).toBe("bad-usage");
    expect(JSON.stringify(refused)).not.toMatch(/secret|defect/);
  }
  expect(refusalOf(Object.assign(new Error("x"), { code: "ECONNREFUSED" }))).toBeNull();
});

describe.skipIf(!existsSync("/usr/lib/postgresql"))("A PostgreSQL (skipped without /usr/lib/postgresql)", () => {
  let postgres: NonNullable<Awaited<ReturnType<typeof startPostgres>>>;
  beforeAll(async () => {
    const started = await startPostgres();
    if (started === null) throw new Error("expected a PostgreSQL in /usr/lib/postgresql, received none");
    postgres = started;
  });
  afterAll(() => postgres.remove());

  it("without that database, or that user, is told of in words by a service and by a worker", async () => {
    const good = postgres.url();
    const nobody = new URL(good);
    nobody.username = "nobody_here";
    for (const [url, received] of [
      [good.replace(/postgres$/, "elsewhere"), "no such database"],
      [nobody.href, "this user may not sign in from here"],
    ] as const) {
      const wanted = { kind: "bad-usage", received };
      expect(failureOf(await openStore({ folder: "", url }))).toMatchObject(wanted);
      const options = { databaseUrl: url, parallel: 1, signal: AbortSignal.timeout(20_000), say: () => {} };
      expect(failureOf(await runWorker(options))).toMatchObject(wanted);
    }
  });
});
