/** What it costs to open a slide on a server and to read from it, counted at the server. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { randomStream, unwrap } from "@nacre/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ByteSource, memorySource, openSlide, openSlideUrl, type Slide } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { smoothPicture, standardJpeg } from "../jpeg-blocks.ts";
import { inMemory, type RangeServer, type Served, startRangeServer } from "../range-server.ts";
import { buildTiff, type PageSpec, rawPage } from "../tiff-builder.ts";

let server: RangeServer;
beforeAll(async () => {
  server = await startRangeServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const openRemote = async (name: string): Promise<Slide> => unwrap(await openSlideUrl(server.url(name), nodeCodecs));

/** Distance of two blocks in the file: that of an ordinary scan. */
const STRIDE = 28_000;

/** A pyramid of 100,000 x 80,000 pixels: its tables are real, and every block is the same picture wherever it lies. */
function hugeSlide(side: number): Promise<Served> {
  const made = huge.get(side) ?? makeHuge(side);
  huge.set(side, made);
  return made;
}
const huge = new Map<number, Promise<Served>>();

/** What makes a huge slide that of a vendor. */
interface Huge {
  /** Of every page. */
  readonly page?: Partial<PageSpec>;
  /** Of the finest image, and of the coarser ones in their order. */
  readonly each?: readonly Partial<PageSpec>[];
  /** Lies before the others. */
  readonly first?: PageSpec;
  readonly block?: Uint8Array;
}

async function makeHuge(side: number, { page: ofAll, each, first, block }: Huge = {}): Promise<Served> {
  const jpeg = block ?? (await standardJpeg(smoothPicture(side, side), 30));
  // coarse levels lie in front: a copy that broke off has lost the end of the finest
  const sizes = [16, 4, 1].map((by) => [100_000 / by, 80_000 / by] as const);
  const start = 2 ** 22;
  let at = start;
  const coarseFirst = sizes.map(([width, height]): PageSpec => {
    const n = Math.ceil(width / side) * Math.ceil(height / side);
    const offsets = Array.from({ length: n }, (_, i) => at + i * STRIDE);
    at += n * STRIDE;
    const lengths = Array<number>(n).fill(jpeg.length);
    const tags = [
      [324, 4, offsets],
      [325, 4, lengths],
    ] as const;
    return { width, height, block: [side, side], blocks: [jpeg], compression: 7, photometric: 6, tags, ...ofAll };
  });
  const aperio = [{ description: "Aperio Image Library v1|AppMag = 40|MPP = 0.25" }];
  const pages = coarseFirst.reverse().map((page, i): PageSpec => {
    const own: readonly Partial<PageSpec>[] = each ?? aperio;
    const { tags = [], ...more } = own[i] ?? {};
    return { ...page, ...more, tags: [...(page.tags ?? []), ...tags] };
  });
  const front = buildTiff({ pages: [...(first ? [first] : []), ...pages] });
  expect(front.length).toBeLessThan(start);
  expect(at).toBeLessThan(2 ** 32);
  expect(jpeg.length).toBeLessThan(STRIDE);
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

/** The same bytes, at hand at once. */
const atHand = (served: Served): ByteSource => ({
  size: served.size,
  name: "huge.svs",
  readSync: served.read,
  read: async (offset, length) => served.read(offset, length),
  close() {},
});

describe("a slide of 100,000 x 80,000 pixels on a server", () => {
  it.each([240, 512])("in blocks of %i px is opened with less than 200 kB, whatever its tables weigh", async (side) => {
    server.files.set("huge.svs", await hugeSlide(side));
    const slide = await openRemote("huge.svs");
    const opened = { bytes: server.bytes, requests: server.requests };
    expect(slide.info.levels.length).toBe(3);
    expect(slide.info.mpp).toBe(0.25);
    expect(opened.bytes).toBeLessThan(200_000);
    expect(opened.requests).toBeLessThanOrEqual(8);

    server.reset();
    const first = unwrap(await slide.read({ level: 0, x: 51_200, y: 25_600, width: 256, height: 256 }));
    expect(first.data.some((value) => value !== 255)).toBe(true);
    const tile = { bytes: server.bytes, requests: server.requests };
    expect(opened.bytes + tile.bytes).toBeLessThan(500_000);

    server.reset();
    await slide.read({ level: 0, x: 60_000, y: 40_000, width: 2048, height: 2048 });
    // a row of blocks lies together: one request a row, and two for where they lie
    expect(server.requests).toBeLessThanOrEqual(Math.ceil(2048 / side) + 1 + 2);
    console.log(
      `blocks of ${side}: opened by ${opened.requests} requests, ${opened.bytes} bytes; a tile of 256 px by ` +
        `${tile.requests}, ${tile.bytes}; 2048 px by ${server.requests}, ${server.bytes}`,
    );
    slide.close();
  });

  it("whose tables are read when they are wanted has the pixels and the blocks of the one that is read at once", async () => {
    const served = await hugeSlide(240);
    server.files.set("huge.svs", served);
    const slide = await openRemote("huge.svs");
    const local = unwrap(await openSlide(atHand(served), nodeCodecs));
    const chance = randomStream(5, "remote tables");
    for (let i = 0; i < 20; i++) {
      const region = {
        level: i % 3,
        x: chance.below(100_500) - 300,
        y: chance.below(80_500) - 300,
        width: 300,
        height: 200,
      };
      const [a, b] = [unwrap(await slide.read(region)), unwrap(await local.read(region))];
      expect(Buffer.compare(a.data, b.data), JSON.stringify(region)).toBe(0);
    }
    const [a, b] = [await slide.stored?.(0, 300, 200), await local.stored?.(0, 300, 200)];
    expect(a?.bytes).toEqual(b?.bytes);
    slide.close();
    local.close();
  });

  it("that is cut off fails by name where blocks are gone, and shows the others", async () => {
    const served = await hugeSlide(240);
    server.files.set("huge.svs", { size: Math.floor(served.size / 2), read: served.read });
    const slide = await openRemote("huge.svs");
    const gone = await slide.read({ level: 0, x: 50_000, y: 79_000, width: 256, height: 256 });
    expect(gone.ok ? "read" : gone.failure.kind).toBe("truncated-file");
    expect((await slide.read({ level: 0, x: 50_000, y: 1000, width: 256, height: 256 })).ok).toBe(true);
    slide.close();
  });
});

/** Leica's glass with one area of three levels on it. */
async function hugeScn(): Promise<Served> {
  const macro = rawPage({ width: 20, height: 16, data: new Uint8Array(960) }, [32, 32]);
  const image = (dimensions: string, view: string): string =>
    `<image><pixels>${dimensions}</pixels><view ${view}/><scanSettings><objectiveSettings><objective>40</objective></objectiveSettings></scanSettings></image>`;
  const sizes = [1, 4, 16].map((by) => `sizeX="${100_000 / by}" sizeY="${80_000 / by}"`);
  const levels = sizes.map((size, i) => `<dimension ${size} r="${i}" ifd="${i + 1}"/>`).join("");
  const description =
    '<?xml version="1.0"?><scn xmlns="x"><collection sizeX="26000000" sizeY="21000000">' +
    image(
      '<dimension sizeX="20" sizeY="16" r="0" ifd="0"/>',
      'sizeX="26000000" sizeY="21000000" offsetX="0" offsetY="0"',
    ) +
    `${image(levels, 'sizeX="25000000" sizeY="20000000" offsetX="0" offsetY="0"')}</collection></scn>`;
  return makeHuge(240, { first: { ...macro, description }, each: [] });
}

/** Ventana's camera frames of 1024 px without overlaps; levels of a quarter and a sixteenth. */
async function hugeBif(): Promise<{ served: Served; xml: number }> {
  const [columns, rows] = [Math.ceil(100_000 / 1024), Math.ceil(80_000 / 1024)];
  const joint = (direction: string, one: number, two: number): string =>
    `<TileJointInfo FlagJoined="1" Confidence="90" Direction="${direction}" Tile1="${one}" Tile2="${two}" OverlapX="0" OverlapY="0"/>`;
  const joints = Array.from({ length: columns * rows * 2 }, () => joint("RIGHT", 1, 2)).join("");
  const area = `<ImageInfo AOIScanned="1" AOIIndex="0" NumRows="${rows}" NumCols="${columns}" Width="1024" Height="1024" Pos-X="0" Pos-Y="0">${joints}</ImageInfo>`;
  const xml = `<EncodeInfo Ver="2"><SlideStitchInfo>${area}</SlideStitchInfo><AoiOrigin><AOI0 OriginX="0" OriginY="0"/></AoiOrigin></EncodeInfo>`;
  const bytes = (text: string) => [...new TextEncoder().encode(text)];
  const label = rawPage({ width: 32, height: 48, data: new Uint8Array(32 * 48 * 3) }, [32, 48], { isTiled: false });
  const scan = bytes('<iScan Magnification="40" ScanRes="0.25"></iScan>');
  const frame = { width: 1024, height: 1024, data: new Uint8Array(1024 * 1024 * 3).map((_, i) => 90 + (i >> 18)) };
  const served = await makeHuge(1024, {
    block: await standardJpeg(frame, 30, "4:2:0"),
    first: { ...label, description: "Label Image", tags: [[700, 1, scan]] },
    each: [0, 2, 4].map((level) => ({
      description: `level=${level} mag=40 quality=90`,
      ...(level === 0 ? { tags: [[700, 1, bytes(xml)]] as const } : {}),
    })),
  });
  return { served, xml: xml.length };
}

describe("a vendor's slide of 100,000 x 80,000 pixels on a server", () => {
  const opened = async (name: string, served: Served): Promise<{ slide: Slide; bytes: number; requests: number }> => {
    server.files.set(name, served);
    server.reset();
    const slide = await openRemote(name);
    console.log(`${name}: opened by ${server.requests} requests, ${server.bytes} bytes`);
    return { slide, bytes: server.bytes, requests: server.requests };
  };

  /** The same pixels as from a source that answers at once, whose tables are read whole. */
  async function expectSame(slide: Slide, served: Served): Promise<void> {
    const local = unwrap(await openSlide(atHand(served), nodeCodecs));
    for (const [level, x, y] of [
      [0, 51_200, 25_600],
      [0, 99_900, 79_000],
      [1, 20_000, 70_000],
      [2, 0, 0],
    ] as const) {
      const region = { level, x, y, width: 300, height: 200 };
      const [a, b] = [unwrap(await slide.read(region)).data, unwrap(await local.read(region)).data];
      expect(Buffer.compare(a, b), JSON.stringify(region)).toBe(0);
      expect(a.some((value) => value !== 255)).toBe(true);
    }
    local.close();
    slide.close();
  }

  it.each([33003, 33004, 33005])("of JPEG 2000 %i is opened with less than 200 kB", async (compression) => {
    const text = readFileSync(new URL("../hostile/jpeg2000.json", import.meta.url), "utf8");
    const block = new Uint8Array(Buffer.from(JSON.parse(text).stream, "base64"));
    const served = await makeHuge(240, { page: { compression }, block });
    const { slide, bytes } = await opened(`huge-${compression}.svs`, served);
    expect(slide.info.levels.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(200_000);
    slide.close();
  });

  it("of Leica is opened, and shows its first tile, with less than 400 kB, and has the pixels of one that is read at once", async () => {
    const served = await hugeScn();
    const { slide, bytes } = await opened("huge.scn", served);
    expect(slide.info).toMatchObject({ format: "leica-scn", mpp: 0.25 });
    expect(bytes).toBeLessThan(200_000);
    await slide.read({ level: 0, x: 51_200, y: 25_600, width: 256, height: 256 });
    expect(server.bytes).toBeLessThan(400_000);
    await expectSame(slide, served);
  });

  it("of Ventana costs its XML and 200 kB, and has the pixels of one that is read at once", async () => {
    const { served, xml } = await hugeBif();
    const { slide, bytes } = await opened("huge.bif", served);
    expect(slide.info).toMatchObject({ format: "ventana-bif", mpp: 0.25 });
    console.log(`of which XML ${xml}`);
    expect(bytes).toBeLessThan(xml + 200_000);
    await expectSame(slide, served);
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
