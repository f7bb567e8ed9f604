/** The embedding map in a browser with software WebGL: a hundred thousand points, the lasso, the legend as the keyboard's way. */
import { type EmbeddingMap, listRuns, listSlides, readMap } from "@nacre/api";
import { randomStream } from "@nacre/core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { composition } from "../../src/room/map/chosen.tsx";
import { groupOfPoints, groupsOf, OTHER, PALETTE } from "../../src/room/map/palette.ts";
import { fitView, pointsInside, toPlane, zoomAt } from "../../src/room/map/plane.ts";
import { verdictOf } from "../../src/room/map/separation.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

describe("the plane", () => {
  const size = { width: 400, height: 200 };
  it("holds all points in its first view, and what lies under the pointer stays there while zooming", () => {
    const view = fitView([-1, 3], [0, 1], size);
    expect(toPlane(view, size, [0, 0])[0]).toBeLessThan(-1);
    expect(toPlane(view, size, [400, 200])[0]).toBeGreaterThan(3);
    const at = [37, 150] as const;
    const [x, y] = toPlane(view, size, at);
    const [x2, y2] = toPlane(zoomAt(view, size, at, 2.5), size, at);
    expect([x2, y2]).toEqual([expect.closeTo(x, 9), expect.closeTo(y, 9)]);
  });
  it("finds the points inside a ring, also one that folds inwards", () => {
    const ring = [
      [0, 0],
      [4, 0],
      [4, 4],
      [2, 1],
      [0, 4],
    ] as const;
    expect(pointsInside(ring, [1, 2, 3, 9], [1, 3, 1, 1])).toEqual([0, 2]);
    expect(pointsInside([[0, 0]], [0], [0])).toEqual([]);
  });
});

describe("groups", () => {
  it("have ten colours, the most frequent first, and the rest is grey", () => {
    const names = Array.from({ length: 12 }, (_, i) => `site-${i}`);
    const values = names.flatMap((_, i) => new Array<number>(i + 1).fill(i));
    const groups = groupsOf(names, [...values, -1]);
    expect(groups.length).toBe(PALETTE.length + 1);
    expect(groups[0]).toMatchObject({ name: "site-11", count: 12 });
    expect(groups.at(-1)).toMatchObject({ colour: OTHER, count: 1 + 2 + 1, name: "others, or not known" });
    const places = groupOfPoints(groups, [11, 0, -1]);
    expect([...places]).toEqual([0, PALETTE.length, PALETTE.length]);
  });
  it("are told as shares of what is chosen beside shares of all", () => {
    const column = { name: "site", names: ["a", "b"], values: [0, 0, 1, 1, -1] };
    expect(composition(column, new Set([0, 1, 4]))).toEqual([{ name: "a", count: 2, share: 1, usual: 0.5 }]);
  });
});

describe("disease or hospital", () => {
  const row = (column: string, auroc: number | null) => ({ column, auroc, n: 60, text: "" });
  it("is said in words, with a warning where the hospital shows more", () => {
    const verdict = verdictOf([row("label", 0.61), row("site", 0.98)]);
    expect(verdict?.tone).toBe("warn");
    expect(verdict?.text).toContain("Neighbours tell hospitals apart: 0.980; disease: 0.610.");
    expect(verdictOf([row("label", 0.9), row("site", 0.55)])?.tone).toBe("good");
    expect(verdictOf([row("label", 0.55), row("site", 0.55)])?.tone).toBe("info");
    expect(verdictOf([row("label", null), row("site", 0.9)])).toBe(null);
  });
});

/** Three clouds, a site each; the label lies across them. */
function madeMap(run: string, slides: EmbeddingMap["slides"], n: number): EmbeddingMap {
  const random = randomStream(2, "map");
  const cloud = Array.from({ length: n }, (_, i) => i % 3);
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    run,
    unit: "tile",
    of: 2 * n,
    method: "made",
    x: cloud.map((c) => round([-6, 6, 0][c] ?? 0) + round(random.normal() * 0.8)),
    y: cloud.map((c) => round([0, 0, 8][c] ?? 0) + round(random.normal() * 0.8)),
    slides,
    slide: cloud.map((_, i) => i % slides.length),
    tileX: cloud.map((_, i) => (i % 4) * 200),
    tileY: cloud.map((_, i) => (i % 3) * 200),
    tileSize: 200,
    columns: [
      { name: "site", names: ["site-a", "site-b", "site-c"], values: cloud },
      { name: "label", names: ["benign", "tumour"], values: cloud.map((_, i) => (i % 7 === 0 ? -1 : i % 2)) },
    ],
    separation: [
      { column: "label", auroc: 0.61, n: 60, text: "made" },
      { column: "site", auroc: 0.98, n: 60, text: "made" },
    ],
  };
}

describe.skipIf(isAbsent)("the map", () => {
  const N = 100_000;
  let room: Room;
  let browser: Browser;
  let page: Page;
  let map: EmbeddingMap;
  const wrong: string[] = [];
  beforeAll(async () => {
    room = await openRoom();
    const run = (await room.server.call(listRuns, {})).rows[0]?.key ?? "";
    const { rows } = await room.server.call(listSlides, { query: { state: "ready" } });
    map = readMap.reply.parse(
      madeMap(
        run,
        rows.slice(0, 1).map(({ key, name }) => ({ key, name })),
        N,
      ),
    );
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 1100 }, colorScheme: "light" });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.route("**/api/runs/*/map?**", (route) => route.fulfill({ json: map }));
    await page.goto(`${room.server.url}/runs/${run}/map`);
    await page.getByRole("img", { name: /^100000 tiles/ }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await room?.close();
  });

  const cloud = (): Promise<Buffer> => page.locator(".map-frame").screenshot();

  it("draws a hundred thousand points, and moves them", async () => {
    const before = await cloud();
    const box = await page.locator(".map-frame canvas").boundingBox();
    if (box === null) throw new Error("expected a canvas, received none");
    const started = performance.now();
    await page.mouse.move(box.x + 300, box.y + 200);
    await page.mouse.down();
    for (let i = 1; i <= 8; i++) await page.mouse.move(box.x + 300 + 3 * i, box.y + 200);
    await page.mouse.up();
    console.log(
      `a map of ${N} points: ${((performance.now() - started) / 8).toFixed(0)} ms a step of a drag, software GL`,
    );
    expect((await cloud()).equals(before)).toBe(false);
    await page.locator(".map-frame canvas").dblclick({ position: { x: 20, y: 20 } });
  });

  it("chooses what the lasso encloses, and tells what it is made of", async () => {
    await page.getByRole("button", { name: "Lasso" }).click();
    const box = await page.locator(".map-frame canvas").boundingBox();
    if (box === null) throw new Error("expected a canvas, received none");
    const view = fitView(map.x, map.y, box);
    const on = (x: number, y: number) => ({
      x: box.x + box.width / 2 + (x - view.x) * view.scale,
      y: box.y + box.height / 2 - (y - view.y) * view.scale,
    });
    const corners = [on(-9, -3), on(-2, -3), on(-2, 4.2), on(-9, 4.2)];
    await page.mouse.move(corners[0]?.x ?? 0, corners[0]?.y ?? 0);
    await page.mouse.down();
    for (const { x, y } of corners) await page.mouse.move(x, y, { steps: 3 });
    await page.mouse.up();
    const chosen = page.getByRole("region", { name: "Chosen points" });
    await chosen.getByText(/tiles of 1 slide/).waitFor();
    const told = Number(
      ((await chosen.getByRole("status").textContent()) ?? "").replace(/ tiles.*/, "").replace(",", ""),
    );
    const inCloud = map.x.filter((x, i) => x < -2 && (map.y[i] ?? 0) < 4.2).length;
    expect(Math.abs(told - inCloud)).toBeLessThan(0.002 * N);
    expect(await chosen.textContent()).toMatch(/site-a33,\d\d\d \(100 %\)33 % of all/);
    const first = chosen.getByRole("link").first();
    expect(await first.getAttribute("href")).toContain(`/slides/${map.slides[0]?.key}?x=`);
  });

  it("chooses a group of the legend by the keyboard, and Escape chooses nothing", async () => {
    await page.keyboard.press("Escape");
    await page.getByText(/Choose points with the lasso/).waitFor();
    await page.getByRole("button", { name: /^site-c/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Chosen points" }).getByText("33,333 tiles").waitFor();
  });

  it("says what the service does until the map is there, part by part", async () => {
    const other = await room.open("/");
    const parts = [
      { phase: "neighbours", done: 300, of: 1000 },
      { phase: "layout", done: 150, of: 200 },
    ] as const;
    let at = 0;
    const waits = new Set<string | null>();
    await other.route("**/api/runs/*/map?**", (route) => {
      waits.add(new URL(route.request().url()).searchParams.get("wait"));
      const progress = parts[at] ?? null;
      const none = { x: [], y: [], slide: [], tileX: [], tileY: [], columns: [], separation: [], method: "" };
      const reply = progress === null ? madeMap(map.run, map.slides, 30) : { ...map, ...none, progress };
      return route.fulfill({ json: readMap.reply.parse(reply) });
    });
    await other.goto(`${room.server.url}/runs/${map.run}/map`);
    const making = other.getByRole("region", { name: "Progress of the map" });
    await making.getByRole("progressbar", { name: "Finding neighbours" }).waitFor();
    expect(await seriousViolations(other)).toEqual([]);
    at = 1;
    await making.getByText("part 4 of 5").waitFor();
    at = 2;
    await other.getByRole("heading", { name: "What neighbours tell apart" }).waitFor();
    expect([...waits]).toEqual(["1"]);
  });

  it("says disease or hospital in words, and has no serious violation", async () => {
    await page.getByText("Neighbours tell hospitals apart: 0.980; disease: 0.610.").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await seriousViolations(page)).toEqual([]);
    expect(wrong).toEqual([]);
  });
});
