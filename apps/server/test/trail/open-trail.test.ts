import type { Person } from "@nacre/api";
import { verifyTrail } from "@nacre/api";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiRefusal } from "../../src/serve/refuse.ts";
import { verifyTrail as check, openTrail, SAME_LOOK_MS } from "../../src/trail/open-trail.ts";
import { type TestServer, testServer } from "../test-server.ts";

const WHO: Person = { id: "anna", name: "Dr. Anna", role: "reader", rights: [], projects: null, how: "token" };

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const told: object[] = [];
const log = { info: (what: object) => void told.push(what), error: () => {} };
let at = Date.parse("2026-01-05T08:00:00Z");
const open = () => openTrail({ db: server.services.db, now: () => new Date(at), log, tellEvery: 10 });
const count = async () => (await open().verify()).rows;

describe("The trail", () => {
  it("is whole after many rows written at once, and tells its head every so often", async () => {
    const trail = open();
    await Promise.all(
      Array.from({ length: 25 }, (_, i) => trail.note(WHO, { action: "test", details: { z: i, a: [null] } })),
    );
    const check = await trail.verify();
    expect(check).toMatchObject({ ok: true, broken: null });
    expect(check.rows).toBeGreaterThanOrEqual(25);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(await trail.head()).toEqual({ seq: check.rows, hash: check.head });
  });

  it("takes looks at one thing within ten minutes for one look", async () => {
    const trail = open();
    const before = await count();
    const look = (subject: string, who = WHO) => trail.noteSeen(who, { action: "slide.seen", subject });
    await look("a");
    at += SAME_LOOK_MS - 1;
    await look("a");
    expect(await count()).toBe(before + 1);
    await look("b");
    await look("a", { ...WHO, id: "rolf" });
    expect(await count()).toBe(before + 3);
    at += 1;
    await look("a");
    expect(await count()).toBe(before + 4);
  });

  it("shows rows cut off at its end, and a chain computed anew, against a head that was told before", async () => {
    const { db } = server.services;
    const trail = open();
    await trail.note(WHO, { action: "test" });
    const told = await trail.head();
    await trail.note(WHO, { action: "test" });
    expect(await check(db, told)).toMatchObject({ ok: true });
    expect(await check(db, { ...told, hash: "0".repeat(64) })).toMatchObject({ ok: false, broken: told.seq });
    await db.deleteFrom("trail").where("seq", ">=", told.seq).execute();
    expect(await check(db)).toMatchObject({ ok: true });
    expect(await check(db, told)).toMatchObject({ ok: false, broken: told.seq });
    await trail.note({ ...WHO, id: "rolf" }, { action: "test" });
    expect(await check(db)).toMatchObject({ ok: true });
    expect(await check(db, told)).toMatchObject({ ok: false, broken: told.seq });
  });

  it("finds over the interface what was changed in the database behind its back", async () => {
    const { db } = server.services;
    expect((await server.call(verifyTrail)).ok).toBe(true);
    await db.updateTable("trail").set({ actor: "somebody else" }).where("seq", "=", 7).execute();
    expect(await server.call(verifyTrail)).toMatchObject({ ok: false, broken: 7, rows: 6 });
    await db.updateTable("trail").set({ actor: "anna" }).where("seq", "=", 7).execute();
    expect((await server.call(verifyTrail)).ok).toBe(true);
    const taken = await db.deleteFrom("trail").where("seq", "=", 9).returningAll().executeTakeFirstOrThrow();
    expect(await server.call(verifyTrail)).toMatchObject({ ok: false, broken: 9 });
    await db.insertInto("trail").values(taken).execute();
    await sql`update trail set seq = case seq when 3 then -4 when 4 then -3 end where seq in (3, 4)`.execute(db);
    await sql`update trail set seq = -seq where seq < 0`.execute(db);
    expect(await server.call(verifyTrail)).toMatchObject({ ok: false, broken: 3 });
  });

  it("that cannot be written refuses what it should have noted", async () => {
    const { db } = server.services;
    await sql`alter table trail rename to trail_away`.execute(db);
    await expect(open().note(WHO, { action: "test" })).rejects.toThrow(ApiRefusal);
    await sql`alter table trail_away rename to trail`.execute(db);
    await expect(open().note(WHO, { action: "test" })).resolves.toBeUndefined();
  });
});
