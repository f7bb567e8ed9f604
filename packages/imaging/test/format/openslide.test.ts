/** Slides through OpenSlide's own process. It runs from the built package; skipped where the library is absent. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Outcome, unwrap } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openThroughOpenSlide } from "../../src/format/openslide/openslide-slide.ts";
import type { Raster, Slide } from "../../src/index.ts";
import { openSlideFile, openSlideReport } from "../../src/node.ts";
import { jpegBlocks, smoothPicture } from "../jpeg-blocks.ts";
import { buildTiff } from "../tiff-builder.ts";

const report = await openSlideReport();
if (!report.isFound) console.log(`skipped: slides through OpenSlide: ${report.detail}`);
const real = fileURLToPath(new URL("../../../../../shared/data/slides/CMU-1-Small-Region.svs", import.meta.url));
const hasReal = existsSync(real);
if (!hasReal) console.log(`skipped: no real slide at ${real}`);

const folder = mkdtempSync(join(tmpdir(), "nacre-openslide-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const levels = [smoothPicture(512, 384), smoothPicture(256, 192), smoothPicture(128, 96)];
let firstBlock = { offset: 0, length: 0 };

beforeAll(async () => {
  const pages = [];
  let stored = 0;
  for (const raster of levels) {
    const { tables, blocks } = await jpegBlocks(raster, 64, 64);
    const tags = [[347, 7, [...tables]]] as const;
    pages.push({
      width: raster.width,
      height: raster.height,
      block: [64, 64] as const,
      blocks,
      compression: 7,
      photometric: 6,
      tags,
    });
    stored += blocks.reduce((sum, block) => sum + block.length, 0);
  }
  const description = "Aperio Image Library v1\r\n512x384 [0,0 512x384] (64x64) JPEG/RGB Q=98|AppMag = 40|MPP = 0.25";
  const bytes = buildTiff({ pages: pages.map((page, i) => ({ ...page, ...(i === 0 ? { description } : {}) })) });
  firstBlock = { offset: bytes.length - stored, length: pages[0]?.blocks[0]?.length ?? 0 };
  writeFileSync(at("made.svs"), bytes);
  // Trestle's mark is its software, and what its description says of overlaps
  const ascii = (text: string): readonly number[] => [...new TextEncoder().encode(`${text}\0`)];
  const trestle = pages.map((page, i) => ({
    ...page,
    tags: [...page.tags, ...(i === 0 ? [[305, 2, ascii("MedScan")] as const] : [])],
    description:
      "Background Color=FFFFFF;White Balance=ABCDEF;Objective Power=10;JPEG Quality=98;OverlapsXY= 0 0 0 0 0 0",
  }));
  writeFileSync(at("trestle.tif"), buildTiff({ pages: trestle }));
  const broken = bytes.slice();
  broken.fill(0xa5, firstBlock.offset, firstBlock.offset + firstBlock.length);
  writeFileSync(at("broken.svs"), broken);
});

const childrenOf = (): string[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);

/** Opens a slide and says which process serves it. */
async function openWithPid(path: string, timeoutMs: number): Promise<{ slide: Slide; pid: () => number }> {
  const before = new Set(childrenOf());
  const slide = await openThroughOpenSlide(path, { timeoutMs });
  if (!slide) throw new Error("expected a slide, received none");
  const pid = (): number => Number(childrenOf().find((child) => !before.has(child)));
  return { slide, pid };
}

const kindOf = (outcome: Outcome<unknown>): string => (outcome.ok ? "read" : outcome.failure.kind);
const isSame = (a: Raster, b: Raster): boolean => Buffer.compare(a.data, b.data) === 0;
const corner = { level: 0, x: 0, y: 0, width: 20, height: 20 };

describe.skipIf(!report.isFound)("a slide through OpenSlide", () => {
  it("has the pixels, the levels, the scale and the objective that our own reader gives", async () => {
    const own = unwrap(await openSlideFile(at("made.svs")));
    const foreign = unwrap(await openSlideFile(at("made.svs"), { reader: "openslide" }));
    const shape = ({ info }: Slide) => [
      info.levels.map(({ width, height, downsample }) => [width, height, downsample]),
      info.mpp,
      info.objective,
    ];
    expect(shape(foreign)).toEqual(shape(own));
    expect(foreign.info.levels.length).toBe(3);
    expect(foreign.info.reader).toMatch(/^OpenSlide \d/);
    for (const { index, width, height, downsample } of own.info.levels) {
      const places = [
        { level: index, x: 0, y: 0, width, height },
        { level: index, x: 31 * downsample, y: 17 * downsample, width: 50, height: 40 },
        { level: index, x: (width - 10) * downsample, y: -5 * downsample, width: 30, height: 30 },
      ];
      for (const place of places) {
        const [a, b] = [unwrap(await foreign.read(place)), unwrap(await own.read(place))];
        expect(isSame(a, b)).toBe(true);
      }
    }
    own.close();
    foreign.close();
  });

  it.skipIf(!hasReal)("that is real has the same pixels, and its label and macro are told, not served", async () => {
    const own = unwrap(await openSlideFile(real));
    const foreign = unwrap(await openSlideFile(real, { reader: "openslide" }));
    const region = { level: 0, x: 700, y: 900, width: 800, height: 600 };
    expect(isSame(unwrap(await foreign.read(region)), unwrap(await own.read(region)))).toBe(true);
    expect(foreign.info.mpp).toBe(own.info.mpp);
    expect(foreign.info.associated?.map(({ name }) => name)).toEqual(["label", "macro", "thumbnail"]);
    expect(Object.keys(foreign).sort()).toEqual(["close", "info", "read", "readAt"]);
    own.close();
    foreign.close();
  });

  it("fails at the place of a broken block, and lives on", async () => {
    const slide = unwrap(await openSlideFile(at("broken.svs"), { reader: "openslide" }));
    const broken = await slide.read(corner);
    expect(kindOf(broken)).toBe("broken-tile");
    const good = await slide.read({ ...corner, x: 200, y: 200 });
    expect(kindOf(good)).toBe("read");
    expect(kindOf(await slide.read(corner))).toBe("broken-tile");
    slide.close();
  });

  it("whose process is killed fails by name for that read, and the next read starts another", async () => {
    const { slide, pid } = await openWithPid(at("made.svs"), 20_000);
    const first = pid();
    process.kill(first, "SIGSTOP");
    const pending = slide.read(corner);
    await pause(50);
    process.kill(first, "SIGKILL");
    const failed = await pending;
    expect(kindOf(failed)).toBe("unreadable-file");
    expect(failed.ok ? "" : failed.failure.received).toMatch(/SIGKILL/);
    expect(kindOf(await slide.read(corner))).toBe("read");
    expect(pid()).not.toBe(first);
    slide.close();
  });

  it("whose process dies between two reads is served by another", async () => {
    const { slide, pid } = await openWithPid(at("made.svs"), 20_000);
    process.kill(pid(), "SIGKILL");
    await pause(100);
    expect(kindOf(await slide.read(corner))).toBe("read");
    slide.close();
  });

  it("whose process hangs fails by name after its time, and the next read starts another", async () => {
    const { slide, pid } = await openWithPid(at("made.svs"), 3000);
    process.kill(pid(), "SIGSTOP");
    const failed = await slide.read(corner);
    expect(kindOf(failed)).toBe("unreadable-file");
    expect(failed.ok ? "" : failed.failure.received).toMatch(/no answer in 3 s/);
    expect(kindOf(await slide.read(corner))).toBe("read");
    slide.close();
  });

  it("answers reads side by side, stops when it is told to, and leaves no process behind", async () => {
    const { slide, pid } = await openWithPid(at("made.svs"), 20_000);
    const reads = await Promise.all([0, 10, 20, 30].map((x) => slide.read({ ...corner, x })));
    expect(reads.map(kindOf)).toEqual(["read", "read", "read", "read"]);
    const stop = new AbortController();
    stop.abort();
    expect(kindOf(await slide.read(corner, stop.signal))).toBe("cancelled");
    const child = pid();
    slide.close();
    await expect(slide.read(corner)).rejects.toThrow(TypeError);
    await pause(200);
    expect(childrenOf()).not.toContain(String(child));
  });

  it("of a format that has no reader of ours is read without being asked for: a generated Trestle", async () => {
    const slide = unwrap(await openSlideFile(at("trestle.tif")));
    expect(slide.info).toMatchObject({ format: "openslide-trestle", vendor: "trestle", objective: 10 });
    expect(slide.info.levels.map(({ width }) => width)).toEqual([512, 256, 128]);
    const own = unwrap(await openSlideFile(at("made.svs")));
    const region = { level: 0, x: 100, y: 90, width: 150, height: 120 };
    expect(isSame(unwrap(await slide.read(region)), unwrap(await own.read(region)))).toBe(true);
    slide.close();
    own.close();
  });

  it("is only tried for formats that are refused by name, and those it does not know stay refused", async () => {
    writeFileSync(at("false.mrxs"), "no slide at all, but its name says so");
    const refused = await openSlideFile(at("false.mrxs"));
    expect(refused.ok ? "" : `${refused.failure.kind}: ${refused.failure.received}`).toMatch(
      /^unsupported-format: 3DHISTECH MIRAX/,
    );
    writeFileSync(at("page.html"), "<html></html>");
    expect(kindOf(await openSlideFile(at("page.html"), { reader: "openslide" }))).toBe("unsupported-format");
    expect(kindOf(await openSlideFile(at("absent.svs"), { reader: "openslide" }))).toBe("missing-file");
  });
});
