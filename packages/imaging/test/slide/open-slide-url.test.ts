/** What it costs to open a slide on a server and to read from it, counted at the server. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unwrap } from "@nacre/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { memorySource, openSlide, openSlideUrl, type Slide } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { smoothPicture, standardJpeg } from "../jpeg-blocks.ts";
import { inMemory, type RangeServer, type Served, startRangeServer } from "../range-server.ts";
import { buildTiff, type PageSpec } from "../tiff-builder.ts";

let server: RangeServer;
beforeAll(async () => {
  server = await startRangeServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const openRemote = async (name: string): Promise<Slide> => unwrap(await openSlideUrl(server.url(name), nodeCodecs));

/** Distance of two blocks in the file: that of an ordinary scan. */
const STRIDE = 30_000;

/** A pyramid of 100,000 x 80,000 pixels: its tables are real, and every block is the same picture wherever it lies. */
async function hugeSlide(side: number): Promise<Served> {
  const jpeg = await standardJpeg(smoothPicture(side, side), 60);
  const sizes = [1, 4, 16].map((by) => [100_000 / by, 80_000 / by] as const);
  const start = 2 ** 22;
  let at = start;
  const pages = sizes.map(([width, height]): PageSpec => {
    const n = Math.ceil(width / side) * Math.ceil(height / side);
    const offsets = Array.from({ length: n }, (_, i) => at + i * STRIDE);
    at += n * STRIDE;
    const lengths = Array<number>(n).fill(jpeg.length);
    const tags = [
      [324, 4, offsets],
      [325, 4, lengths],
    ] as const;
    return { width, height, block: [side, side], blocks: [jpeg], compression: 7, photometric: 6, tags };
  });
  const description = "Aperio Image Library v1|AppMag = 40|MPP = 0.25";
  const front = buildTiff({ pages: [{ ...(pages[0] as PageSpec), description }, ...pages.slice(1)] });
  expect(front.length).toBeLessThan(start);
  return {
    size: at,
    read(offset, length) {
      const out = new Uint8Array(length);
      if (offset < front.length) out.set(front.subarray(offset, offset + length));
      for (
        let block = Math.floor(Math.max(0, offset - start) / STRIDE);
        start + block * STRIDE < offset + length;
        block++
      ) {
        const from = start + block * STRIDE - offset;
        const part = from < 0 ? jpeg.subarray(-from) : jpeg.subarray(0, Math.max(0, length - from));
        out.set(part.subarray(0, Math.max(0, length - Math.max(0, from))), Math.max(0, from));
      }
      return out;
    },
  };
}

describe("a slide of 100,000 x 80,000 pixels on a server", () => {
  it.each([
    [512, 400_000],
    [256, 1_300_000],
  ])("in blocks of %i px is opened with its tables and little more, under %i bytes", async (side, most) => {
    server.files.set("huge.svs", await hugeSlide(side));
    const slide = await openRemote("huge.svs");
    const opened = { bytes: server.bytes, requests: server.requests };
    expect(slide.info.levels.length).toBe(3);
    expect(slide.info.mpp).toBe(0.25);
    expect(opened.bytes).toBeLessThan(most);
    expect(opened.requests).toBeLessThanOrEqual(12);

    server.reset();
    const small = unwrap(await slide.read({ level: 0, x: 51_200, y: 25_600, width: 256, height: 256 }));
    expect(small.data.some((value) => value !== 255)).toBe(true);
    expect(server.requests).toBe(1);
    expect(server.bytes).toBeLessThanOrEqual(2 * 32_768);

    server.reset();
    await slide.read({ level: 0, x: 60_000, y: 40_000, width: 2048, height: 2048 });
    const rows = Math.ceil(2048 / side) + 1;
    // a row of blocks lies together: one request a row
    expect(server.requests).toBeLessThanOrEqual(rows);
    console.log(
      `blocks of ${side}: opened by ${opened.requests} requests, ${opened.bytes} bytes; 2048 px by ${server.requests}, ${server.bytes}`,
    );
    slide.close();
  });
});

const real = fileURLToPath(new URL("../../../../../shared/data/slides/CMU-1-Small-Region.svs", import.meta.url));
const isThere = existsSync(real);
if (!isThere) console.log(`skipped: no real slide at ${real}`);

describe.skipIf(!isThere)("a real SVS on a server", () => {
  it("is opened and shows its first tile with a few hundred kilobytes, and gives the pixels of the file", async () => {
    const bytes = new Uint8Array(readFileSync(real));
    server.files.set("real.svs", inMemory(bytes));
    const slide = await openRemote("real.svs");
    const opened = [server.requests, server.bytes];
    const region = { level: 0, x: 700, y: 900, width: 256, height: 256 };
    const { data } = unwrap(await slide.read(region));
    console.log(
      `real SVS: opened by ${opened[0]} requests, ${opened[1]} bytes; with a tile ${server.requests}, ${server.bytes}`,
    );
    expect(server.bytes).toBeLessThan(400_000);
    const local = unwrap(await openSlide(memorySource(bytes, "real.svs"), nodeCodecs));
    expect(Buffer.compare(data, unwrap(await local.read(region)).data)).toBe(0);
    const whole = { level: 0, x: 0, y: 0, width: slide.info.width, height: slide.info.height };
    const [a, b] = [unwrap(await slide.read(whole)), unwrap(await local.read(whole))];
    expect(Buffer.compare(a.data, b.data)).toBe(0);
    slide.close();
    local.close();
  });
});

it("an address that is no slide fails by name", async () => {
  server.files.set("page.html", inMemory(new TextEncoder().encode("<html>".repeat(50))));
  const page = await openSlideUrl(server.url("page.html"), nodeCodecs);
  expect(page.ok ? "opened" : page.failure.kind).toBe("unsupported-format");
  const absent = await openSlideUrl(server.url("absent.svs"), nodeCodecs);
  expect(absent.ok ? "opened" : absent.failure.kind).toBe("missing-file");
});
