import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Archive } from "../../src/archive/archive.ts";
import { openArchive } from "../../src/archive/folder-archive.ts";
import { keyOf } from "../../src/archive/key-of.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { COHORT, emptyProject, type SmallProject, smallProject } from "./small-project.ts";

const data = mkdtempSync(join(tmpdir(), "nacre-data-"));
let store: Store;
let small: SmallProject;
let archive: Archive;
let project: string;
const NOW = new Date("2026-01-02T03:04:05.000Z");

beforeAll(async () => {
  store = unwrap(await openStore({ folder: data }));
  small = await smallProject();
  archive = await openArchive({
    projects: [{ name: "small", folder: small.folder }],
    db: store.db,
    data,
    now: () => NOW,
  });
  project = archive.projects[0]?.key ?? "";
});

afterAll(async () => {
  await store.close();
  small.remove();
  rmSync(data, { recursive: true, force: true });
});

const slideAt = (path: string) =>
  store.db
    .selectFrom("slide")
    .selectAll()
    .where("key", "=", keyOf("slide", project, path))
    .executeTakeFirst();

describe("scan", () => {
  it("finds slides, cases and runs, and opens no slide: a broken one is not known to be", async () => {
    expect(await archive.scan(project)).toEqual({ slides: 5, cases: 4, runs: 1, left: [], leftTotal: 0 });
    expect(await slideAt("loose/broken.svs")).toMatchObject({ state: "unread", name: "loose__broken" });
    expect(await slideAt("run/slides/one.svs")).toMatchObject({
      state: "ready",
      quality: [],
      synthetic: true,
      patient: "P-01",
      site: "site-a",
      scanner: "scanner-1",
      case_key: keyOf("case", project, "P-01"),
      facts: { age: "63", diagnosis: "tumour" },
    });
  });

  it("tells what a run says of a slide, in words that name no file", async () => {
    const two = await slideAt("run/slides/two.svs");
    expect(two).toMatchObject({ state: "failed", quality: ["blur", "pen"], failure: { kind: "no-tissue" } });
    expect(JSON.stringify(two?.failure)).not.toContain("two.svs");
    expect(await slideAt("run/slides/gone.svs")).toMatchObject({ state: "failed", failure: { kind: "missing-file" } });
  });

  it("puts the run and its answers into rows", async () => {
    const run = await store.db.selectFrom("run").selectAll().executeTakeFirstOrThrow();
    expect(run).toMatchObject({
      key: keyOf("run", project, "run"),
      name: "small",
      task: "classify",
      state: "finished",
      synthetic: true,
      counts: { ready: 1, failed: 2, waiting: 0 },
    });
    expect(run.judgement).toMatchObject({ positive: "tumour" });
    const answer = await store.db
      .selectFrom("prediction")
      .selectAll()
      .where("case_key", "=", keyOf("case", project, "P-01"))
      .executeTakeFirstOrThrow();
    expect(answer.value).toBeCloseTo(0.9, 12);
    expect(answer.why).not.toBe("");
  });

  it("changes nothing when nothing changed, and keeps what people did", async () => {
    const key = keyOf("case", project, "P-01");
    await store.db.updateTable("patient_case").set({ assignee: "ada", state: "open" }).where("key", "=", key).execute();
    const before = await store.db.selectFrom("slide").selectAll().orderBy("key").execute();
    await archive.scan(project);
    expect(await store.db.selectFrom("slide").selectAll().orderBy("key").execute()).toEqual(before);
    const kept = await store.db.selectFrom("patient_case").selectAll().where("key", "=", key).executeTakeFirst();
    expect(kept).toMatchObject({ assignee: "ada", state: "open" });
  });

  it("keeps what opening a file taught until the file changes", async () => {
    const key = keyOf("slide", project, "loose/alone.svs");
    await store.db.updateTable("slide").set({ state: "ready", synthetic: true }).where("key", "=", key).execute();
    await archive.scan(project);
    expect(await slideAt("loose/alone.svs")).toMatchObject({ state: "ready", synthetic: true });
    writeFileSync(join(small.folder, "loose/alone.svs"), "something else");
    await archive.scan(project);
    expect(await slideAt("loose/alone.svs")).toMatchObject({ state: "unread", synthetic: false });
  });

  it("makes one row of a slide that two runs name, and believes the later one", async () => {
    small.write(
      "later/study.yaml",
      `name: later\ncohort: ../run/cohort.csv\nslides: ../run/slides\ntask: { kind: classify, label: diagnosis }\n`,
    );
    small.write("later/slides.csv", "slide,path,patient,case,state,quality\ntwo,two.svs,P-02,P-02,ready,pass\n");
    expect(await archive.scan(project)).toMatchObject({ slides: 5, runs: 2 });
    expect(await slideAt("run/slides/two.svs")).toMatchObject({ state: "ready", quality: [], failure: null });
  });

  it("names a broken study as the run's failure and reads the rest", async () => {
    small.write("later/study.yaml", "name: later\nslidse: x\n");
    await archive.scan(project);
    const run = await store.db
      .selectFrom("run")
      .selectAll()
      .where("key", "=", keyOf("run", project, "later"))
      .executeTakeFirst();
    expect(run).toMatchObject({ state: "failed", failure: { kind: "bad-study" } });
    expect(JSON.stringify(run?.failure)).not.toContain(small.folder);
  });

  it("never opens a cohort or slides outside of the folder, whatever a study says", async () => {
    const secret = emptyProject();
    secret.write("cohort.csv", "slide,patient\nsecret.svs,SECRET\n");
    secret.write("secret.svs", "x");
    small.write(
      "later/study.yaml",
      `name: later\ncohort: ${secret.folder}/cohort.csv\nslides: ${secret.folder}\ntask: { kind: classify, label: d }\n`,
    );
    await archive.scan(project);
    const rows = await store.db.selectFrom("slide").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("SECRET");
    expect(rows.find(({ path }) => path.includes("outside"))).toMatchObject({
      state: "failed",
      failure: { kind: "missing-file" },
    });
    secret.remove();
  });

  it("takes a loose cohort table and one that was brought for slides that no run names", async () => {
    small.write("loose/cohort.csv", "slide,patient,case\nbroken.svs,P-09,C-9\n");
    await archive.scan(project);
    expect(await slideAt("loose/broken.svs")).toMatchObject({
      patient: "P-09",
      case_key: keyOf("case", project, "C-9"),
    });
  });

  it("takes for slides what a run used as slides, be it one instance of a series or a picture beside slides", async () => {
    for (const name of ["1.dcm", "2.dcm"]) small.write(`named/slides/series/${name}`, "x");
    for (const name of ["s.svs", "p.png"]) small.write(`named/slides/${name}`, "x");
    await archive.scan(project);
    const ofNamed = async () =>
      (
        await store.db
          .selectFrom("slide")
          .select(["path", "state"])
          .where("path", "like", "named/%")
          .where("state", "!=", "failed")
          .orderBy("path")
          .execute()
      ).map(({ path }) => path);
    expect(await ofNamed()).toEqual(["named/slides/s.svs", "named/slides/series"]);
    small.write(
      "named/study.yaml",
      "name: named\ncohort: cohort.csv\nslides: slides\ntask: { kind: classify, label: d }\n",
    );
    small.write("named/cohort.csv", "slide,patient,d\nseries/1.dcm,P-5,a\nseries/2.dcm,P-6,b\np.png,P-7,a\n");
    small.write("named/slides.csv", "slide,path,patient,case,state\n");
    await archive.scan(project);
    expect(await ofNamed()).toEqual([
      "named/slides/p.png",
      "named/slides/s.svs",
      "named/slides/series/1.dcm",
      "named/slides/series/2.dcm",
    ]);
    rmSync(join(small.folder, "named"), { recursive: true });
  });

  it("says of what is gone that it is gone, and keeps the rows that people's work hangs on", async () => {
    const before = await slideAt("run/slides/one.svs");
    rmSync(join(small.folder, "run"), { recursive: true });
    rmSync(join(small.folder, "later"), { recursive: true });
    expect(await archive.scan(project)).toMatchObject({ runs: 0 });
    expect(await slideAt("run/slides/one.svs")).toMatchObject({
      key: before?.key,
      patient: "P-01",
      state: "failed",
      failure: { kind: "missing-file" },
    });
    expect(await store.db.selectFrom("run").selectAll().execute()).toEqual([]);
    expect(await store.db.selectFrom("prediction").selectAll().execute()).toEqual([]);
    const kept = await store.db.selectFrom("patient_case").select("key").where("assignee", "=", "ada").execute();
    expect(kept).toHaveLength(1);
    small.write("run/cohort.csv", COHORT);
  });
});

describe("openArchive", () => {
  it("refuses a folder that is not there and two projects of one name", async () => {
    const open = (projects: readonly { name: string; folder: string }[]) =>
      openArchive({ projects, db: store.db, data, now: () => NOW });
    await expect(open([{ name: "x", folder: join(small.folder, "nothing") }])).rejects.toMatchObject({
      failure: { kind: "missing-file" },
    });
    const twins = [
      { name: "x", folder: small.folder },
      { name: "x", folder: data },
    ];
    await expect(open(twins)).rejects.toMatchObject({ failure: { kind: "duplicate-id" } });
  });

  it("shows a project to whom it was granted, and to others it is not there", () => {
    const who = { id: "t", name: "t", role: "viewer" as const, rights: [], how: "token" as const };
    expect(archive.project({ ...who, projects: null }, project).key).toBe(project);
    expect(archive.project({ ...who, projects: [project] }, project).key).toBe(project);
    expect(() => archive.project({ ...who, projects: [] }, project)).toThrow("not-found");
    expect(archive.seenBy({ ...who, role: "worker", projects: null })).toEqual([]);
  });
});
