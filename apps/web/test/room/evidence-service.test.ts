/**
 * Board, map and search over the real service and a run that it made itself, nothing played: a number opens its run, the lasso finds
 * tiles that open in the viewer, and what is alike is found from a slide, from a tile and from a drawn region.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { listProjects, listSlides, type RunPage, readRun, startRun } from "@nacre/api";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SmallStudy, smallStudy } from "../../../server/test/study/small-study.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

const CHILD = fileURLToPath(new URL("../../../server/dist/study/child.js", import.meta.url));
const RUN_MS = 240_000;
const SLIDES = 12;

/** Two hospitals, each with both diagnoses. */
function cohort(): string {
  const rows = Array.from(
    { length: SLIDES },
    (_, i) => `s${i}.svs,P-${i},${i % 4 < 2 ? "site-a" : "site-b"},${i % 2 === 0 ? "tumour" : "benign"}`,
  );
  return `slide,patient,site,label\n${rows.join("\n")}\n`;
}

describe.skipIf(isAbsent || !existsSync(CHILD))("board, map and search, over the real service", () => {
  let study: SmallStudy;
  let room: Room;
  let page: Page;
  let run: string;
  let project: string;
  beforeAll(async () => {
    study = await smallStudy(SLIDES);
    writeFileSync(join(study.folder, "cohort.csv"), cohort());
    room = await openRoom({ projects: [{ name: "evidence", folder: study.folder }], gl: true });
    project = (await room.server.call(listProjects, {})).rows[0]?.key ?? "";
    run = (await room.server.call(startRun, { body: { project, study: study.text } })).key;
  });
  afterAll(async () => {
    await room?.close();
    study?.remove();
  });

  it("opens the run behind a number of the board", async () => {
    const ended = await endOf(run);
    expect([ended.state, ended.failure]).toEqual(["finished", null]);
    page = await room.open(`/board/${project}`);
    await page
      .getByRole("button")
      .filter({ hasText: `n = ${SLIDES}` })
      .first()
      .click({ timeout: 60_000 });
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("row", { name: /Brier/ }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole("link", { name: "small" }).click();
    await page.getByRole("heading", { level: 1, name: "small" }).waitFor();
  });

  it("draws the map, colours it by label, site and quality, and goes from the lasso to tiles to the viewer", async () => {
    await page.getByRole("link", { name: "Map" }).click();
    const canvas = page.locator(".map-frame canvas");
    await canvas.waitFor({ timeout: 60_000 });
    const colour = page.getByRole("combobox", { name: "Coloured by" });
    for (const [column, group] of [
      ["site", "site-b"],
      ["quality", "pass"],
      ["label", "tumour"],
    ] as const) {
      await colour.selectOption(column);
      await page.getByRole("button", { name: new RegExp(`^${group}`) }).waitFor();
    }
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("l");
    const box = await canvas.boundingBox();
    if (box === null) throw new Error("expected a canvas, received none");
    const corner = (x: number, y: number) =>
      page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
    await corner(0.01, 0.01);
    await page.mouse.down();
    await corner(0.99, 0.01);
    await corner(0.99, 0.99);
    await corner(0.01, 0.99);
    await page.mouse.up();
    const chosen = page.getByRole("region", { name: "Chosen points" });
    await chosen.getByText(`tiles of ${SLIDES} slides`).waitFor();
    const tile = chosen.getByRole("link", { name: /^Tile of s\d+ at/ }).first();
    await tile.click();
    await page.locator(".stage").first().waitFor();
    expect(new URL(page.url()).searchParams.get("x")).not.toBe(null);
  });

  it("finds what is alike from a slide, from a tile, and from a region drawn in the viewer", async () => {
    await page.goto(`${room.server.url}/search?run=${run}`);
    const choice = page.getByRole("combobox", { name: "Slide" });
    await choice.fill("s1");
    // s1 itself stands before s10 and s11.
    await expect.poll(() => page.getByRole("listbox").getByRole("option").allTextContents()).toHaveLength(3);
    await choice.press("Enter");
    await page.getByText("More like this slide").waitFor();
    const neighbour = page.getByRole("link", { name: /^Neighbour 1:/ });
    await neighbour.waitFor({ timeout: 60_000 });
    const [slide] = (await room.server.call(listSlides, { query: { project, find: "s1", limit: 1 } })).rows;
    expect(slide?.name).toBe("s1");
    expect(new URL(page.url()).searchParams.get("slide")).toBe(slide?.key);
    await page.goto(`${room.server.url}/slides/${slide?.key}?run=${run}`);
    await page.getByRole("tab", { name: "Heatmap" }).click();
    await page.getByRole("link", { name: "more like this: tiles that look like tile 1", exact: true }).click();
    await page.getByText("More like this tile").waitFor();
    await neighbour.waitFor();
    expect(await page.getByText(/never a diagnosis/).count()).toBeGreaterThan(0);
    await page.goBack();
    await drawSquare();
    await page.getByRole("link", { name: "More like this" }).click();
    await page.getByText("More like this region").waitFor();
    await neighbour.waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  async function endOf(key: string): Promise<RunPage> {
    for (const until = Date.now() + RUN_MS; Date.now() < until; await rest(300)) {
      const page = await room.server.call(readRun, { params: { run: key } });
      if (page.state !== "queued" && page.state !== "running") return page;
    }
    throw new Error(`expected the run to end within ${RUN_MS} ms, received none`);
  }

  async function drawSquare(): Promise<void> {
    const stage = page.locator(".stage").first();
    await stage.waitFor();
    await page.getByRole("button", { name: "Box" }).click();
    const box = await stage.boundingBox();
    if (box === null) throw new Error("expected the slide on the screen, received nothing");
    const at = (x: number, y: number) => page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
    await at(0.1, 0.1);
    await page.mouse.down();
    await at(0.9, 0.9);
    await page.mouse.up();
    await page.getByText("All saved").waitFor();
  }

  it("wrote nothing to the console and asked nobody else", () => {
    expect(room.wrong.filter((line) => !/GPU stall|software WebGL/i.test(line))).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});
