/**
 * Studies in a browser over the real service: the list, a finished run, a study checked as it is written. A run that is under way is
 * played from events of the route's own schema.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { listRuns, type RunEvent, type RunPage, readJobs, readRun, watchRun } from "@nacre/api";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { comparedMeasures } from "../../src/room/study/compare.tsx";
import { readAudit } from "../../src/room/study/read-audit.ts";
import { estimateRows, sharedMethod, withoutMethod } from "../../src/room/study/scorecard-rows.ts";
import { differing } from "../../src/room/study/settings-compared.tsx";
import { lineOf, spanOfLine, templateStudy } from "../../src/room/study/study-line.ts";
import { joinLosses, NOTHING, withEvent } from "../../src/room/study/use-run.ts";
import { baselineTitle, measureTitle, noteText, numberText, timeLeft } from "../../src/room/study/words.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

describe("what a study's failure points at", () => {
  const text = templateStudy("mine");
  it("is the line that a parser names, or the line of the innermost key that the text has", () => {
    expect(lineOf({ expected: "valid YAML", received: "bad indentation at line 3, column 5" }, text)).toBe(3);
    expect(lineOf({ expected: "task.positive: one of the classes", received: "x" }, text)).toBe(7);
    expect(lineOf({ expected: "split.external: a site", received: "x" }, text)).toBe(10);
    expect(lineOf({ expected: "nothing named", received: "x" }, text)).toBe(null);
  });
  it("is the line of a word that was received, or of a key that is named within", () => {
    const wrong = text.replace("abmil", "abmill").replace("label: diagnosis", "label: diagnose");
    expect(lineOf({ expected: "an aggregator: mean, max, abmil", received: "abmill" }, wrong)).toBe(9);
    expect(lineOf({ expected: "a column `diagnose` in cohort.csv", received: "slide, diagnosis" }, wrong)).toBe(6);
    const more = `${text}fit: { epochs: many }\ncolour: srgb\n`;
    const whole = "a whole number of at least 1 for fit.epochs";
    expect(lineOf({ expected: whole, received: '"many" in study.yaml' }, more)).toBe(14);
    const key = "a known key at the top level (name, cohort)";
    expect(lineOf({ expected: key, received: "`colour` in study.yaml" }, more)).toBe(15);
  });
  it("selects exactly that line", () => {
    const [from, to] = spanOfLine(text, 2);
    expect(text.slice(from, to)).toMatch(/^cohort: cohort.csv/);
  });
});

describe("numbers of a run", () => {
  const estimate = { value: 0.9, low: 0.8, high: 0.95, n: 40, method: "bootstrap" };
  it("are found wherever they stand in a scorecard, and tables of their own are left to the report", () => {
    const rows = estimateRows({ n: 40, auroc: estimate, calibration: { slope: estimate }, folds: { auroc: estimate } });
    expect(rows.map(({ name }) => name)).toEqual(["auroc", "calibration.slope"]);
    expect(rows[0]).toEqual({ name: "auroc", reason: null, ...estimate });
  });
  it("say when there is no interval and when there is no value", () => {
    expect(numberText({ value: 0.9, low: null, high: null, n: 40 })).toBe("0.900 (no interval), n = 40");
    expect(numberText({ value: null, low: null, high: null, n: null })).toBe("not defined");
    expect(measureTitle("balancedAccuracy")).toBe("Balanced accuracy");
    expect(timeLeft(3 * 3600 + 300)).toBe("3 h 5 min");
    expect(noteText("fit-2 epoch 15, train loss 0.003")).toBe("fold 2, epoch 15, train loss 0.003");
    expect(noteText("site-a-001")).toBe("site-a-001");
    expect(baselineTitle("siteOnly")).toBe("The hospital's name alone, no pixel");
  });
  it("stand in the same rows for every run that is compared, internal first", () => {
    const of = (name: string, part: "internal" | "external") => ({ name, part, value: 1, low: 0, high: 1, n: 2 });
    const runs = [
      { numbers: [of("auroc", "external")] },
      { numbers: [of("auroc", "internal"), of("ece", "internal")] },
    ];
    expect(comparedMeasures(runs).map(({ name, part }) => `${part} ${name}`)).toEqual([
      "internal auroc",
      "internal ece",
      "external auroc",
    ]);
  });
});

describe("methods of numbers", () => {
  it("say once what most have in common", () => {
    const boot = "95 % bootstrap";
    const rows = ["share called", "Brier score", "recall", "precision"].map((what) => ({ method: `${what}; ${boot}` }));
    const shared = sharedMethod([...rows, { method: null }]);
    expect(shared).toBe(boot);
    expect(withoutMethod("Brier score; 95 % bootstrap; no interval: all the same", shared)).toBe(
      "Brier score; no interval: all the same",
    );
    expect(sharedMethod(rows.slice(2))).toBe(null);
  });
});

describe("studies that are compared", () => {
  it("differ in the keys that have not the same value in all, their names aside", () => {
    const one = { name: "a", "split.by": "site", "fit.epochs": "60" };
    const other = { name: "b", "split.by": "patient", "fit.epochs": "60", "tiles.stain": "macenko" };
    expect(differing([one, other])).toEqual([
      { key: "split.by", values: ["site", "patient"] },
      { key: "tiles.stain", values: [null, "macenko"] },
    ]);
  });
});

describe("an audit", () => {
  it("is read with the gravest finding first, and what is no finding is left out", () => {
    const finding = { count: 2, share: null, examples: [], effect: "e", remedy: "r" };
    const read = readAudit({
      findings: [
        { ...finding, kind: "small-test", severity: "warn" },
        3,
        { ...finding, kind: "leak", severity: "refuse" },
      ],
    });
    expect(read?.findings.map(({ kind }) => kind)).toEqual(["leak", "small-test"]);
    expect(readAudit(null)).toBe(null);
  });
});

describe("events of a run", () => {
  it("add to what was read, each epoch of a fold once", () => {
    const loss = { fold: 0, epoch: 1, train: 0.7, tune: 0.6 };
    const heard = withEvent(NOTHING, { kind: "loss", ...loss, train: 0.5 });
    expect(joinLosses([loss], heard.losses)).toEqual([{ ...loss, train: 0.5 }]);
    expect(withEvent(heard, { kind: "slide", slide: "a", state: "ready", failure: null })).toBe(heard);
    expect(withEvent(heard, { kind: "state", state: "running", failure: null })).toBe(heard);
    expect(withEvent(heard, { kind: "state", state: "stopped", failure: null }).rest).toBe("stopped");
  });
});

describe.skipIf(isAbsent)("the pages of studies", () => {
  let room: Room;
  let row: RunPage;
  beforeAll(async () => {
    room = await openRoom();
    writeFileSync(join(room.folder, "cohort.csv"), "slide,patient,site,diagnosis\nalone.svs,P-09,site-a,benign\n");
    const key = (await room.server.call(listRuns, {})).rows[0]?.key ?? "";
    row = await room.server.call(readRun, { params: { run: key } });
  });
  afterAll(async () => {
    await room?.close();
  });

  it("list runs with their headline numbers and intervals, and open one by Enter", async () => {
    const page = await room.open("/runs");
    await page.getByRole("link", { name: row.name }).waitFor();
    await page.getByRole("img", { name: "AUROC, internal 1.000, interval 0.200 to 1.000" }).waitFor();
    await page.getByRole("checkbox", { name: `Compare ${row.name}` }).check();
    await page.getByRole("region", { name: "Side by side" }).getByText("AUROC, internal").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("j");
    await page.getByRole("grid", { name: "Runs" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: row.name }).waitFor();
  });

  it("show a finished run's numbers with n and interval, and slides that failed with their reason", async () => {
    const page = await room.open(`/runs/${row.key}`);
    const line = page.getByRole("row").filter({ hasText: "AUROC" }).first();
    expect(await line.textContent()).toContain("0.200 to 1.000");
    const file = page.getByRole("link", { name: "predictions.csv", exact: true });
    expect(await file.getAttribute("href")).toBe(`/api/runs/${row.key}/files/predictions.csv`);
    await page.getByRole("tab", { name: /^Failed slides/ }).click();
    await page.getByRole("row").filter({ hasText: "no tissue" }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it("check a study as it is written, name the line, and do not start what is wrong", async () => {
    const page = await room.open("/runs");
    await page.getByRole("link", { name: row.name }).waitFor();
    await page.keyboard.press("n");
    const dialog = page.getByRole("dialog");
    const text = dialog.getByLabel("Study", { exact: true });
    await text.fill("name: x\ncohort: cohort.csv\nslides: [\n");
    await dialog.getByText(/Not yet a study/).waitFor();
    await dialog.getByText("What to do").waitFor();
    expect(await dialog.getByRole("button", { name: "Start the run" }).isDisabled()).toBe(true);
    await text.fill("name: x\ncohort: ../../etc/passwd\nslides: loose\ntask: { kind: classify, label: diagnosis }\n");
    await dialog.getByText("Not yet a study: line 2").waitFor();
    await dialog.getByRole("button", { name: "Go to line 2" }).click();
    const chosen = await text.evaluate((area) => {
      const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
      return value.slice(selectionStart, selectionEnd);
    });
    expect(chosen).toBe("cohort: ../../etc/passwd");
    expect(await seriousViolations(page)).toEqual([]);
  });

  /** The run as if it were under way, with events that the page hears once it has read it. */
  async function playLive(page: Page, events: readonly RunEvent[]): Promise<void> {
    const live: RunPage = { ...row, state: "running", scorecard: null, losses: [], log: [], failures: [] };
    const told = events.map((event, id) => `id: ${id}\ndata: ${JSON.stringify(watchRun.reply.parse(event))}\n\n`);
    const jobs = readJobs.reply.parse({
      counts: { waiting: 3, active: 1, done: 6, failed: 0, cancelled: 0 },
      rate: 0.5,
      secondsLeft: 8,
      workers: [{ id: "worker-1", seen: "2026-01-02T03:04:05.000Z", done: 6, unit: "one" }],
      failures: [],
    });
    await page.route(`**/api/runs/${row.key}`, (route) => route.fulfill({ json: readRun.reply.parse(live) }));
    await page.route(`**/api/runs/${row.key}/events`, (route) => {
      const last = Number(route.request().headers()["last-event-id"] ?? -1);
      return route.fulfill({ contentType: "text/event-stream", body: told.slice(last + 1).join("") });
    });
    await page.route("**/api/jobs?**", (route) => route.fulfill({ json: jobs }));
    await page.route("**/api/jobs/events?**", (route) =>
      route.fulfill({ contentType: "text/event-stream", body: `data: ${JSON.stringify(jobs)}\n\n` }),
    );
  }

  it("follow a run under way: progress with time left, losses by fold, log, failures, workers", async () => {
    const page = await room.open("/runs");
    const failure = { kind: "no-tissue", expected: "tissue", received: "none", remedy: "look at it" };
    await playLive(page, [
      { kind: "progress", progress: { title: "fit", done: 2, total: 5, note: "fold 1", secondsLeft: 125 } },
      { kind: "loss", fold: 0, epoch: 1, train: 0.7, tune: 0.69 },
      { kind: "loss", fold: 0, epoch: 2, train: 0.6, tune: 0.61 },
      { kind: "loss", fold: 1, epoch: 1, train: 0.8, tune: null },
      { kind: "said", at: "2026-01-02T03:04:05.000Z", text: "fold 0 is fitted" },
      { kind: "slide", slide: "lost", state: "failed", failure },
    ]);
    await page.getByRole("link", { name: row.name }).click();
    const progress = page.getByRole("region", { name: "Progress" });
    await progress.getByText("2 min left of this step · 1 slide failed").waitFor();
    expect(await progress.textContent()).toContain("2 of 5 · fold 1");
    await page.getByRole("img", { name: "Fold 0: 2 epochs, train 0.600, best tune 0.610 at epoch 2" }).waitFor();
    await page.getByRole("img", { name: /^Fold 1: 1 epochs/ }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("tab", { name: "Log" }).click();
    await page.getByText("fold 0 is fitted").waitFor();
    await page.getByRole("tab", { name: "Failed slides (1)" }).click();
    await page.getByRole("row").filter({ hasText: "lost" }).getByText("look at it").waitFor();
    await page.getByRole("tab", { name: "Workers" }).click();
    await page.getByText("6 of 10 units done, 1 at work").waitFor();
    await page.getByRole("button", { name: "Stop" }).waitFor();
  });

  it("begin a new study from one that was run, and say what differs where two stand side by side", async () => {
    const page = await room.open(`/runs/${row.key}`);
    await page.getByRole("link", { name: "New study from this…" }).click();
    const text = page.getByRole("dialog").getByLabel("Study", { exact: true });
    await expect.poll(() => text.inputValue()).toBe(row.study);
    await page.keyboard.press("Escape");
    await page.waitForURL("**/runs");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("hold at 4K in the dark without a serious violation", async () => {
    const page = await room.open(`/runs/${row.key}`, {
      colorScheme: "dark",
      viewport: { width: 3840, height: 2160 },
    });
    await page.getByRole("row").filter({ hasText: "AUROC" }).first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });

  it("wrote nothing to the console and asked nobody else", () => {
    expect(room.wrong).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});
