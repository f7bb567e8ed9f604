/** A study from its first request to its report, through PostgreSQL and workers: the same predictions as of a run that was alone. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JobsPage, readJobs } from "@nacre/api";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SmallStudy, smallStudy } from "../study/small-study.ts";
import { type Fleet, hasPostgres, NACRE, startFleet, until } from "./fleet.ts";
import { KEY, startS3Like } from "./s3-like.ts";

const CHROMIUM = "/usr/bin/chromium";
const ROOM = new URL("../../../web/dist/room/index.html", import.meta.url);
/** Of the small study, one slide is not there. */
const [DONE, FAILED] = [8, 1];

describe.skipIf(!hasPostgres)("a study on PostgreSQL with workers (skipped without /usr/lib/postgresql)", () => {
  let small: SmallStudy;
  let alone: string;
  const open: { close(): unknown }[] = [];
  beforeAll(async () => {
    small = await smallStudy(DONE);
    const study = join(small.folder, "alone.yaml");
    writeFileSync(study, small.text);
    const out = mkdtempSync(join(tmpdir(), "nacre-alone-"));
    // It says by its exit code that a slide is not there.
    spawnSync(process.execPath, [NACRE, "run", study, "--out", out]);
    alone = readFileSync(join(out, "predictions.csv"), "utf8");
    rmSync(out, { recursive: true, force: true });
  });
  afterAll(async () => {
    for (const one of open.reverse()) await one.close();
    small?.remove();
  });

  const outOf = (): string => {
    const runs = join(small.folder, "runs");
    return join(runs, readdirSync(runs).sort().at(-1) ?? "");
  };
  const hold = (out: string): void => {
    expect(readFileSync(join(out, "predictions.csv"), "utf8")).toBe(alone);
    expect(existsSync(join(out, "report.html"))).toBe(true);
    const features = readdirSync(join(out, "features"));
    expect([features.length, features.filter((name) => !name.endsWith(".h5"))]).toEqual([DONE, []]);
  };

  it("ends as a run alone does, though one of its two workers is killed, and a page shows it live", async () => {
    const fleet = await startFleet({ folder: small.folder, workers: [[], []] });
    open.push(fleet);
    const run = await fleet.begin(small.text);
    const counts = async (): Promise<JobsPage["counts"]> =>
      (await fleet.ask<JobsPage>(`${readJobs.path}?run=${run}`)).counts;
    const seen = await watchPage(fleet, run, open);
    await until("the first slides", async () => ((await counts()).done ?? 0) >= 2);
    fleet.workers[0]?.kill("SIGKILL");
    await until("the end of the run", async () => (await fleet.page(run)).state === "finished");
    expect(await counts()).toMatchObject({ done: DONE, failed: FAILED, waiting: 0, active: 0 });
    hold(outOf());
    if (seen === null) return;
    // The killed worker was there, and is not any more: 45 seconds of silence.
    await until("a page with the worker that is left", async () => (await seen.workers()) === 1, 60);
    expect(seen.most()).toBe(2);
    expect(await seen.counts()).toBe(`${DONE} of ${DONE + FAILED} units done, 0 at work, ${FAILED} failed`);
    expect(seen.different()).toBeGreaterThan(3);
  });

  it("ends so through storage for objects too, with workers that see no run folder", async () => {
    const s3 = await startS3Like();
    open.push(s3);
    const config = join(small.folder, "nacre.yaml");
    writeFileSync(config, "store: s3://archive/features\n");
    const env = {
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_ENDPOINT_URL: s3.url,
      AWS_REGION: "eu-central-1",
    };
    const scratch = ["a", "b"].map((name) => mkdtempSync(join(tmpdir(), `nacre-scratch-${name}-`)));
    // What lies under runs is nowhere for them.
    const apart = ["--map", `${join(small.folder, "runs")}=/nowhere/runs`];
    const workers = scratch.map((place) => [...apart, "--scratch", place]);
    const fleet = await startFleet({ folder: small.folder, serve: ["--config", config], env, workers });
    open.push(fleet);
    const run = await fleet.begin(small.text);
    s3.fail(3);
    await until("the end of the run", async () => (await fleet.page(run)).state === "finished");
    hold(outOf());
    const stored = [...s3.objects.keys()].filter((key) => key.startsWith(`/archive/features/${run}/features/`));
    expect(stored).toHaveLength(DONE);
    const jobs = await fleet.ask<JobsPage>(`${readJobs.path}?run=${run}`);
    expect(jobs.counts).toMatchObject({ done: DONE, failed: FAILED });
    for (const place of scratch) rmSync(place, { recursive: true, force: true });
  });
});

interface SeenPage {
  /** Rows of the table of workers, now. */
  workers(): Promise<number>;
  /** The most there were. */
  most(): number;
  /** The line of counts, now. */
  counts(): Promise<string>;
  /** How many different lines there were. */
  different(): number;
}

/** Opens the page of the run's workers and looks at it without loading it again. @returns null where there is no browser, or no built room */
async function watchPage(fleet: Fleet, run: string, open: { close(): unknown }[]): Promise<SeenPage | null> {
  if (!existsSync(CHROMIUM) || !existsSync(ROOM)) {
    console.log(`skipped: the page of the workers, for want of ${CHROMIUM} or of the built room`);
    return null;
  }
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  open.push(browser);
  const page = await browser.newPage();
  await page.goto(`${fleet.url}/runs/${run}?section=workers`);
  await page.getByText("units done").first().waitFor();
  const rows = page.locator("table.plain tbody tr");
  const line = page.getByText("units done").first();
  const lines = new Set<string>();
  let most = 0;
  const timer = setInterval(() => {
    const look = Promise.all([rows.count(), line.textContent()]);
    void look
      .then(([count, text]) => {
        most = Math.max(most, count);
        lines.add(text ?? "");
      })
      .catch(() => {});
  }, 250);
  open.push({ close: () => clearInterval(timer) });
  return {
    workers: () => rows.count(),
    most: () => most,
    counts: async () => (await line.textContent()) ?? "",
    different: () => lines.size,
  };
}
