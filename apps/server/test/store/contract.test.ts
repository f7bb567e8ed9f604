/** What is asked of a store, asked of both engines. */
import { randomUUID } from "node:crypto";
import { type AnnotationChange, beginDraft, type Person } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { sql } from "kysely";
import { Migrator } from "kysely/migration";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, applyChanges } from "../../src/annotation/change-annotations.ts";
import { takeIn } from "../../src/annotation/import-annotations.ts";
import { beginSession, findSession, LONGEST_MS } from "../../src/auth/session.ts";
import { applyCaseChange } from "../../src/case/change-case.ts";
import { startDraft } from "../../src/draft/begin-draft.ts";
import { reopen, saveValues, sign } from "../../src/draft/change-draft.ts";
import { loadDraft, signedReports } from "../../src/draft/draft-store.ts";
import { openQueue } from "../../src/job/open-queue.ts";
import type { UnitOfWork } from "../../src/job/queue.ts";
import { dumpStore } from "../../src/store/backup.ts";
import { MIGRATIONS, migrate } from "../../src/store/migrations.ts";
import { openStore, type StoreOptions } from "../../src/store/open-store.ts";
import { verifyTrail } from "../../src/trail/open-trail.ts";
import { addCases, type CaseStore, caseKey, caseStore, reader, slideKey } from "../case/case-store.ts";
import { ENGINES, type Engine } from "./engines.ts";

describe.each(ENGINES)("A store on $name", ({ absent, start }) => {
  let engine: Engine;
  let room: CaseStore;
  let place: StoreOptions;
  beforeAll(async () => {
    if (absent) return;
    engine = await start();
    place = engine.place();
    room = await caseStore(place);
    const specs = ["A", "B", "C"].map((name) => ({ name, slides: 1 }));
    await addCases(room.services, room.project, specs);
  });
  afterAll(async () => {
    await room?.close();
    engine?.remove();
  });
  const who = reader();

  it.skipIf(absent)("changes a case, and the trail says so before", async () => {
    const key = caseKey(room.project, "A");
    const change = { assignee: "Dr. Ångström, µ", state: "open" as const };
    expect(await applyCaseChange(room.services, who, { key, change })).toMatchObject(change);
    const check = await verifyTrail(room.services.db);
    expect(check).toMatchObject({ ok: true, rows: 1 });
  });

  it.skipIf(absent)("takes changes of two people who go through the same annotations in another order", async () => {
    const slide = slideKey(room.project, "C-0.svs");
    const ids = Array.from({ length: 40 }, () => randomUUID());
    const change = (id: string, version: number): AnnotationChange => ({
      ...{ kind: "put", change: randomUUID(), id, version, name: null, colour: null, note: "" },
      geometry: { type: "Point", coordinates: [1, 2] },
    });
    await applyChanges(room.services, who, { slide, changes: ids.map((id) => change(id, 0)) });
    for (let round = 1; round < 6; round++) {
      const both = await Promise.all(
        [ids, [...ids].reverse()].map((all) =>
          applyChanges(room.services, who, { slide, changes: all.map((id) => change(id, round)) }),
        ),
      );
      expect(both.map(({ rows, conflicts }) => rows.length + conflicts.length)).toEqual([40, 40]);
      expect(both.flatMap(({ rows }) => rows)).toHaveLength(40);
    }
  });

  it.skipIf(absent)("brings a removed annotation back with the file that holds it", async () => {
    const slide = slideKey(room.project, "B-0.svs");
    const id = randomUUID();
    const feature = { type: "Feature", id, geometry: { type: "Point", coordinates: [1, 2] }, properties: {} };
    const geojson = { type: "FeatureCollection", features: [feature] };
    expect(await takeIn(room.services, who, { slide, geojson })).toEqual({ made: 1, left: [] });
    const changes: AnnotationChange[] = [{ kind: "remove", change: randomUUID(), id, version: 1 }];
    await applyChanges(room.services, who, { slide, changes });
    expect(await takeIn(room.services, who, { slide, geojson })).toEqual({ made: 1, left: [] });
    expect((await annotationsOf(room.services.db, slide)).map((one) => [one.id, one.version])).toEqual([[id, 3]]);
    expect((await takeIn(room.services, who, { slide, geojson })).made).toBe(0);
    // What another slide holds is left as it stands there: this one gets a copy.
    const other = slideKey(room.project, "C-0.svs");
    expect((await takeIn(room.services, who, { slide: other, geojson })).made).toBe(1);
    expect((await annotationsOf(room.services.db, slide)).map((one) => one.version)).toEqual([3]);
  });

  it.skipIf(absent)("keeps one of two changes that were made on the same version of an annotation", async () => {
    const slide = slideKey(room.project, "A-0.svs");
    const id = randomUUID();
    const change = (note: string, version: number): AnnotationChange => ({
      ...{ kind: "put", change: randomUUID(), id, version, name: null, colour: [1, 2, 3], note },
      geometry: { type: "Point", coordinates: [0.1, -1e9] },
    });
    await applyChanges(room.services, who, { slide, changes: [change("first", 0)] });
    const both = await Promise.all(
      ["left", "right"].map((note) => applyChanges(room.services, who, { slide, changes: [change(note, 1)] })),
    );
    expect(both.map(({ conflicts }) => conflicts.length).sort()).toEqual([0, 1]);
    const [kept] = await annotationsOf(room.services.db, slide);
    expect(kept).toMatchObject({ version: 2, geometry: { coordinates: [0.1, -1e9] }, colour: [1, 2, 3] });
  });

  it.skipIf(absent)("numbers a trail that many write at once without a gap, and breaks no link of it", async () => {
    const before = (await verifyTrail(room.services.db)).rows;
    const notes = Array.from({ length: 20 }, (_, z) => room.services.trail.note(who, { action: "t", details: { z } }));
    await Promise.all(notes);
    expect(await verifyTrail(room.services.db)).toMatchObject({ ok: true, rows: before + 20 });
    await sql`update trail set details = '{"z":99}' where seq = ${before + 3}`.execute(room.services.db);
    expect((await verifyTrail(room.services.db)).ok).toBe(false);
    await sql`delete from trail where seq > ${before}`.execute(room.services.db);
  });

  it.skipIf(absent)("keeps sessions until their end and no longer", async () => {
    const { db } = room.services;
    const now = new Date("2026-03-01T08:00:00.123Z");
    const person: Person = { ...who, how: "oidc" };
    const { cookie, csrf } = await beginSession(db, person, now);
    const found = await findSession(db, cookie, new Date(now.getTime() + 60_000));
    expect(found).toMatchObject({ csrf, person: { name: "Dr. Reader" } });
    expect(found?.ends.getTime()).toBe(now.getTime() + LONGEST_MS);
    expect(await findSession(db, cookie, new Date(now.getTime() + LONGEST_MS))).toBeNull();
    expect(await findSession(db, cookie, now)).toBeNull();
  });

  it.skipIf(absent)(
    "saves a draft once a version, signs it once, and keeps the signed text beside its addendum",
    async () => {
      const key = caseKey(room.project, "B");
      const { services } = room;
      const begun = await startDraft(services, who, { key, asked: beginDraft.body.parse({}) });
      const asked = (text: string) => ({ version: begun.version, values: { diagnosis: text }, confirmed: ["slides"] });
      const saved = await Promise.allSettled(
        ["tumour", "benign"].map((text) => saveValues(services, who, { key, asked: asked(text) })),
      );
      expect(saved.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const { version } = await loadDraft(services.db, key);
      const signed = await Promise.allSettled([1, 2].map(() => sign(services, who, { key, version })));
      expect(signed.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      await reopen(services, who, { key, why: "a second look" });
      expect(await signedReports(services.db, key)).toHaveLength(1);
    },
  );

  it.skipIf(absent)("gives each unit of the queue to one of two workers, and failed ones again", async () => {
    // An embedded database has one process, and one queue; a server has many.
    const beside = place.url === undefined ? null : unwrap(await openStore(place));
    const queues = [room.store, ...(beside === null ? [] : [beside])].map((store) => openQueue({ store, pollMs: 20 }));
    const [queue] = queues as [(typeof queues)[number]];
    const units = Array.from({ length: 30 }, (_, i): UnitOfWork => {
      return { key: `u${i}`, run: "r", slide: `s${i}`, encoder: "texture", work: { i, text: "µ \\ \"'" } };
    });
    expect(await queue.enqueue(units)).toBe(30);
    const done: string[] = [];
    const stop = new AbortController();
    const working = queues.map((one, i) =>
      one.work(
        async ({ key, work }) => {
          if (work.i === 7 && !done.includes("failed once")) {
            done.push("failed once");
            throw new Error("a defect");
          }
          done.push(key);
        },
        { signal: stop.signal, parallel: 2, worker: `w${i}` },
      ),
    );
    const settled = async () => {
      for (;;) {
        const { counts } = await queue.status("r");
        if (counts.waiting === 0 && counts.active === 0) return counts;
        await new Promise((next) => setTimeout(next, 20));
      }
    };
    expect(await settled()).toMatchObject({ done: 29, failed: 1 });
    expect(await queue.retry(null, "r")).toBe(1);
    expect(await settled()).toMatchObject({ done: 30, failed: 0 });
    stop.abort();
    await Promise.all(working);
    expect(done.sort()).toEqual(["failed once", ...units.map(({ key }) => key)].sort());
    for (const one of queues) await one.close();
    await beside?.close();
  });

  it.skipIf(absent)("of the first version comes up to date with what is in it, whoever opens it first", async () => {
    const own = engine.place();
    const old = unwrap(await openStore(own));
    await sql`drop schema public cascade`.execute(old.db);
    await sql`create schema public`.execute(old.db);
    const provider = { getMigrations: async () => MIGRATIONS };
    const { error } = await new Migrator({ db: old.db, provider }).migrateTo("0001-first");
    expect(error).toBeUndefined();
    await sql`insert into project values ('p', 'one', '/one')`.execute(old.db);
    await sql`insert into run (key, project, name, folder, task, state, counts, numbers, judgement)
      values ('r', 'p', 'study', 'runs/study', 'classify', 'finished', '{"ready":1}', '[]', '{}')`.execute(old.db);
    await old.close();
    const openers = own.url === undefined ? 1 : 3;
    const opened = await Promise.all(Array.from({ length: openers }, () => openStore(own)));
    const stores = opened.map(unwrap);
    for (const store of stores) {
      await migrate(store.db);
      const rows = await store.db.selectFrom("run").select(["key", "counts", "answer_columns"]).execute();
      expect(rows).toEqual([{ key: "r", counts: { ready: 1 }, answer_columns: [] }]);
    }
    for (const store of stores) await store.close();
  });

  it.skipIf(absent)("comes back from a backup with its whole trail and all that people did", async () => {
    const { db } = room.services;
    const key = caseKey(room.project, "B");
    const told = await verifyTrail(db);
    const annotations = await db.selectFrom("annotation").selectAll().execute();
    await room.close();
    const to = await engine.copy(place);
    room = await caseStore(to);
    const back = room.services.db;
    expect(await verifyTrail(back)).toEqual(told);
    expect(await back.selectFrom("annotation").selectAll().execute()).toEqual(annotations);
    expect(await signedReports(back, key)).toHaveLength(1);
  });

  it.skipIf(absent)("is dumped by the service where it is embedded, and says whose task it is elsewhere", async () => {
    const { store } = room;
    if (store.kind === "pglite") expect((await dumpStore(store)).length).toBeGreaterThan(1000);
    else await expect(dumpStore(store)).rejects.toMatchObject({ failure: { kind: "bad-usage" } });
  });
});
