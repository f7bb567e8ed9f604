/** Every room on a telephone, on a laptop and on a 4K screen, light and dark: nothing runs over, every letter can be read, and axe finds nothing serious. */
import { listProjects, listRuns, listSlides, worklist } from "@nacre/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boardPath, casePath, mapPath, runPath, slidePath } from "../../src/room/address.ts";
import { isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

/** Smallest letters, in pixels of the screen: 4K is looked at from further away. */
const LEAST = { 390: 11.5, 1280: 11.5, 3840: 17 } as const;

describe.skipIf(isAbsent)("every room", () => {
  let room: Room;
  const paths = new Map<string, string>();
  beforeAll(async () => {
    room = await openRoom({ gl: true });
    const [cases, runs, projects, slides] = await Promise.all([
      room.server.call(worklist, {}),
      room.server.call(listRuns, {}),
      room.server.call(listProjects, {}),
      room.server.call(listSlides, {}),
    ]);
    const run = runs.rows[0]?.key ?? "";
    const slide = slides.rows.find(({ state }) => state !== "failed")?.key ?? "";
    for (const [name, path] of [
      ["worklist", "/"],
      ["worklist without a case", "/?find=nothing"],
      ["case", casePath(cases.rows.find(({ failedSlides }) => failedSlides === 0)?.key ?? "")],
      ["slide", slidePath(slide, undefined, run)],
      ["search", "/search"],
      ["studies", "/runs"],
      ["study", runPath(run)],
      ["audit", `${runPath(run)}?section=audit`],
      ["study file", `${runPath(run)}?section=study`],
      ["map", mapPath(run)],
      ["board", boardPath(projects.rows[0]?.key ?? "")],
      ["drop zone", "/drop"],
      ["trail", "/settings?section=trail"],
      ["tokens", "/settings?section=tokens"],
      ["no page", "/no/such/page"],
    ] as const)
      paths.set(name, path);
  });
  afterAll(async () => {
    await room?.close();
  });

  it.each([
    [390, 844, "light"],
    [1280, 800, "dark"],
    [3840, 2160, "dark"],
  ] as const)(
    "at %i x %i, %s",
    async (width, height, colorScheme) => {
      const page = await room.open("/", { viewport: { width, height }, colorScheme });
      for (const [name, path] of paths) {
        await page.goto(room.server.url + path);
        await page.locator("#page :is(h1, h2)").first().waitFor();
        await page.waitForLoadState("networkidle");
        const looks = await page.evaluate(() => {
          const roots = [document.documentElement, document.getElementById("page")];
          const written = [...document.querySelectorAll("#room *")].filter((element) =>
            [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== ""),
          );
          const letters = written.filter((element) => element.closest("svg") === null && element.checkVisibility());
          return {
            over: Math.max(...roots.map((root) => (root === null ? 0 : root.scrollWidth - root.clientWidth))),
            letters: Math.min(...letters.map((element) => Number.parseFloat(getComputedStyle(element).fontSize))),
          };
        });
        // Colours and names are the same at 4K.
        const serious = width === 3840 ? [] : await seriousViolations(page);
        expect([name, looks.over, looks.letters >= LEAST[width], serious]).toEqual([name, 0, true, []]);
      }
    },
    240_000,
  );
});
