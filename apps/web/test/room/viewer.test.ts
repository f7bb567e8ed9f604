/** The viewer in a browser over the real service: looking, drawing, losing nothing. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Annotation,
  changeAnnotations,
  listAnnotations,
  listRuns,
  listSlides,
  makeToken,
  type SlideRow,
} from "@nacre/api";
import { composeBag } from "@nacre/features";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Position } from "../../src/room/viewer/annotation/shape.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

const MPP = 0.5;
/** The width that views are opened with, level-0 pixels. */
const FIELD = 512;

describe.skipIf(isAbsent)("the viewer", () => {
  let room: Room;
  let slides: Map<string, SlideRow>;
  beforeAll(async () => {
    room = await openRoom();
    breakBlock(join(room.folder, "run/slides/one.svs"), join(room.folder, "loose/torn.svs"));
    // The viewer asks for each slide of a run whether it lies outside of the run's archive.
    mkdirSync(join(room.folder, "run/features"), { recursive: true });
    for (const name of ["one", "two"]) writeFileSync(join(room.folder, `run/features/${name}.h5`), await bagOf(name));
    for (const { key } of room.server.services.archive.projects) await room.server.services.archive.scan(key);
    const { rows } = await room.server.call(listSlides, {});
    slides = new Map(rows.map((row) => [row.name.split("__").at(-1) ?? row.name, row]));
  });
  afterAll(async () => {
    await room?.close();
  });

  const keyOf = (name: string): string => {
    const row = slides.get(name);
    if (row === undefined) throw new Error(`expected a slide ${name}, received ${[...slides.keys()]}`);
    return row.key;
  };
  /** Opens a slide at its top left field and waits until it is drawn. */
  const open = async (name: string, query = `x=0&y=0&w=${FIELD}`, options = {}): Promise<Page> => {
    const page = await room.open(`/slides/${keyOf(name)}?${query}`, options);
    await drawnIn(page);
    return page;
  };
  const drawnIn = async (page: Page): Promise<void> => {
    await page.waitForFunction(() => performance.getEntriesByName("slide-drawn").length > 0);
  };
  /** Where a level-0 place of the opened field is on the screen. */
  const screenOf = async (page: Page): Promise<(x: number, y: number) => [number, number]> => {
    const box = await page.locator(".stage").first().boundingBox();
    if (box === null) throw new Error("expected a stage");
    const scale = Math.min(box.width, box.height) / FIELD;
    return (x, y) => [
      box.x + box.width / 2 + (x - FIELD / 2) * scale,
      box.y + box.height / 2 + (y - FIELD / 2) * scale,
    ];
  };
  /** Begins a polygon; level-0 pixels. */
  const setCorners = async (page: Page, corners: readonly Position[]): Promise<void> => {
    const at = await screenOf(page);
    await page.keyboard.press("p");
    for (const [x, y] of corners) {
      await page.mouse.click(...at(x, y));
      await page.waitForTimeout(50);
    }
  };
  const kept = async (name: string) =>
    (await room.server.call(listAnnotations, { params: { slide: keyOf(name) } })).rows;
  const wanted = async (name: string, n: number) => {
    for (let i = 0; i < 100 && (await kept(name)).length !== n; i++) await new Promise((done) => setTimeout(done, 50));
    return kept(name);
  };
  const readout = (page: Page): Promise<string | null> => page.locator(".readout").textContent();

  it("opens where the address says, with scale bar, numbers and what must be known", async () => {
    const page = await open("one");
    await page.getByText("Synthetic", { exact: true }).waitFor();
    await page.getByText("Research use only", { exact: true }).waitFor();
    const box = await page.locator(".stage").first().boundingBox();
    const microns = (FIELD * MPP) / Math.min(box?.width ?? 0, box?.height ?? 0);
    expect(await readout(page)).toContain(`${microns.toPrecision(3)} µm/px`);
    expect(await readout(page)).toContain("x, y 256, 256");
    expect(await page.locator(".scale-bar").textContent()).toMatch(/^\d+ µm$/);
    await page.close();
  });

  it("moves, zooms, turns and fits by keys, and asks only its own service", async () => {
    const page = await open("one");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => !document.querySelector(".readout")?.textContent?.includes("x, y 256,"));
    await page.keyboard.press("r");
    await page.locator(".readout", { hasText: "90°" }).waitFor();
    await page.keyboard.press("3");
    await page.locator(".readout", { hasText: "×20" }).waitFor();
    await page.keyboard.press("0");
    await page.locator(".readout", { hasText: "x, y 512, 512" }).waitFor();
    await page.getByRole("button", { name: "×10" }).click();
    await page.locator(".readout", { hasText: "×10" }).waitFor();
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keys" });
    await keys.getByText("whole slide").waitFor();
    for (const row of [/Ctrl ?Z ?take back/, /Ctrl ?Y ?do again/, /g ?b ?board/, /g ?, ?settings/])
      expect(await keys.textContent()).toMatch(row);
    expect(await keys.evaluate((list) => list.scrollWidth - list.clientWidth)).toBe(0);
    expect(await keys.evaluate((list) => list.scrollHeight - list.clientHeight)).toBe(0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("u");
    await page.waitForURL("**/cases/*");
    expect(room.strayed).toEqual([]);
    await page.close();
  });

  it("comes back to the field it was left at, turned as it was, when the page is read again", async () => {
    const page = await open("one");
    for (const key of ["3", "ArrowRight", "r"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(500);
    }
    await page.waitForURL(/turn=90/);
    const said = async () => {
      const [times, microns, place = "", turn] = await page.locator(".readout span").allTextContents();
      const [x = 0, y = 0] = place.replace(/(\d),(?=\d{3})/g, "$1").match(/-?\d+/g) ?? [];
      return { times, microns, turn, x: Number(x), y: Number(y) };
    };
    const before = await said();
    expect(before).toMatchObject({ times: "≈ ×20", turn: "90°" });
    await page.reload();
    await drawnIn(page);
    const after = await said();
    // Whole pixels of the slide stand in the address.
    expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(2);
    expect({ ...after, x: before.x, y: before.y }).toEqual(before);
    await page.close();
  });

  it("keeps the corners of a shape in hand over a reload, with its tool, until Escape lets it go", async () => {
    const page = await open("one");
    await setCorners(page, [
      [300, 50],
      [400, 50],
      [400, 150],
    ]);
    await page.reload();
    await drawnIn(page);
    await page.getByRole("button", { name: "Polygon", pressed: true }).waitFor();
    expect(await page.locator("path.corner").getAttribute("d")).toMatch(/^(M\S+ \S+h0){3}$/);
    await page.keyboard.press("Escape");
    await page.reload();
    await drawnIn(page);
    await page.getByRole("button", { name: "Move", pressed: true }).waitFor();
    expect(await kept("one")).toEqual([]);
    await page.close();
  });

  it("pans without long tasks, and says how long the first view and the next field took", async () => {
    const page = await open("one");
    const first = await page.evaluate(() => performance.getEntriesByName("slide-drawn")[0]?.startTime ?? 0);
    const measured = await page.evaluate(async () => {
      const long: number[] = [];
      new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => entry.duration))).observe({
        type: "longtask",
      });
      const key = (name: string) => document.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
      const next: number[] = [];
      for (const name of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "+", "-", "ArrowUp"]) {
        key(name);
        await new Promise((done) => setTimeout(done, 500));
      }
      // One step to where nothing was yet: from the key to the field drawn whole.
      performance.clearMarks("slide-drawn");
      const begun = performance.now();
      key("0");
      while (performance.getEntriesByName("slide-drawn").length === 0 && performance.now() - begun < 5000)
        await new Promise((done) => setTimeout(done, 5));
      next.push(performance.now() - begun);
      return { long, next };
    });
    console.log(`viewer: first view ${Math.round(first)} ms, next field ${Math.round(measured.next[0] ?? 0)} ms`);
    console.log(`viewer: long tasks while panning, ms: ${measured.long.map(Math.round).join(" ") || "none"}`);
    // Generous: a busy machine is not a failure.
    expect(first).toBeLessThan(10_000);
    expect(Math.max(0, ...measured.long)).toBeLessThan(1000);
    await page.close();
  });

  it("draws a polygon, saves it, and shows it again after a reload", async () => {
    const page = await open("one");
    await setCorners(page, [
      [100, 100],
      [300, 100],
      [300, 300],
    ]);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    const [row] = await wanted("one", 1);
    expect(row?.geometry.type).toBe("Polygon");
    const ring = ringIn(row);
    expect(ring.length).toBe(4);
    const expected = [
      [100, 100],
      [300, 100],
      [300, 300],
      [100, 100],
    ];
    ring.forEach(([x, y], i) => {
      // A pointer stands on whole pixels of the screen.
      expect(Math.abs(x - (expected[i]?.[0] ?? 0))).toBeLessThan(1);
      expect(Math.abs(y - (expected[i]?.[1] ?? 0))).toBeLessThan(1);
    });
    await page.getByText("All saved").waitFor();
    await page.reload();
    await drawnIn(page);
    await page.locator("path.shape").first().waitFor({ state: "attached" });
    await page.close();
  });

  it("names a shape with the colour of its class, tells what lies inside, and leads to more like it", async () => {
    const page = await open("one");
    await page.getByRole("button", { name: /Area/ }).click();
    await page.getByLabel("Class").fill("Tumor");
    await page.getByRole("button", { name: "What lies inside" }).click();
    await page.getByText("Mean colour").waitFor();
    expect(await page.getByRole("link", { name: "More like this" }).getAttribute("href")).toMatch(/ring=\d+%2C\d+%3B/);
    await page.getByText("All saved").waitFor();
    const [row] = await kept("one");
    expect([row?.name, row?.colour]).toEqual(["Tumor", [200, 0, 0]]);
    await page.close();
  });

  it("gives the keys back to the slide when Enter has named a shape, and when Escape leaves its note", async () => {
    const page = await open("one");
    await page
      .getByRole("button", { name: /Area/ })
      .or(page.getByRole("button", { name: /Tumor/ }))
      .click();
    const isTyping = () => page.evaluate(() => document.activeElement?.matches("input, textarea"));
    await page.getByLabel("Class").fill("Stroma");
    await page.keyboard.press("Enter");
    expect(await isTyping()).toBe(false);
    await page.getByLabel("Note").focus();
    await page.keyboard.type("by keys");
    await page.keyboard.press("Escape");
    expect(await isTyping()).toBe(false);
    await page.locator(".drawn-note", { hasText: "by keys" }).waitFor();
    await page.keyboard.press("Control+z");
    await page.locator(".drawn-note", { hasText: "by keys" }).waitFor({ state: "detached" });
    await page.keyboard.press("Control+z");
    await page.locator(".drawn-name", { hasText: "Tumor" }).waitFor();
    await page.getByText("All saved").waitFor();
    await page.close();
  });

  it("measures a known length", async () => {
    const page = await open("one");
    const at = await screenOf(page);
    await page.keyboard.press("m");
    await page.mouse.move(...at(100, 400));
    await page.mouse.down();
    await page.mouse.move(...at(200, 400));
    await page.mouse.move(...at(300, 400));
    await page.mouse.up();
    const rows = await wanted("one", 2);
    const line = rows.find((row) => row.geometry.type === "LineString");
    expect(line).toBeDefined();
    const told = await page.locator(".drawn-size").last().textContent();
    expect(told).toMatch(/µm$/);
    expect(Math.abs(Number.parseFloat(told ?? "") - 200 * MPP)).toBeLessThan(1);
    await page.close();
  });

  it("takes back and does again by Ctrl Z and Ctrl Y, and deletes what is selected", async () => {
    const page = await open("one");
    const at = await screenOf(page);
    await page.keyboard.press("t");
    await page.mouse.click(...at(60, 60));
    expect((await wanted("one", 3)).length).toBe(3);
    await page.keyboard.press("Control+z");
    expect((await wanted("one", 2)).length).toBe(2);
    await page.keyboard.press("Control+y");
    expect((await wanted("one", 3)).length).toBe(3);
    await page.keyboard.press("Escape");
    await page.mouse.click(...at(60, 60));
    await page.keyboard.press("Delete");
    expect((await wanted("one", 2)).length).toBe(2);
    await page.close();
  });

  it("moves a corner of the selected shape by dragging it", async () => {
    const page = await open("one");
    const at = await screenOf(page);
    await page.getByText("All saved").waitFor();
    await page.mouse.click(...at(290, 200));
    await page.locator("path.corner").waitFor({ state: "attached" });
    await page.mouse.move(...at(300, 300));
    await page.mouse.down();
    await page.mouse.move(...at(320, 330));
    await page.mouse.move(...at(340, 360));
    await page.mouse.up();
    await page.getByText("All saved").waitFor();
    await expect
      .poll(async () => {
        const area = (await kept("one")).find((row) => row.geometry.type === "Polygon");
        return ringIn(area)[2]?.map(Math.round);
      })
      .toEqual([340, 360]);
    await page.close();
  });

  it("moves a corner by keys alone: c takes it, arrows move it, Enter puts it down, Escape leaves it as it was", async () => {
    const page = await open("one");
    await page.getByText("All saved").waitFor();
    const area = async () => (await kept("one")).find((row) => row.geometry.type === "Polygon");
    const before = await area();
    await page
      .locator(".drawn-row", { hasText: /µm²|mm²|px²/ })
      .first()
      .click();
    await page.locator(".stage [role=application]").first().focus();
    await page.keyboard.press("c");
    await page.getByText(/Corner 1 of \d+: arrows move it/).waitFor();
    await page.keyboard.press("c");
    await page.getByText(/Corner 2 of/).waitFor();
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(700);
    await page.keyboard.press("Escape");
    expect(ringIn(await area())).toEqual(ringIn(before));
    await page.keyboard.press("C");
    await page.getByText(/Corner \d+ of/).waitFor();
    await page.keyboard.press("c");
    await page.getByText(/Corner 1 of/).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.waitForTimeout(700);
    await page.keyboard.press("Enter");
    const first = ringIn(before)[0] ?? [0, 0];
    const moved = async () => (ringIn(await area())[0]?.[1] ?? 0) - first[1];
    await expect.poll(moved, { timeout: 10_000 }).toBeGreaterThan(5);
    const after = ringIn(await area());
    expect([after[0]?.[0], after.at(-1)?.[1]]).toEqual([expect.closeTo(first[0], 0), after[0]?.[1]]);
    expect(after.slice(1, -1)).toEqual(ringIn(before).slice(1, -1));
    await page.close();
  });

  it("keeps what was drawn when the page dies before it was sent", async () => {
    const page = await open("alone");
    const context = page.context();
    await context.route("**/annotations", (route) =>
      route.request().method() === "POST" ? route.abort() : route.continue(),
    );
    const at = await screenOf(page);
    await page.keyboard.press("b");
    await page.mouse.click(...at(50, 50));
    await page.mouse.click(...at(150, 150));
    await page.getByText(/waiting: kept in this browser/).waitFor();
    expect((await kept("alone")).length).toBe(0);
    await page.close({ runBeforeUnload: false });
    await context.unroute("**/annotations");
    const again = await context.newPage();
    await again.goto(`${room.server.url.replace("0.0.0.0", "127.0.0.1")}/slides/${keyOf("alone")}`);
    expect((await wanted("alone", 1)).length).toBe(1);
    await again.getByText("All saved").waitFor();
    await again.close();
    // The refused requests are in the browser's console by themselves.
    room.wrong.splice(0);
  });

  it("draws by keys alone: Space sets a corner in the middle, arrows move, Enter ends", async () => {
    const page = await open("alone");
    await page.keyboard.press("p");
    for (const key of ["ArrowRight", "ArrowDown", "ArrowLeft"]) {
      await page.keyboard.press(" ");
      await page.keyboard.press(key);
      await page.waitForTimeout(600);
    }
    await page.keyboard.press("Enter");
    expect((await wanted("alone", 2)).filter((row) => row.geometry.type === "Polygon").length).toBe(2);
    await page.close();
  });

  it("shows somebody who may only look what was drawn, and no tool", async () => {
    const { token } = await room.server.call(makeToken, { body: { name: "guest", role: "viewer" } });
    const page = await open("one", "", { extraHTTPHeaders: { authorization: `Bearer ${token}` } });
    await page.getByText(/You see what others drew/).waitFor();
    await page.locator("path.shape").first().waitFor({ state: "attached" });
    expect(await page.getByRole("button", { name: "Polygon" }).count()).toBe(0);
    await page.keyboard.press("p");
    await page.keyboard.press(" ");
    expect((await kept("one")).length).toBe(2);
    await page.close();
  });

  it("lays the run's heatmap on the tiles it is about, says what it means, and flies to the strongest tile", async () => {
    const { rows } = await room.server.call(listRuns, {});
    const page = await open("one", `x=0&y=0&w=${FIELD}&run=${rows[0]?.key}`);
    await page.locator("canvas.heat").waitFor();
    const at = await screenOf(page);
    const colour = async (x: number, y: number): Promise<number> => {
      const [px, py] = at(x, y);
      return page.evaluate(
        ([cx, cy]) => {
          const canvas = document.querySelector<HTMLCanvasElement>("canvas.heat");
          const { left, top } = canvas?.getBoundingClientRect() ?? { left: 0, top: 0 };
          const ratio = devicePixelRatio;
          const data = canvas
            ?.getContext("2d")
            ?.getImageData(Math.round((cx - left) * ratio), Math.round((cy - top) * ratio), 1, 1).data;
          return data?.[3] ?? -1;
        },
        [px, py] as const,
      );
    };
    // The legend belongs to the picture, whatever the panel shows.
    await page.getByRole("tab", { name: "Drawn", selected: true }).waitFor();
    await page.getByRole("img", { name: /^Colours from 0 to/ }).waitFor();
    await expect.poll(() => colour(128, 128)).toBe(255);
    expect(await colour(384, 384)).toBe(0);
    await page.getByRole("tab", { name: "Heatmap" }).click();
    await page.getByText(/Attention is not causation/).waitFor();
    await page.getByRole("button", { name: /^Tile 1, attention/ }).click();
    await page.locator(".readout", { hasText: "x, y 640, 640" }).waitFor();
    await page.keyboard.press("h");
    await page.locator("canvas.heat").waitFor({ state: "detached" });
    expect(await page.locator(".legend").count()).toBe(0);
    await page.close();
  });

  it("marks a block that cannot be read at its place, with the reason, and draws the rest", async () => {
    const page = await room.open(`/slides/${keyOf("torn")}?x=0&y=0&w=${FIELD}`);
    await page.locator(".broken").first().waitFor();
    expect(await page.locator(".broken").first().getAttribute("title")).toMatch(/could not be read: .+expected/);
    await page.close();
    room.wrong.splice(0);
  });

  it("moves a slide beside it along, and alone when it is dragged with Shift", async () => {
    const page = await open("one", `x=0&y=0&w=${FIELD}&with=${keyOf("alone")}`);
    await page.locator(".stage").nth(1).locator(".scale-bar").waitFor();
    const lengths = async (): Promise<(string | null)[]> => page.locator(".scale-bar").allTextContents();
    await page.keyboard.press("1");
    await page.waitForTimeout(600);
    const [a, b] = await lengths();
    expect(a).toBe(b);
    const box = await page.locator(".stage").nth(1).boundingBox();
    if (box === null) throw new Error("expected a second stage");
    const before = await readout(page);
    await page.keyboard.down("Shift");
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 130, box.y + 110);
    await page.mouse.move(box.x + 160, box.y + 120);
    await page.mouse.up();
    await page.keyboard.up("Shift");
    await page.waitForTimeout(500);
    const kept = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("nacre.align.")));
    expect(kept.length).toBe(1);
    await page.mouse.move(5, 5);
    expect((await readout(page))?.split("x, y")[0]).toBe(before?.split("x, y")[0]);
    await page.close();
  });

  it("exports what QuPath reads and takes it in again once", async () => {
    const page = await open("one");
    const href = await page.getByRole("link", { name: "Export for QuPath" }).getAttribute("href");
    const text = await (await room.server.fetch(href ?? "")).text();
    await page.setInputFiles('input[type="file"]', {
      name: "a.geojson",
      mimeType: "application/json",
      buffer: Buffer.from(text),
    });
    await page.getByText("0 taken in.").waitFor();
    await page.setInputFiles('input[type="file"]', {
      name: "b.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("no"),
    });
    await page.getByText("Not imported").waitFor();
    await page.close();
  });

  it("shows a change that somebody else made meanwhile as a conflict", async () => {
    const page = await open("alone");
    const [row] = await kept("alone");
    if (row === undefined) throw new Error("expected an annotation");
    await page.locator(".drawn-row").first().click();
    await room.server.call(changeAnnotations, {
      params: { slide: keyOf("alone") },
      body: { changes: [{ kind: "put", change: crypto.randomUUID(), ...row, note: "theirs" }] },
    });
    await page.getByLabel("Note").fill("mine");
    await page.getByLabel("Class").focus();
    await page.getByText("Changed by two people").waitFor();
    await page.getByRole("button", { name: "Keep theirs" }).click();
    await page.getByText("Changed by two people").waitFor({ state: "detached" });
    expect((await kept("alone")).find(({ id }) => id === row.id)?.note).toBe("theirs");
    await page.close();
  });

  it("says why a slide cannot be shown", async () => {
    const page = await room.open(`/slides/${keyOf("broken")}`);
    await page.getByText("The slide cannot be shown").waitFor();
    room.wrong.splice(0);
    await page.close();
  });

  it.each([
    ["light", 1280, 800],
    ["dark", 1280, 800],
    ["dark", 3840, 2160],
  ] as const)("has no serious violation, %s at %i", async (colorScheme, width, height) => {
    const put = { kind: "put" as const, change: crypto.randomUUID(), id: crypto.randomUUID(), version: 0 };
    const shape = { geometry: { type: "Point" as const, coordinates: [9, 9] as Position }, name: null, colour: null };
    const body = { changes: [{ ...put, ...shape, note: "" }] };
    await room.server.call(changeAnnotations, { params: { slide: keyOf("one") }, body });
    const page = await open("one", "", { colorScheme, viewport: { width, height } });
    await page.locator(".drawn-row").first().click();
    await page.getByLabel("Class").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole("tab", { name: "Heatmap" }).click();
    await page.getByRole("button", { name: "Show the heatmap" }).click();
    await page.getByText("Tiles that weighed most").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
      0,
    );
    await page.close();
  });

  it("wrote nothing to the console and asked nobody else", () => {
    expect(room.wrong).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});

/** Features of four tiles. */
function bagOf(name: string): Promise<Uint8Array> {
  const features = Float32Array.from({ length: 4 * 8 }, (_, i) => Math.sin(i + name.length * name.charCodeAt(0)));
  const [x, y] = [Int32Array.of(0, 256, 0, 256), Int32Array.of(0, 0, 256, 256)];
  return composeBag({ n: 4, d: 8, features, x, y, side: 256, space: "texture" }, { name, mpp: MPP, size: 256 });
}

/** The outer ring of a polygon; of anything else none. */
function ringIn(row: Annotation | undefined): readonly Position[] {
  return row?.geometry.type === "Polygon" ? (row.geometry.coordinates[0] ?? []) : [];
}

/** A copy of a slide of which one block of the finest level is no picture any more. */
function breakBlock(from: string, to: string): void {
  const bytes = readFileSync(from);
  let at = -1;
  // Blocks begin with the marker that begins a JPEG; the second one lies in the first row.
  for (let n = 0; n < 2; n++) at = bytes.indexOf(Buffer.from([0xff, 0xd8, 0xff]), at + 1);
  bytes.fill(0, at, at + 400);
  writeFileSync(to, bytes);
}
