/**
 * Studies over the real service, nothing played: a run is started, stopped and taken up again in the browser; a slide that failed is shown
 * with its reason and tried again; two runs of one name stand side by side and on the board as two; the audit's examples open.
 */
import { appendFileSync, copyFileSync, cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listProjects, listRuns } from "@nacre/api";
import { writeSyntheticSlide } from "@nacre/imaging/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SmallStudy, smallStudy } from "../../../server/test/study/small-study.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

/** The run goes on in a process of its own, from the built service. */
const CHILD = fileURLToPath(new URL("../../../server/dist/study/child.js", import.meta.url));
const RUN_MS = 240_000;
const SLIDES = 8;

describe.skipIf(isAbsent || !existsSync(CHILD))("a study in the room, over the real service", () => {
  let study: SmallStudy;
  let room: Room;
  let page: Page;
  let project: string;
  beforeAll(async () => {
    study = await smallStudy(SLIDES);
    // The same picture twice under one patient: one is left out, and the finding names both.
    copyFileSync(join(study.folder, "slides", "s0.svs"), join(study.folder, "slides", "twin.svs"));
    appendFileSync(join(study.folder, "cohort.csv"), "twin.svs,PATIENT-0,tumour\n");
    room = await openRoom({ projects: [{ name: "studies", folder: study.folder }] });
    project = (await room.server.call(listProjects, {})).rows[0]?.key ?? "";
    page = await room.open("/runs");
  });
  afterAll(async () => {
    await room?.close();
    study?.remove();
  });

  const badge = (text: string): Promise<void> =>
    page.locator(".badge", { hasText: text }).first().waitFor({ timeout: RUN_MS });
  const only = async () => (await room.server.call(listRuns, {})).rows[0];

  it("is started, stopped in the middle and taken up again, and ends", async () => {
    await page.getByRole("button", { name: "New study…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Study", { exact: true }).fill(study.text);
    await dialog.getByRole("button", { name: "Start the run", disabled: false }).click();
    await page.getByRole("heading", { level: 1, name: "small" }).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await badge("Stopped");
    expect((await only())?.state).toBe("stopped");
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("button", { name: "Go on" }).click();
    await badge("Finished");
    expect(await page.getByRole("button", { name: /^(Stop|Go on)$/ }).count()).toBe(0);
    expect((await only())?.slides).toMatchObject({ ready: SLIDES, failed: 1 });
  });

  it("shows the scorecard with n and interval, and an audit whose examples open in the viewer", async () => {
    await page.getByRole("tab", { name: "Results" }).click();
    const line = page.getByRole("row").filter({ hasText: "AUROC" }).first();
    expect(await line.textContent()).toMatch(new RegExp(`\\d\\.\\d{3}.*${SLIDES}`));
    await page.getByRole("tab", { name: "Audit" }).click();
    const twins = page.getByRole("article").filter({ hasText: "Duplicate" });
    await twins.getByRole("link", { name: "twin", exact: true }).waitFor();
    await twins.getByText("touches 2 slides").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await twins.getByRole("link", { name: "s0", exact: true }).click();
    await page.locator(".stage").first().waitFor();
    await page.goBack();
  });

  it("shows a slide that failed with its reason, and the button tries it again", async () => {
    await page.getByRole("tab", { name: "Failed slides (1)" }).click();
    const row = page.getByRole("row").filter({ hasText: "gone" });
    await row.getByText("missing file").waitFor();
    await writeSyntheticSlide(join(study.folder, "slides", "gone.svs"), {
      seed: 40,
      width: 512,
      height: 512,
      pieces: 1,
      tumourShare: 0,
    });
    await page.getByRole("button", { name: "Try them again" }).click();
    await page.getByRole("tab", { name: "Failed slides (0)" }).waitFor({ timeout: RUN_MS });
    await badge("Finished");
    await page.getByText("No slide has failed.").waitFor();
    expect((await only())?.slides).toMatchObject({ ready: SLIDES + 1, failed: 0 });
  });

  it("tells two runs of one name apart: in the list, side by side, on the board", async () => {
    cpSync(join(study.folder, "runs", "small"), join(study.folder, "runs", "again"), { recursive: true });
    await room.server.services.archive.scan(project);
    await page.goto(`${room.server.url}/runs`);
    const ticks = page.getByRole("checkbox", { name: /^Compare small/ });
    await expect.poll(() => ticks.count()).toBe(2);
    const names = await ticks.evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    expect(new Set(names).size).toBe(2);
    await ticks.nth(0).check();
    await ticks.nth(1).check();
    const side = page.getByRole("region", { name: "Side by side" });
    const heads = await side.getByRole("columnheader").getByRole("link").allTextContents();
    expect(new Set(heads).size).toBe(2);
    await side.getByRole("row", { name: /AUROC, internal/ }).waitFor();
    await page.getByRole("link", { name: "Board" }).last().click();
    const methods = page.getByRole("button").filter({ hasText: `n = ${SLIDES + 1}` });
    await expect.poll(() => methods.count(), { timeout: 60_000 }).toBe(2);
    const runs: (string | null)[] = [];
    for (const i of [0, 1]) {
      await methods.nth(i).click();
      runs.push(
        await page
          .getByRole("dialog")
          .getByRole("link", { name: /^small/ })
          .getAttribute("href"),
      );
      await page.keyboard.press("Escape");
    }
    expect(new Set(runs).size).toBe(2);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it("wrote nothing to the console and asked nobody else", () => {
    // OpenSeadragon warns of a tile that comes after the viewer was left: no fault of the page.
    expect(room.wrong.filter((line) => !/Ignoring tile .* loaded before reset/.test(line))).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});
