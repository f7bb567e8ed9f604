/** The room as people meet it: built once in a process, handed out by the real service over a folder of synthetic slides, in Debian's Chromium. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { smallProject } from "../../../server/test/archive/small-project.ts";
import { type TestOptions, type TestServer, testServer } from "../../../server/test/test-server.ts";
import { place } from "../build-page.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Slides are read in threads of the built service. */
const THREAD = fileURLToPath(new URL("../../../server/dist/tile/slide-thread.js", import.meta.url));

export const isAbsent = !existsSync(CHROMIUM) || !existsSync(THREAD);
if (isAbsent) console.log(`skipped: the room in a browser, for want of ${CHROMIUM} or ${THREAD}`);

let built: string | null = null;

/** Folder of the built room. */
export function builtRoom(): string {
  if (built === null) {
    built = place("room");
    execFileSync(process.execPath, [fileURLToPath(new URL("../../build.mjs", import.meta.url)), "--room", built]);
  }
  return built;
}

/** WebGL without a graphics card. */
const SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

export interface RoomOptions extends TestOptions {
  /** The page draws with WebGL. */
  readonly gl?: boolean;
}

export interface Room {
  readonly server: TestServer;
  readonly folder: string;
  /** A new window, signed in as nobody but who sits at this machine. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** What the pages wrote to their consoles, and scripts that failed. */
  readonly wrong: string[];
  /** Requests that left the service's own origin. */
  readonly strayed: string[];
  close(): Promise<void>;
}

/** Starts the service over a small finished run of synthetic slides. The scan has ended when this resolves. */
export async function openRoom({ gl = false, ...options }: RoomOptions = {}): Promise<Room> {
  const project = await smallProject();
  const server = await testServer({
    projects: [{ name: "small", folder: project.folder }],
    web: builtRoom(),
    ...options,
  });
  for (const { key } of server.services.archive.projects) await server.services.archive.scan(key);
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", ...(gl ? SOFTWARE_GL : ["--disable-gpu"])],
  });
  const contexts: BrowserContext[] = [];
  const wrong: string[] = [];
  const strayed: string[] = [];
  return {
    server,
    folder: project.folder,
    wrong,
    strayed,
    async open(path, context = {}) {
      const own = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        colorScheme: "light",
        ...context,
      });
      own.setDefaultTimeout(20_000);
      contexts.push(own);
      const page = await own.newPage();
      page.on("console", (message) => {
        const { url } = message.location();
        // A slide that cannot be read has no picture: the page shows its empty frame, and the browser says so by itself.
        if (url.includes("/thumbnail") && message.text().includes("422")) return;
        if (message.type() === "error" || message.type() === "warning") wrong.push(`${url}: ${message.text()}`);
      });
      page.on("pageerror", (error) => wrong.push(error.message));
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol.startsWith("http") && url.port !== new URL(server.url).port) strayed.push(request.url());
      });
      await page.goto(server.url.replace("0.0.0.0", "127.0.0.1") + path);
      return page;
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
      await server.close();
      project.remove();
    },
  };
}

/** Violations that axe calls serious or critical, in words. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).join("; ")}`,
    );
}
