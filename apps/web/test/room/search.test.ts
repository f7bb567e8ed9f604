/** Search in a browser: what an address asks, what the page shows of the answer, and that it never calls it a diagnosis. */
import { listRuns, listSlides, searchAlike } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundsOf, countOutcomes, likeOf } from "../../src/room/search/read-query.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

const KEY = "0123456789abcdef";

describe("an address", () => {
  const of = (text: string) => likeOf(new URLSearchParams(text));
  it("asks for a slide, a tile of it, or a region", () => {
    expect(of(`slide=${KEY}`)).toEqual({ kind: "slide", slide: KEY });
    expect(of(`slide=${KEY}&x=4&y=-5.5`)).toEqual({ kind: "tile", slide: KEY, x: 4, y: -5.5 });
    const ring = of(`slide=${KEY}&ring=0,0;10,0;10,20`);
    expect(ring).toEqual({
      kind: "region",
      slide: KEY,
      ring: [
        [0, 0],
        [10, 0],
        [10, 20],
      ],
    });
    expect(ring && boundsOf(ring)).toEqual({ x: 0, y: 0, width: 10, height: 20 });
    expect(of("slide=../etc")).toBe(null);
    expect(of(`slide=${KEY}&x=&y=`)).toEqual({ kind: "slide", slide: KEY });
  });
});

describe("outcomes of neighbours", () => {
  it("are counted, the most frequent first and unknown ones last", () => {
    const rows = [null, null, null, "a", "b", "b"].map((outcome) => ({ outcome }));
    expect(countOutcomes(rows).map(({ outcome, count }) => `${outcome} ${count}`)).toEqual(["b 2", "a 1", "null 3"]);
  });
});

describe.skipIf(isAbsent)("the page of search", () => {
  let room: Room;
  let run: string;
  let slide: { key: string; name: string };
  beforeAll(async () => {
    room = await openRoom();
    run = (await room.server.call(listRuns, {})).rows[0]?.key ?? "";
    const { rows } = await room.server.call(listSlides, {});
    slide = rows.find(({ name }) => name.startsWith("one")) ?? { key: "", name: "" };
  });
  afterAll(async () => {
    await room?.close();
  });

  it("shows neighbours with likeness, site and outcome, warns outside of experience, and asks anew when a filter is set", async () => {
    const page = await room.open("/");
    const asked: unknown[] = [];
    const near = { slide: slide.key, name: "near.svs", case: null, size: 256, site: "site-b", outcome: "tumour" };
    await page.route("**/api/search", (route) => {
      asked.push(searchAlike.body?.parse(route.request().postDataJSON()));
      return route.fulfill({
        json: searchAlike.reply.parse({
          rows: [
            { ...near, x: 0, y: 0, similarity: 0.9123 },
            { ...near, x: 256, y: 0, similarity: 0.8, outcome: null, site: null },
          ],
          outcomes: [
            { outcome: "benign", count: 30 },
            { outcome: "tumour", count: 9 },
          ],
          compared: 1200,
          exact: true,
          distance: 0.997,
          isOutside: true,
          text: "99.7 % of the archive's tiles have a nearer neighbour than this one.",
        }),
      });
    });
    await page.goto(`${room.server.url}/search?slide=${slide.key}&run=${run}&x=0&y=0`);
    await page.getByText("Outside what this archive holds").waitFor();
    await page.getByText("Compared with 1,200 tiles, all of them.").waitFor();
    const first = page.getByRole("listitem").filter({ hasText: "0.912" });
    expect(await first.textContent()).toMatch(/near\.svs.*site-b.*tumour/);
    expect(await first.getByRole("link", { name: /^Neighbour 1/ }).getAttribute("href")).toContain(
      `/slides/${slide.key}?x=-512&y=-512&w=1280&run=${run}`,
    );
    await page
      .getByText(
        "Among these 2: 1 tumour, 1 with no outcome known (of all slides compared: 30 benign, 9 tumour). A count of what was found, not a chance.",
      )
      .waitFor();
    expect(await page.getByText(/never a diagnosis/).count()).toBeGreaterThan(0);
    await page.getByRole("checkbox", { name: "Other sites only" }).check();
    await page.getByRole("checkbox", { name: "Other patients only" }).uncheck();
    await expect.poll(() => asked.at(-1)).toMatchObject({ otherPatients: false, otherSites: true, k: 20 });
    expect(asked[0]).toMatchObject({ otherPatients: true, otherSites: false, like: { kind: "tile", x: 0, y: 0 } });
    expect(await seriousViolations(page)).toEqual([]);
  });

  it("tells the service's refusal as it is", async () => {
    const page = await room.open(`/search?slide=${slide.key}&run=0000000000000000`);
    await page.getByRole("alert").getByText("What to do").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    // The refusal is in the browser's console by itself.
    room.wrong.splice(0);
  });

  it("asks what to look for where the address names nothing", async () => {
    const page = await room.open("/search");
    await page.getByRole("heading", { name: "More like what?" }).waitFor();
    const choice = page.getByRole("combobox", { name: "Slide" });
    await choice.fill("no such slide");
    await page.getByText("No slide has that in its name.").waitFor();
    await choice.fill(slide.name.toUpperCase());
    await expect.poll(() => page.getByRole("listbox").getByRole("option").count()).toBe(3);
    // The slide of exactly that name stands before those that hold it.
    expect(await seriousViolations(page)).toEqual([]);
    await choice.press("Enter");
    await page.waitForURL(`**/search?slide=${slide.key}`);
    await page.getByText("More like this slide").waitFor();
    room.wrong.splice(0);
    expect(room.strayed).toEqual([]);
  });
});
