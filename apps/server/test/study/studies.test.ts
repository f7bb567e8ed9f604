/** Studies over the network: asked, watched, stopped, taken up again, read. */
import { appendFileSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkRun,
  listRuns,
  type RunEvent,
  readBoard,
  readReport,
  readRun,
  resumeRun,
  startRun,
  stopRun,
} from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../test-server.ts";
import { type SmallStudy, smallStudy } from "./small-study.ts";

let small: SmallStudy;
let server: TestServer;
let project: string;
beforeAll(async () => {
  small = await smallStudy();
  server = await testServer({ projects: [{ name: "study", folder: small.folder }] });
  project = server.services.archive.projects[0]?.key ?? "";
});
afterAll(async () => {
  await server?.close();
  small?.remove();
});

describe("a study that is asked for", () => {
  it.each([
    ["slides", "slides: slides", "slides: ../"],
    ["cohort", "cohort: cohort.csv", "cohort: /etc/passwd"],
    ["slides", "slides: slides", "slides: link"],
    ["encoder", "seed: 3", "encoder: ../../somewhere/encoder"],
  ])("is refused where %s leads out of the project", async (key, from, to) => {
    if (to.endsWith("link")) symlinkSync(tmpdir(), join(small.folder, "link"));
    const study = small.text.replace(from, to);
    const checked = await server.call(checkRun, { body: { project, study } });
    expect(checked.failure?.kind).toBe("bad-study");
    expect(checked.failure?.expected).toMatch(new RegExp(`^${key}:`));
    const reply = await server.send(startRun, { body: { project, study } });
    expect(reply.status).toBe(422);
    expect(await reply.text()).not.toContain(small.folder);
  });

  it("is told back as it would run, and what is wrong with it without a path of this machine", async () => {
    const good = await server.call(checkRun, { body: { project, study: small.text } });
    expect(good.ok).toBe(true);
    expect(good.resolved).toContain("folds: 2");
    expect(good.resolved).not.toContain(small.folder);
    expect(good.says).toEqual([
      "13 slides of 13 patients: 7 benign, 6 tumour.",
      "1 of 13 slides are not there and will be listed as failed: gone.svs.",
      expect.stringMatching(/^Divided by patient into 2 folds, 6 to 7 patients to test in each/),
    ]);
    const study = small.text.replace("label: label", "label: nothing");
    const bad = await server.call(checkRun, { body: { project, study } });
    expect(bad.failure?.kind).toBe("missing-column");
    expect(JSON.stringify(bad)).not.toContain(small.folder);
  });

  it("is not begun where its tables alone show that it cannot be", async () => {
    const study = small.text.replace("seed: 3", "encoder: textur");
    const reply = await server.send(startRun, { body: { project, study } });
    expect([reply.status, ((await reply.json()) as { error: { kind: string } }).error.kind]).toEqual([
      422,
      "bad-encoder",
    ]);
    expect((await server.call(listRuns, { query: { project } })).rows).toEqual([]);
  });
});

describe("a study in the service", () => {
  it("is watched to its end, stopped and taken up again on the way, and read", async () => {
    const row = await server.call(startRun, { body: { project, study: small.text, name: "first try" } });
    expect(["queued", "running"]).toContain(row.state);
    await server.call(stopRun, { params: { run: row.key } });
    expect((await server.call(readRun, { params: { run: row.key } })).state).toBe("stopped");
    await resumed(row.key);
    const events = await watch(row.key);
    const last = events.at(-1);
    expect(last).toEqual({ kind: "state", state: "finished", failure: null });
    const kinds = new Set(events.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["loss", "progress", "slide", "state"]);
    const page = await server.call(readRun, { params: { run: row.key } });
    expect(page.state).toBe("finished");
    expect(page.losses.length).toBeGreaterThanOrEqual(2);
    expect(page.failures).toMatchObject([{ name: "gone", failure: { kind: "missing-file" } }]);
    expect(page.hasReport).toBe(true);
    expect(JSON.stringify(page)).not.toContain(small.folder);
    expect(page).toMatchObject({
      name: "first-try",
      folder: "runs/first-try",
      synthetic: true,
      slides: { ready: 12, failed: 1 },
    });
    expect(page.numbers.length).toBeGreaterThan(0);
    expect(page.settings).toMatchObject({ "split.by": "patient", "task.classes": "benign, tumour", seed: "3" });
    const report = await server.send(readReport, { params: { run: row.key } });
    expect(report.headers.get("content-security-policy")).toContain("sandbox");
    expect(await report.text()).toContain("<!doctype html>");
  });

  it("tries failed slides again where somebody has mended them, and has nothing to do when none is left", async () => {
    const run = (await server.call(listRuns, { query: { project } })).rows[0]?.key ?? "";
    copyFileSync(join(small.folder, "slides", "s1.svs"), join(small.folder, "slides", "gone.svs"));
    appendFileSync(join(small.folder, "slides", "gone.svs"), "\0");
    await resumed(run);
    expect((await watch(run)).at(-1)).toEqual({ kind: "state", state: "finished", failure: null });
    await server.services.archive.scan(project);
    expect((await server.call(readRun, { params: { run } })).failures).toEqual([]);
    expect((await server.send(resumeRun, { params: { run } })).status).toBe(409);
  });

  it("gives its tables and numbers to take along, and names nothing else of its folder", async () => {
    const run = (await server.call(listRuns, { query: { project } })).rows[0]?.key ?? "";
    const { files = [] } = await server.call(readRun, { params: { run } });
    expect(files).toContain("predictions.csv");
    expect(files).toContain("table.tex");
    const taken = await server.fetch(`/api/runs/${run}/files/predictions.csv`);
    expect(taken.headers.get("content-disposition")).toContain("first-try-predictions.csv");
    expect(await taken.text()).toMatch(/^slide,case,patient/);
    expect((await server.fetch(`/api/runs/${run}/files/..%2Fcohort.csv`)).status).toBe(400);
    expect((await server.fetch(`/api/runs/${run}/files/report.html`)).status).toBe(400);
  });

  it("can be heard again from where a connection broke", async () => {
    const { rows } = await server.call(listRuns, { query: { project } });
    const run = rows[0]?.key ?? "";
    const ids = (await streamOf(run)).match(/^id: \d+$/gm)?.map((line) => Number(line.slice(4))) ?? [];
    const whole = await watch(run);
    // Who listens anew hears the last try alone.
    expect(whole.filter((event) => event.kind === "state" && event.state === "queued")).toHaveLength(1);
    const some = await watch(run, ids[2]);
    expect(whole.slice(-some.length)).toEqual(some);
    expect(whole.length - some.length).toBeGreaterThanOrEqual(2);
  });

  it("stands on the board of its project, or the board says why there is none", async () => {
    const { board, reason, runs } = await server.call(readBoard, { query: { project } });
    expect(runs).toHaveLength(1);
    expect((board === null) !== (reason === null)).toBe(true);
  });

  it("says what went wrong where it cannot be run", async () => {
    mkdirSync(join(small.folder, "other"), { recursive: true });
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const name of names) writeFileSync(join(small.folder, "slides", `${name}.svs`), "no slide");
    const lines = names.map((name, i) => `${name}.svs,${name},${i % 2 === 0 ? "tumour" : "benign"}`);
    writeFileSync(join(small.folder, "other", "cohort.csv"), ["slide,patient,label", ...lines].join("\n"));
    const study = small.text.replace("cohort: cohort.csv", "cohort: other/cohort.csv");
    const reply = await server.send(startRun, { body: { project, study, name: "broken" } });
    const { key } = (await reply.json()) as { key: string };
    expect(reply.status).toBe(200);
    expect((await watch(key)).at(-1)).toMatchObject({ kind: "state", state: "failed" });
    const page = await server.call(readRun, { params: { run: key } });
    expect(page.failure?.kind).toBe("nothing-usable");
    expect(JSON.stringify(page)).not.toContain(small.folder);
  });
});

/** Takes a run up as soon as its process has left. */
async function resumed(run: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const reply = await server.send(resumeRun, { params: { run } });
    if (reply.status === 200) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error("expected the run to be taken up within 30 s");
}

/** Events of a run until its stream ends. */
async function watch(run: string, after?: number): Promise<RunEvent[]> {
  const text = await streamOf(run, after);
  return text
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)) as RunEvent);
}

async function streamOf(run: string, after?: number): Promise<string> {
  const headers: Record<string, string> = after === undefined ? {} : { "last-event-id": String(after) };
  return (await server.fetch(`/api/runs/${run}/events`, { headers })).text();
}
