import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeToken, readBackup } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFirstTokenIn, makeTokenIn, verifyTrailIn } from "../../src/service/use-store.ts";
import { backUp, restore } from "../../src/store/backup.ts";
import { readyMade } from "../../src/store/empty-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { testServer } from "../test-server.ts";

let top: string;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), "nacre-store-"));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const SPEC = { name: "first", role: "admin", rights: [], projects: null, days: 90 } as const;

describe("A store", () => {
  it("that is new is laid down ready-made, its schema up to date and empty", async () => {
    expect(await readyMade()).toMatch(/empty-database/);
    const store = unwrap(await openStore({ folder: join(top, "new") }));
    const tables = await store.db.introspection.getTables();
    expect(tables.map((t) => t.name)).toEqual(expect.arrayContaining(["slide", "trail", "token", "unit", "draft"]));
    expect(await store.db.selectFrom("trail").selectAll().execute()).toEqual([]);
    await store.close();
    expect(readdirSync(join(top, "new")).sort()).toEqual(["database", "lock"]);
    expect(statSync(join(top, "new")).mode & 0o077).toBe(0);
  });

  it("gets a first token where nobody has a good one, and no second", async () => {
    const at = { folder: join(top, "first") };
    expect(unwrap(await makeFirstTokenIn(at, SPEC))?.token).toMatch(/^nacre_/);
    expect(unwrap(await makeFirstTokenIn(at, SPEC))).toBeNull();
    expect(unwrap(await verifyTrailIn(at)).rows).toBe(1);
  });

  it("goes from one folder to another through one file, with its tokens and its whole trail", async () => {
    const [from, to, file] = [join(top, "from"), join(top, "to"), join(top, "backup.tar.gz")];
    const { id } = unwrap(await makeTokenIn({ folder: from }, SPEC));
    const made = unwrap(await backUp(from, file));
    expect(made.trail).toMatchObject({ ok: true, rows: 1 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(unwrap(await restore(to, file))).toMatchObject({
      trail: { ok: true, rows: 1, head: made.trail.head },
      before: null,
    });
    const store = unwrap(await openStore({ folder: to }));
    expect((await store.db.selectFrom("token").select("id").execute()).map((t) => t.id)).toEqual([id]);
    await store.close();
  });

  it("is backed up while its service runs, and what was acknowledged before is in it", async () => {
    const server = await testServer();
    const file = join(top, "running.tar.gz");
    const { row } = await server.call(makeToken, { body: { name: "x", role: "viewer" } });
    writeFileSync(file, new Uint8Array(await (await server.send(readBackup)).arrayBuffer()));
    await server.close();
    const to = join(top, "from-running");
    expect(unwrap(await restore(to, file)).trail).toMatchObject({ ok: true, rows: 2 });
    const store = unwrap(await openStore({ folder: to }));
    expect((await store.db.selectFrom("token").select("id").execute()).map((t) => t.id)).toEqual([row.id]);
    await store.close();
  });

  it("in which somebody has worked is not written over, unless that is said; then it is kept beside", async () => {
    const [at, file] = [join(top, "from"), join(top, "backup.tar.gz")];
    unwrap(await makeTokenIn({ folder: at }, SPEC));
    const refused = await restore(at, file);
    expect(refused.ok ? null : refused.failure).toMatchObject({
      kind: "refused",
      received: expect.stringContaining("4 rows"),
    });
    expect(unwrap(await verifyTrailIn({ folder: at })).rows).toBe(2);
    const done = unwrap(await restore(at, file, { force: true }));
    expect(existsSync(done.before ?? "")).toBe(true);
    expect(unwrap(await verifyTrailIn({ folder: at })).rows).toBe(1);
  });

  it("is left as it is by a file that is no backup, and by one that is not there", async () => {
    const bad = join(top, "bad.tar.gz");
    writeFileSync(bad, "no backup at all");
    const at = join(top, "untouched");
    for (const [file, kind] of [
      [bad, "unreadable-file"],
      [join(top, "gone"), "missing-file"],
    ] as const) {
      const failed = await restore(at, file);
      expect(failed.ok ? null : failed.failure.kind).toBe(kind);
    }
    expect(existsSync(join(at, "database"))).toBe(false);
    expect(existsSync(at)).toBe(false);
    const none = await backUp(at, join(top, "x"));
    expect(none.ok ? null : none.failure.kind).toBe("missing-file");
  });

  it("that another process holds is neither backed up nor written over", async () => {
    const at = join(top, "from");
    const store = unwrap(await openStore({ folder: at }));
    for (const tried of [
      await backUp(at, join(top, "y")),
      await restore(at, join(top, "backup.tar.gz"), { force: true }),
    ])
      expect(tried.ok ? null : tried.failure.kind).toBe("locked");
    await store.close();
  });
});
