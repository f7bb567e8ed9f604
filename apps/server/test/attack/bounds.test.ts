/** What must stay bounded, and what must not be lost at a bound. */
import { beginDraft, retryUnits, saveDraft } from "@nacre/api";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { emptyProject, SLIDES_CSV, type SmallProject, STUDY } from "../archive/small-project.ts";
import { type TestServer, testServer } from "../test-server.ts";

let small: SmallProject;
let server: TestServer;
let project: string;
beforeAll(async () => {
  small = emptyProject();
  small.write("run/study.yaml", STUDY);
  small.write("run/slides.csv", SLIDES_CSV);
  small.write("run/.nacre/state.json", '{"state":"finished"}');
  server = await testServer({ projects: [{ name: "small", folder: small.folder }] });
  project = server.services.archive.projects[0]?.key ?? "";
  await server.services.archive.scan(project);
});
afterAll(async () => {
  await server?.close();
  small?.remove();
});

describe("A row of the trail", () => {
  it("does not grow with what a caller repeats: nobody can take it away again", async () => {
    const params = { case: keyOf("case", project, "P-01") };
    const draft = await server.call(beginDraft, { params, body: { template: "general", run: null } });
    const name = draft.fields[0]?.name ?? "";
    const save = (n: number) =>
      server.send(saveDraft, { params, body: { version: draft.version, values: {}, confirmed: Array(n).fill(name) } });
    expect((await save(100_000)).status).toBe(400);
    expect((await save(200)).status).toBe(200);
    const rows = await server.services.db.selectFrom("trail").select("details").execute();
    expect(Math.max(...rows.map(({ details }) => details.length))).toBeLessThan(1000);
  });

  it("says who put failed units back, be it somebody who sees every project", async () => {
    const { db } = server.services;
    const unit = { key: "u", run: "r", slide: "s", encoder: "e", state: "failed", attempts: 1, worker: null } as const;
    const more = { failure: null, work: "{}", updated: new Date().toISOString() };
    await db
      .insertInto("unit")
      .values({ ...unit, ...more })
      .execute();
    expect(await server.call(retryUnits, { body: {} })).toEqual({ retried: 1 });
    const rows = await db.selectFrom("trail").select("details").where("action", "=", "units.retried").execute();
    expect(rows.map(({ details }) => details)).toEqual(['{"retried":1}']);
  });
});

describe("A stream of a run's events", () => {
  it("holds every event that was kept, however many", async () => {
    const { db, studies } = server.services;
    const run = keyOf("run", project, "run");
    const many = 20_050;
    await sql`insert into run_event (run, at, event) select ${run}, now(),
      json_build_object('kind', 'said', 'at', '2026-01-05T08:00:00.000Z', 'text', n::text)::jsonb from generate_series(1, ${many}::int) n`.execute(
      db,
    );
    const texts: string[] = [];
    for await (const { event } of studies.watch(run, 0, new AbortController().signal))
      if (event.kind === "said") texts.push(event.text);
    expect([texts.length, texts.at(-1)]).toEqual([many, String(many)]);
  });
});
