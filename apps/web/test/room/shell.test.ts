/** The frame of the room: how it calls the service, what its first load weighs, what holds on every page. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beginDraft, changeAnnotations, listSlides, printDraft, ROUTES, worklist } from "@nacre/api";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTokenIn } from "../../../server/src/service/use-store.ts";
import { casePath, searchPath, slidePath } from "../../src/room/address.ts";
import { addressOf, CallFailure, call, failureOf } from "../../src/room/client/call.ts";
import { eventReader } from "../../src/room/client/watch.ts";
import { runTitles } from "../../src/room/shell/run-titles.ts";
import { place } from "../build-page.ts";
import { builtRoom, isAbsent, openRoom, type Room, seriousViolations } from "./room-server.ts";

const KEY = "0123456789abcdef";

describe("calling the service", () => {
  it("puts parameters into the path, and leaves out of the query what is not given", () => {
    expect(addressOf(printDraft, { params: { case: KEY, format: "fhir.json" } })).toBe(
      `/api/cases/${KEY}/report.fhir.json`,
    );
    expect(addressOf(worklist, { query: { find: "a b&c", state: undefined, assignee: "" } })).toBe(
      "/api/worklist?find=a+b%26c&assignee=",
    );
    expect(() => addressOf(changeAnnotations, {})).toThrow(/expected the path parameter slide/);
  });

  it("names every route by its id, so that a change can say what it makes old", () => {
    for (const [name, route] of Object.entries(ROUTES)) expect(route.id).toBe(name);
  });

  it("tells a refusal in the service's words, and a stranger's answer as a stranger's", async () => {
    const failure = { kind: "conflict", expected: "a", received: "b", remedy: "c" };
    expect((await failureOf(Response.json({ error: failure }, { status: 409 }))).failure).toEqual(failure);
    const proxy = await failureOf(new Response("<html>bad gateway</html>", { status: 502 }));
    expect([proxy.status, proxy.failure.kind, proxy.failure.received]).toEqual([
      502,
      "bad-answer",
      "status 502 without a reason",
    ]);
  });

  it("tells a service that does not answer as unreachable", async () => {
    // Node has no page whose origin a path could be of: no address is reached.
    await expect(call(worklist)).rejects.toSatisfy((e) => e instanceof CallFailure && e.failure.kind === "unreachable");
  });

  it("reads the same events however the stream is cut", () => {
    const text = 'id: 1\r\ndata: {"a":1}\r\n\r\n: heartbeat\n\nid:2\ndata: x\ndata: y\n\ndata: torn';
    const whole = eventReader()(text);
    expect(whole).toEqual([
      { id: "1", data: '{"a":1}' },
      { id: "2", data: "x\ny" },
    ]);
    for (let at = 1; at < text.length; at++) {
      const read = eventReader();
      expect([...read(text.slice(0, at)), ...read(text.slice(at))]).toEqual(whole);
    }
    const read = eventReader();
    expect([...text].flatMap((letter) => read(letter))).toEqual(whole);
  });

  it("writes addresses of views that a reload brings back", () => {
    expect(slidePath(KEY, { x: 10.4, y: -3, w: 99.6 }, KEY)).toBe(`/slides/${KEY}?x=10&y=-3&w=100&run=${KEY}`);
    expect(searchPath(KEY, KEY, { x: 1, y: 2 })).toBe(`/search?slide=${KEY}&run=${KEY}&x=1&y=2`);
  });

  it("gives two runs of one name two titles, by when they began or by key", () => {
    const run = { key: "1".repeat(16), name: "a", started: "2026-01-02T00:00:00.000Z" };
    const titles = (...runs: Parameters<typeof runTitles>[0][number][]) => [...runTitles(runs).values()];
    expect(titles(run, { ...run, key: KEY, name: "b" })).toEqual(["a", "b"]);
    expect(titles(run, { ...run, key: KEY, started: null })).toEqual(["a, 2 Jan 2026", "a"]);
    expect(titles(run, { ...run, key: KEY })).toEqual(["a, 111111", "a, 012345"]);
  });
});

interface ManifestChunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

describe("the built room", () => {
  const folder = builtRoom();
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Record<string, ManifestChunk>;

  /** Files that a page needs before it stands. */
  function filesOf(page: string): Set<string> {
    const files = new Set(["index.html", "first.js"]);
    const take = (name: string): void => {
      const chunk = manifest[name];
      if (chunk === undefined || files.has(chunk.file)) return;
      files.add(chunk.file);
      for (const sheet of chunk.css ?? []) files.add(sheet);
      for (const other of chunk.imports ?? []) take(other);
    };
    take("index.html");
    take(page);
    return files;
  }
  const weight = (files: Iterable<string>): number =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0);

  it("loads the worklist in less than 300 kB compressed, without the viewer", () => {
    const files = filesOf("worklist/worklist-page.tsx");
    expect(files.size).toBeGreaterThan(3);
    expect(weight(files)).toBeLessThan(300_000);
    expect([...files].filter((file) => /viewer|openseadragon|scatterplot|ort/.test(file))).toEqual([]);
  });

  it("has every page in a chunk of its own", () => {
    const shell = filesOf("");
    const pages = Object.keys(manifest).filter(
      (name) => name.endsWith("-page.tsx") && manifest[name]?.file.includes("-page"),
    );
    expect(pages.length).toBeGreaterThanOrEqual(10);
    for (const page of pages) expect(shell.has(manifest[page]?.file ?? "")).toBe(false);
  });

  it("holds no inline script, handler or style, and no address of another host", () => {
    const html = readFileSync(join(folder, "index.html"), "utf8");
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=|https?:\/\//);
  });
});

describe.skipIf(isAbsent)("every page", () => {
  let room: Room;
  beforeAll(async () => {
    room = await openRoom();
  });
  afterAll(async () => {
    await room?.close();
  });

  it("says what it is not, and that the data are synthetic", async () => {
    const page = await room.open("/");
    await page.getByText("Research use only. Not a medical device.").waitFor();
    await page.getByText("SYNTHETIC", { exact: true }).waitFor();
  });

  it("shows its keys on ?, and goes where g and a letter say", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keys" });
    await dialog.getByText("assign to me").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.waitForURL("**/runs");
  });

  it("keeps a chosen theme over a reload, before the first picture", async () => {
    const page = await room.open("/settings");
    await page.getByLabel("Theme").selectOption("dark");
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).toBe("rgb(19, 21, 22)");
    await page.reload({ waitUntil: "commit" });
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    expect(await ground()).toBe("rgb(19, 21, 22)");
  });

  it("puts the focus at the top of a page that was gone to, and tells its kind and no name in the title", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    expect(await page.title()).toBe("Worklist – Nacre");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForFunction(() => document.title === "Case – Nacre");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("page");
  });

  it("can be gone through by the Tab key with the focus in sight", async () => {
    const page = await room.open("/");
    await page.getByRole("grid").waitFor();
    const seen = new Set<string>();
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press("Tab");
      const now = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const style = getComputedStyle(element);
        const isPage = element === document.body;
        const name = isPage ? "" : element.getAttribute("aria-label") || element.textContent || element.tagName;
        return { name, outline: style.outlineStyle };
      });
      if (now.name !== "" && !seen.has(now.name)) expect([now.name, now.outline]).not.toEqual([now.name, "none"]);
      seen.add(now.name);
    }
    expect([...seen].join("|")).toMatch(/Skip to the page.*Worklist.*Settings.*Bring in cases/s);
  });

  it.each(["light", "dark"] as const)("has no serious violation on the settings pages, %s", async (colorScheme) => {
    const page = await room.open("/settings", { colorScheme });
    for (const section of ["Session", "Tokens", "Trail", "Webhooks", "Health"]) {
      await page.getByRole("tab", { name: section }).click();
      await page.getByRole("tabpanel").waitFor();
      expect([section, await seriousViolations(page)]).toEqual([section, []]);
    }
  });

  it("tells an address that leads nowhere, with the way back", async () => {
    const page = await room.open("/no/such/page");
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    const written = room.wrong.length;
    const unknown = "0".repeat(16);
    const nowhere = [
      ["slide", "/slides/zzz", "/"],
      ["slide", `/slides/${unknown}`, "/"],
      ["case", "/cases/zzz", "/"],
      ["run", "/runs/zzz", "/runs"],
      ["run", `/runs/${unknown}/map`, "/runs"],
      ["board", `/board/${unknown}`, "/runs"],
    ] as const;
    for (const [kind, path, back] of nowhere) {
      await page.goto(room.server.url + path);
      await page.getByRole("heading", { name: `There is no such ${kind}` }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole("main").getByRole("link").click();
      await page.waitForURL(room.server.url + back);
    }
    // The browser writes down each refusal by itself.
    expect(room.wrong.splice(written).filter((line) => !line.includes("/api/"))).toEqual([]);
  });

  it("asks for a slide and for its page's code before it knows who is there", async () => {
    const { rows } = await room.server.call(listSlides, {});
    const slide = rows.find(({ state }) => state !== "failed")?.key ?? "";
    const page = await room.open("/settings");
    let answer = (): void => {};
    const asked = new Promise<void>((done) => {
      answer = done;
    });
    await page.route("**/api/session", async (route) => {
      await asked;
      await route.continue();
    });
    const wanted = [page.waitForRequest(`**/api/slides/${slide}`), page.waitForRequest("**/assets/viewer-page-*.js")];
    await page.goto(`${room.server.url}/slides/${slide}`, { waitUntil: "commit" });
    await Promise.all(wanted);
    expect(await page.getByRole("navigation").count()).toBe(0);
    answer();
    await page.getByRole("application").waitFor();
  });

  it("shows a page as soon as its code has come", async () => {
    // The middle one of three: another program may have the processor.
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      const page = await room.open("/");
      await page.getByRole("grid").waitFor();
      waits.push(
        await page.evaluate(async () => {
          document.querySelector<HTMLElement>('a[href="/settings"]')?.click();
          const begun = performance.now();
          while (document.querySelector('[role="tab"]') === null && performance.now() - begun < 5000)
            await new Promise((done) => setTimeout(done, 5));
          const code = performance.getEntriesByType("resource").find(({ name }) => name.includes("settings-page-"));
          return performance.now() - (code as PerformanceResourceTiming).responseEnd;
        }),
      );
      await page.close();
    }
    expect(waits.toSorted((a, b) => a - b)[1]).toBeLessThan(200);
  });

  it("says so when the service does not answer, and tries again when asked", async () => {
    const page = await room.open("/settings");
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    const written = room.wrong.length;
    await page.route("**/api/session", (route) => route.abort());
    await page.reload();
    await page.getByText("The service does not answer").waitFor();
    room.wrong.length = written;
    await page.unroute("**/api/session");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
  });

  it("makes a token, tells it once, and ends it", async () => {
    const page = await room.open("/settings?section=tokens");
    await page.getByLabel("For whom or what").fill("a worker");
    await page.getByLabel("Role").selectOption("worker");
    await page.getByRole("button", { name: "Make" }).click();
    await page.getByText(/^nacre_\S{20,}$/).waitFor();
    await page.getByRole("button", { name: "End the token a worker" }).click();
    await page.getByText("ended", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("a worker").waitFor();
    expect(await page.getByText(/nacre_/).count()).toBe(0);
  });

  it("checks the trail and shows who did what", async () => {
    const page = await room.open("/settings?section=trail");
    await page.getByRole("button", { name: "Check the chain" }).click();
    await page.getByText("The chain holds").waitFor();
    await page.getByRole("cell", { name: "token.made" }).first().waitFor();
  });

  it("wrote nothing to the console and asked nobody else", () => {
    expect(room.wrong).toEqual([]);
    expect(room.strayed).toEqual([]);
  });
});

describe.skipIf(isAbsent)("a page that nobody touches", () => {
  const MINUTE = 60_000;
  let room: Room;
  const paths = new Map<string, string>();
  beforeAll(async () => {
    room = await openRoom();
    const { rows } = await room.server.call(worklist, {});
    const key = rows[0]?.key ?? "";
    await room.server.call(beginDraft, { params: { case: key }, body: { template: "general" } });
    const slides = await room.server.call(listSlides, { query: { state: "ready" } });
    paths.set("the worklist", "/").set("a case with a draft", casePath(key)).set("the studies", "/runs");
    paths.set("a slide", slidePath(slides.rows[0]?.key ?? "")).set("the health", "/settings?section=health");
  });
  afterAll(async () => {
    await room?.close();
  });

  it.each(["the worklist", "a case with a draft", "the studies", "a slide", "the health"])(
    "asks nothing by itself after five minutes, so that the session ends, and asks at once when touched: %s",
    async (name) => {
      const page = await room.open("/drop");
      await page.clock.install();
      await page.goto(room.server.url + paths.get(name));
      await page.locator("#page :is(h1, h2)").first().waitFor();
      await page.waitForLoadState("networkidle");
      let asked = 0;
      page.on("request", (request) => {
        if (new URL(request.url()).pathname.startsWith("/api/")) asked++;
      });
      await page.clock.fastForward(2 * MINUTE);
      await expect.poll(() => asked).toBeGreaterThan(0);
      await page.clock.fastForward(4 * MINUTE);
      await page.waitForLoadState("networkidle");
      asked = 0;
      for (let i = 0; i < 3; i++) await page.clock.fastForward(10 * MINUTE);
      await page.waitForTimeout(100);
      expect(asked).toBe(0);
      await page.keyboard.press("Shift");
      await expect.poll(() => asked).toBeGreaterThan(0);
      await page.context().close();
    },
  );
});

describe.skipIf(isAbsent)("where signing in is needed", () => {
  let room: Room;
  let token: string;
  beforeAll(async () => {
    const data = place("signed-in");
    const spec = { name: "a reader", role: "reader", rights: [], projects: null, days: 1 } as const;
    ({ token } = unwrap(await makeTokenIn({ folder: data }, spec)));
    room = await openRoom({ host: "0.0.0.0", data });
  });
  afterAll(async () => {
    await room?.close();
  });

  it("stands before every page, refuses a wrong token, and lets in with a right one", async () => {
    const page = await room.open("/settings");
    await page.getByRole("heading", { name: "Nacre" }).waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel("Token").fill("nacre_not-a-token-at-all");
    await page.getByRole("button", { name: "Sign in with a token" }).click();
    await page.getByText("Not signed in").waitFor();
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in with a token" }).click();
    await page.getByRole("heading", { name: "Settings" }).waitFor();
    // A change carries the session's word: without it the service would refuse.
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Token").waitFor();
  });
});
