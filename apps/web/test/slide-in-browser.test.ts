/**
 * A slide in a real browser: @nacre/imaging bundled as pages are, a generated SVS chosen from the disk, and pixels that must be those of
 * Node bit for bit. Debian's Chromium; skipped where it is absent.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { memorySource } from "@nacre/imaging";
import { nodeCodecs } from "@nacre/imaging/node";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encode } from "../../../packages/imaging/test/format/zarr-builder.ts";
import { jpegBlocks, smoothPicture } from "../../../packages/imaging/test/jpeg-blocks.ts";
import { picture } from "../../../packages/imaging/test/picture.ts";
import { inMemory, type RangeServer, startRangeServer } from "../../../packages/imaging/test/range-server.ts";
import { buildTiff, cut, type PageSpec } from "../../../packages/imaging/test/tiff-builder.ts";
import { place } from "./build-page.ts";
import { type SlidePage, type Told, tellSource } from "./slide-page.ts";

const CHROMIUM = "/usr/bin/chromium";
const isAbsent = !existsSync(CHROMIUM);
if (isAbsent) console.log(`skipped: a slide in a browser, for want of ${CHROMIUM}`);

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** The page's script, with everything it imports. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    envFile: false,
    root: HERE,
    logLevel: "error",
    resolve: { conditions: ["source"] },
    build: {
      write: false,
      target: "es2022",
      rollupOptions: { output: { codeSplitting: false } },
      lib: { entry: join(HERE, "slide-page.ts"), formats: ["es"] },
    },
  });
  const outputs = [result].flat().flatMap((r) => ("output" in r ? r.output : []));
  const script = outputs.find((o) => o.type === "chunk");
  if (outputs.length !== 1 || script?.type !== "chunk") {
    throw new Error(`expected one script, received ${outputs.map((o) => o.fileName).join(", ")}`);
  }
  return script.code;
}

/** The decoders' WebAssembly lies beside the page, where they look for it. */
function decoders(): Map<string, Uint8Array> {
  const require = createRequire(import.meta.url);
  const files = ["codec-libjpeg-turbo-8bit/decodewasm", "codec-openjpeg/decodewasm"].map((name) =>
    require.resolve(`@cornerstonejs/${name}`),
  );
  return new Map(files.map((file) => [`/${file.split(/[\\/]/).at(-1)}`, readFileSync(file)]));
}

async function servePage(script: string): Promise<Server> {
  const wasm = decoders();
  const server = createServer((request, response) => {
    const module = wasm.get(request.url ?? "");
    if (module) response.writeHead(200, { "content-type": "application/wasm" }).end(module);
    else if (request.url === "/page.js") response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    else if (request.url === "/") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(
        '<!doctype html><link rel="icon" href="data:,"><input type="file"><script type="module" src="page.js"></script>',
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** An SVS of three levels, its tables apart from its blocks. */
async function madeSvs(): Promise<Uint8Array> {
  const pages: PageSpec[] = [];
  for (const [width, height] of [
    [700, 500],
    [350, 250],
    [175, 125],
  ] as const) {
    const { tables, blocks } = await jpegBlocks(smoothPicture(width, height), 240, 240, 80);
    const tags = [[347, 7, [...tables]]] as const;
    pages.push({ width, height, block: [240, 240], blocks, compression: 7, photometric: 6, tags });
  }
  const description = "Aperio Image Library v1|AppMag = 40|MPP = 0.25";
  return buildTiff({ pages: pages.map((page, i) => (i === 0 ? { ...page, description } : page)) });
}

async function madeFlat(compression: number, codec: "none" | "zlib" | "zstd"): Promise<Uint8Array> {
  const blocks: Uint8Array[] = [];
  for (const block of cut(picture(300, 200), 64, 64)) {
    blocks.push(codec === "zlib" ? new Uint8Array(deflateSync(block)) : await encode(block, codec));
  }
  return buildTiff({ pages: [{ width: 300, height: 200, block: [64, 64], blocks, compression }] });
}

const SVS_REGIONS = [
  { level: 0, x: 0, y: 0, width: 700, height: 500 },
  { level: 0, x: 230, y: 190, width: 100, height: 80 },
  { level: 1, x: -40, y: -20, width: 200, height: 120 },
  { level: 2, x: 0, y: 0, width: 175, height: 125 },
];
const FLAT_REGIONS = [{ level: 0, x: 10, y: 20, width: 280, height: 170 }];

describe.skipIf(isAbsent)("a slide in a browser", () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  let files: RangeServer;
  const wrong: string[] = [];

  beforeAll(async () => {
    server = await servePage(await bundle());
    files = await startRangeServer();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => wrong.push(message.text()));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    await files?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  async function fromDisk(name: string, bytes: Uint8Array, regions: typeof SVS_REGIONS): Promise<Told> {
    writeFileSync(place(name), bytes);
    await page.setInputFiles("input", place(name));
    return page.evaluate((r) => (window as unknown as { slidePage: SlidePage }).slidePage.fromInput(r), regions);
  }

  const hashesOf = (told: Told): readonly string[] => ("hashes" in told ? told.hashes : [told.failure]);

  it("that is an SVS of JPEG blocks, chosen from the disk, has the pixels that Node's native decoder gives", async () => {
    const bytes = await madeSvs();
    const here = await tellSource(memorySource(bytes, "made.svs"), nodeCodecs, SVS_REGIONS);
    const there = await fromDisk("made.svs", bytes, SVS_REGIONS);
    expect(hashesOf(there)).toEqual(hashesOf(here));
    expect(hashesOf(there).length).toBe(SVS_REGIONS.length);
    expect("reader" in there ? there.reader : "").toBe("libjpeg-turbo (WebAssembly)");
  });

  it.each([
    ["not compressed", 1, "none"],
    ["in deflate", 8, "zlib"],
    ["in Zstandard", 50000, "zstd"],
  ] as const)("that is %s has the pixels that Node gives", async (_what, compression, codec) => {
    const bytes = await madeFlat(compression, codec);
    const here = await tellSource(memorySource(bytes, "made.tif"), nodeCodecs, FLAT_REGIONS);
    expect(hashesOf(await fromDisk("made.tif", bytes, FLAT_REGIONS))).toEqual(hashesOf(here));
    expect(hashesOf(here)[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("that lies on another server is read by ranges, and has the same pixels", async () => {
    const bytes = await madeSvs();
    files.files.set("made.svs", inMemory(bytes));
    const here = await tellSource(memorySource(bytes, "made.svs"), nodeCodecs, SVS_REGIONS);
    const there = await page.evaluate(
      ([url, regions]) => (window as unknown as { slidePage: SlidePage }).slidePage.fromUrl(url, regions),
      [files.url("made.svs"), SVS_REGIONS] as const,
    );
    expect(hashesOf(there)).toEqual(hashesOf(here));
    expect(files.requests).toBeGreaterThan(0);
  });

  it("that is none fails by name, and nothing went wrong on the page besides", async () => {
    const told = await fromDisk("false.svs", new TextEncoder().encode("no slide"), FLAT_REGIONS);
    expect("failure" in told ? told.failure : "").toMatch(/^unsupported-format/);
    expect(wrong).toEqual([]);
  });
});
