/**
 * One morning in the room, end to end over the real service: a researcher starts a study on a folder of slides, watches it and reads its
 * report; then a pathologist takes the first case of the worklist, looks, draws, asks for neighbours, and signs. Nothing is played.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { listAnnotations, listRuns, readTrail, verifyTrail, worklist } from "@nacre/api";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SmallStudy, smallStudy } from "../../../server/test/study/small-study.ts";
import { isAbsent, openRoom, type Room } from "./room-server.ts";

/** The run goes on in a process of its own, from the built service. */
const CHILD = fileURLToPath(new URL("../../../server/dist/study/child.js", import.meta.url));
const RUN_MS = 180_000;

describe.skipIf(isAbsent || !existsSync(CHILD))("a morning in the room", () => {
  let study: SmallStudy;
  let room: Room;
  beforeAll(async () => {
    study = await smallStudy();
    room = await openRoom({ projects: [{ name: "morning", folder: study.folder }] });
  });
  afterAll(async () => {
    await room?.close();
    study?.remove();
  });

  it("lets a researcher start a study, watch it end, and read its scorecard and report", async () => {
    const page = await room.open("/runs");
    await page
      .getByRole("button", { name: /^New|^Start/ })
      .first()
      .click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Study", { exact: true }).fill(study.text);
    await dialog.getByRole("button", { name: "Start the run", disabled: false }).click();
    await page.getByRole("heading", { level: 1, name: "small" }).waitFor();
    await page.getByText("Finished", { exact: true }).first().waitFor({ timeout: RUN_MS });
    await page.getByRole("row").filter({ hasText: "AUROC" }).first().waitFor();
    await page.getByRole("tab", { name: /^Failed slides/ }).click();
    await page.getByRole("row").filter({ hasText: "gone" }).waitFor();
    const { rows } = await room.server.call(listRuns, {});
    expect(rows.map(({ state, slides }) => [state, slides.ready, slides.failed])).toEqual([["finished", 12, 1]]);
    const report = await room.server.fetch(`/api/runs/${rows[0]?.key}/report`);
    expect(report.status).toBe(200);
    expect(await report.text()).toContain("Research use only");
    await page.context().close();
  });

  it("lets a pathologist go from the worklist to a signed report by way of slide, heatmap, drawing and neighbours", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const name = (await page.locator(".case-name").first().textContent()) ?? "";
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await lookAtSlide(page);
    await askForNeighbours(page, name);
    await sign(page);
    const { rows } = await room.server.call(worklist, { query: { find: name } });
    expect(rows.map(({ state }) => state)).toEqual(["signed"]);
    const seen = await room.server.call(readTrail, { query: { limit: 500 } });
    const actions = new Set(seen.rows.map(({ action }) => action));
    expect([...actions]).toEqual(expect.arrayContaining(["slide.seen", "draft.signed"]));
    expect((await room.server.call(verifyTrail, {})).ok).toBe(true);
  });

  it("kept the run where a command finds it", () => {
    expect(existsSync(join(study.folder, "runs", "small", "predictions.csv"))).toBe(true);
  });

  it("wrote nothing to the console and asked nobody else", () => {
    expect(room.wrong).toEqual([]);
    expect(room.strayed).toEqual([]);
  });

  async function lookAtSlide(page: Page): Promise<void> {
    const back = page.url();
    await page.getByRole("region", { name: "Slides" }).getByRole("link").first().click();
    const stage = page.locator(".stage").first();
    await stage.waitFor();
    await page.getByRole("button", { name: "Polygon" }).waitFor();
    // Come from a case, the slide shows what the model saw; h takes it away and brings it back.
    await page.locator("canvas.heat").waitFor();
    await page.keyboard.press("h");
    await page.locator("canvas.heat").waitFor({ state: "detached" });
    await page.keyboard.press("h");
    await page.locator("canvas.heat").waitFor();
    const box = await stage.boundingBox();
    if (box === null) throw new Error("expected the slide on the screen, received nothing");
    await page.keyboard.press("p");
    for (const [x, y] of [
      [0.45, 0.45],
      [0.55, 0.45],
      [0.55, 0.55],
    ] as const) {
      await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
      await page.waitForTimeout(50);
    }
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByText("All saved").waitFor();
    const slide = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const drawn = await room.server.call(listAnnotations, { params: { slide } });
    expect(drawn.rows.map(({ geometry }) => geometry.type)).toEqual(["Polygon"]);
    await page.goto(back);
  }

  async function askForNeighbours(page: Page, name: string): Promise<void> {
    await page.getByRole("link", { name: "More like this slide" }).first().click();
    await page.getByRole("link", { name: /^Neighbour 1\b/ }).waitFor({ timeout: 60_000 });
    expect(await page.getByText(/never a diagnosis/).count()).toBeGreaterThan(0);
    await page.goBack();
    await page.getByRole("heading", { level: 1, name }).waitFor();
  }

  async function sign(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Begin the report" }).click();
    const confirm = page.getByRole("button", { name: /^I have read it: confirm/ });
    await confirm.first().waitFor();
    for (let left = await confirm.count(); left > 0; left--) {
      await confirm.first().click();
      await expect.poll(() => confirm.count()).toBeLessThan(left);
    }
    await page.getByLabel("Diagnosis").fill("as drawn");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Sign…" }).click();
    await page.getByLabel("I have read the report and it says what I found.").check();
    await page.getByRole("button", { name: /^Sign as/ }).click();
    await page
      .getByRole("dialog")
      .getByText(/is signed/)
      .waitFor();
  }
});
