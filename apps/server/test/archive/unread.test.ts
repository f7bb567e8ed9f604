import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunEvent } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keyOf } from "../../src/archive/key-of.ts";
import { scanProject } from "../../src/archive/scan-project.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { COHORT, emptyProject, PREDICTIONS, SLIDES_CSV, type SmallProject, STUDY } from "./small-project.ts";

let data: string;
let store: Store;
let small: SmallProject;
const project = keyOf("project", "small");

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "nacre-data-"));
  store = unwrap(await openStore({ folder: data }));
  small = emptyProject();
  await store.db.insertInto("project").values({ key: project, name: "small", folder: small.folder }).execute();
});

afterEach(async () => {
  await store.close();
  small.remove();
  rmSync(data, { recursive: true, force: true });
});

const scan = (folder = small.folder) =>
  scanProject(
    { key: project, name: "small", folder },
    { db: store.db, tables: join(data, "tables"), now: () => new Date(0) },
  );

/** All that a scan could delete or change. */
async function everyRow(): Promise<unknown> {
  const { db } = store;
  return {
    runs: await db.selectFrom("run").selectAll().orderBy("key").execute(),
    events: await db.selectFrom("run_event").selectAll().orderBy("seq").execute(),
    predictions: await db.selectFrom("prediction").selectAll().orderBy("run").orderBy("case_key").execute(),
    slides: await db.selectFrom("slide").selectAll().orderBy("key").execute(),
    cases: await db.selectFrom("patient_case").selectAll().orderBy("key").execute(),
  };
}

/** A run whose slides lie at a path inside the project, and an event of it that no file holds. */
async function scannedRun(folder: string, slides: string): Promise<void> {
  const { write } = small;
  const up = folder
    .split("/")
    .map(() => "..")
    .join("/");
  write(`${folder}/study.yaml`, STUDY.replace("slides: slides", `slides: ${up}/${slides}`));
  write(`${folder}/cohort.csv`, COHORT);
  write(`${folder}/slides.csv`, SLIDES_CSV);
  write(`${folder}/predictions.csv`, PREDICTIONS);
  write(`${folder}/.nacre/state.json`, '{"state":"finished"}');
  for (const name of ["one", "two"]) write(`${slides}/${name}.svs`, name);
  await scan();
  const run = keyOf("run", project, folder);
  const event: RunEvent = { kind: "loss", fold: 0, epoch: 1, train: 0.5, tune: 0.6 };
  await store.db
    .insertInto("run_event")
    .values({ run, at: new Date(0).toISOString(), event: JSON.stringify(event) })
    .execute();
}

/** The longest path that Linux opens: below a folder that is nearly there, folders are told of and cannot be read, whoever asks. */
const LONGEST = 4096;

/** Scans as from a place where every folder of the project with a name of 100 letters or more cannot be read. */
async function scanWithLongUnread(): Promise<{ readonly left: readonly string[] }> {
  const base = mkdtempSync(join(tmpdir(), "nacre-long-"));
  let far = base;
  while (far.length < LONGEST - 400) far = join(far, "x".repeat(200));
  far = join(far, "y".repeat(LONGEST - 90 - far.length - 1));
  try {
    mkdirSync(dirname(far), { recursive: true });
    renameSync(small.folder, far);
    return await scan(far);
  } finally {
    if (existsSync(far)) renameSync(far, small.folder);
    rmSync(base, { recursive: true, force: true });
  }
}

const LONG = "l".repeat(120);

describe.skipIf(process.platform !== "linux")("a folder that cannot be read for a moment", () => {
  it("takes no run along, nor its answers, its events, its slides, or the cases that its table makes", async () => {
    await scannedRun(LONG, "elsewhere");
    const before = await everyRow();
    expect(before).toMatchObject({ runs: [{ state: "finished" }], events: [{}], predictions: [{}, {}] });
    expect((await scanWithLongUnread()).left).toEqual([`${LONG}: could not be read`]);
    expect(await everyRow()).toEqual(before);
    await scan();
    expect(await everyRow()).toEqual(before);
  });

  it("leaves the slides below it as they are, of a run that is read and of none", async () => {
    small.write(`${LONG}/loose.svs`, "loose");
    small.write(`${LONG}.svs`, "a slide that is listed and cannot be asked");
    await scannedRun("run", LONG);
    await store.db.updateTable("slide").set({ state: "ready" }).where("name", "=", `${LONG}__loose`).execute();
    const before = await everyRow();
    expect(before).toMatchObject({ slides: { length: 5 } });
    await scanWithLongUnread();
    expect(await everyRow()).toEqual(before);
  });

  it("does not hide what is gone elsewhere", async () => {
    small.write(`${LONG}/loose.svs`, "loose");
    small.write("a.svs", "a");
    await scannedRun("run", "slides");
    rmSync(join(small.folder, "run"), { recursive: true });
    rmSync(join(small.folder, "a.svs"));
    await scanWithLongUnread();
    expect(await everyRow()).toMatchObject({ runs: [], events: [], predictions: [] });
    const slides = await store.db.selectFrom("slide").select(["path", "state"]).orderBy("path").execute();
    expect(slides.filter(({ path }) => !path.startsWith("slides/"))).toEqual([
      { path: "a.svs", state: "failed" },
      { path: `${LONG}/loose.svs`, state: "unread" },
    ]);
  });
});

describe("a project's folder that cannot be read", () => {
  it("changes no row", async () => {
    await scannedRun("run", "slides");
    const before = await everyRow();
    const aside = `${small.folder}-aside`;
    renameSync(small.folder, aside);
    try {
      expect((await scan()).left).toEqual(["the folder itself: could not be read"]);
      expect(await everyRow()).toEqual(before);
      writeFileSync(small.folder, "a file in its place");
      await scan();
      expect(await everyRow()).toEqual(before);
      rmSync(small.folder);
    } finally {
      renameSync(aside, small.folder);
    }
    await scan();
    expect(await everyRow()).toEqual(before);
  });
});
