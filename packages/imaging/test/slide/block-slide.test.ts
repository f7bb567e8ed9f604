import { randomStream, unwrap } from "@nacre/core";
import { beforeAll, describe, expect, it } from "vitest";
import { blobSource, memorySource, openSlide, portableCodecs, type Raster, type Slide } from "../../src/index.ts";
import { encodeJpeg, nodeCodecs } from "../../src/node.ts";
import { partOf, picture } from "../picture.ts";
import { buildTiff, cut, rawPage } from "../tiff-builder.ts";

const raster = picture(150, 110);
const raw = buildTiff({ pages: [rawPage(raster, [32, 32])] });

/** A slide of JPEG tiles, and its pixels read at once. */
async function jpegSlide(): Promise<{ bytes: Uint8Array; pixels: Raster }> {
  const blocks: Uint8Array[] = [];
  for (const data of cut(raster, 48, 48)) blocks.push(await encodeJpeg({ width: 48, height: 48, data }, 90));
  const page = { width: 150, height: 110, block: [48, 48] as const, blocks, compression: 7, photometric: 6 };
  const bytes = buildTiff({ pages: [page] });
  const slide = unwrap(await openSlide(memorySource(bytes), nodeCodecs));
  return { bytes, pixels: unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 150, height: 110 })) };
}

const openBytes = async (bytes: Uint8Array): Promise<Slide> => unwrap(await openSlide(memorySource(bytes), nodeCodecs));

let jpeg: { bytes: Uint8Array; pixels: Raster };
beforeAll(async () => {
  jpeg = await jpegSlide();
});

describe("read(region)", () => {
  it("gives the stored pixels, and white outside of the slide", async () => {
    const slide = await openBytes(raw);
    const chance = randomStream(5, "regions");
    for (let i = 0; i < 200; i++) {
      const [x, y] = [chance.below(260) - 60, chance.below(220) - 60];
      const [width, height] = [1 + chance.below(120), 1 + chance.below(120)];
      const read = unwrap(await slide.read({ level: 0, x, y, width, height }));
      expect(Buffer.compare(read.data, partOf(raster, x, y, width, height))).toBe(0);
    }
  });

  it("gives the same pixels at random, in a scan, from a Blob, and from the portable decoders", async () => {
    const slides = [
      await openBytes(jpeg.bytes),
      unwrap(await openSlide(blobSource(new Blob([jpeg.bytes as Uint8Array<ArrayBuffer>])), nodeCodecs)),
      unwrap(await openSlide(memorySource(jpeg.bytes), portableCodecs)),
    ];
    for (let y = 5; y < 100; y += 24) {
      for (let x = 5; x < 140; x += 24) {
        const wanted = partOf(jpeg.pixels, x, y, 30, 30);
        for (const slide of slides) {
          const read = unwrap(await slide.read({ level: 0, x, y, width: 30, height: 30 }));
          expect(Buffer.compare(read.data, wanted)).toBe(0);
        }
      }
    }
  });

  it("gives the same pixels in rows, in columns, up and down, and by turns", async () => {
    const order = (name: string): (readonly [number, number])[] => {
      const xs = [0, 11, 40, 63, 90, 118];
      const ys = [2, 19, 36, 47, 53, 78];
      const rows = ys.flatMap((y) => xs.map((x) => [x, y] as const));
      if (name === "columns") return xs.flatMap((x) => ys.map((y) => [x, y] as const));
      if (name === "up") return rows.toReversed();
      if (name !== "turns") return rows;
      const chance = randomStream(8, "turns");
      return Array.from({ length: 120 }, () => rows[chance.below(rows.length)] as readonly [number, number]);
    };
    for (const name of ["rows", "columns", "up", "turns"]) {
      const slide = await openBytes(jpeg.bytes);
      for (const [x, y] of order(name)) {
        const read = unwrap(await slide.read({ level: 0, x, y, width: 30, height: 26 }));
        const isSame = Buffer.compare(read.data, partOf(jpeg.pixels, x, y, 30, 26)) === 0;
        if (!isSame) expect.fail(`${name}: ${x}, ${y} differs`);
      }
      slide.close();
    }
  });

  it("reads into room that is handed in, and leaves room of another size as it is", async () => {
    const slide = await openBytes(raw);
    for (const [x, y] of [
      [3, 5],
      [-4, -6],
    ] as const) {
      const region = { level: 0, x, y, width: 20, height: 11 };
      const plain = unwrap(await slide.read(region));
      const into = new Uint8Array(20 * 11 * 3).fill(7);
      const read = unwrap(await slide.read({ ...region, into }));
      expect(read.data).toBe(into);
      expect(Buffer.compare(into, plain.data)).toBe(0);
      const large = new Uint8Array(1000).fill(7);
      expect(Buffer.compare(unwrap(await slide.read({ ...region, into: large })).data, plain.data)).toBe(0);
      expect(large.every((value) => value === 7)).toBe(true);
    }
  });

  it("takes x and y at level 0 and gives the nearest pixel of the level", async () => {
    const half = picture(75, 55);
    const slide = await openBytes(buildTiff({ pages: [rawPage(raster, [32, 32]), rawPage(half, [32, 32])] }));
    const read = unwrap(await slide.read({ level: 1, x: 21, y: 40, width: 20, height: 10 }));
    expect([...read.data]).toEqual([...partOf(half, 11, 20, 20, 10)]);
  });

  it("gives background where a block is missing or was never scanned", async () => {
    const page = rawPage(raster, [32, 32]);
    const filler = new Uint8Array(32 * 32 * 3).fill(0x11);
    const blocks = page.blocks.map((block, i) => (i === 0 ? new Uint8Array() : i === 1 ? filler : block));
    const slide = await openBytes(buildTiff({ pages: [{ ...page, blocks }] }));
    const read = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 96, height: 32 }));
    const wanted = partOf(raster, 0, 0, 96, 32);
    for (let row = 0; row < 32; row++) wanted.fill(255, row * 288, row * 288 + 192);
    expect(Buffer.compare(read.data, wanted)).toBe(0);
  });

  it("fails with broken-tile and its place where a block is broken, and goes on reading elsewhere", async () => {
    const bytes = jpeg.bytes.slice();
    const slide = await openBytes(bytes);
    const starts = [...bytes.keys()].filter((i) => bytes[i] === 0xff && bytes[i + 1] === 0xd8 && bytes[i + 2] === 0xff);
    bytes.fill(0, starts[5], (starts[5] as number) + 40);
    const broken = await slide.read({ level: 0, x: 60, y: 60, width: 20, height: 20 });
    expect(broken).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
    if (!broken.ok) expect(broken.failure.expected).toContain("block 1, 1 of level 0");
    const next = unwrap(await slide.read({ level: 0, x: 0, y: 0, width: 48, height: 48 }));
    expect(Buffer.compare(next.data, partOf(jpeg.pixels, 0, 0, 48, 48))).toBe(0);
  });

  it("fails with broken-tile where the stored JPEG is smaller than the block", async () => {
    const small = await encodeJpeg(picture(16, 16), 90);
    const page = { width: 48, height: 48, block: [48, 48] as const, blocks: [small], compression: 7, photometric: 6 };
    const slide = await openBytes(buildTiff({ pages: [page] }));
    const outcome = await slide.read({ level: 0, x: 0, y: 0, width: 48, height: 48 });
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
  });

  it("refuses more than it could hold, and mistakes of the program", async () => {
    const slide = await openBytes(raw);
    const huge = await slide.read({ level: 0, x: 0, y: 0, width: 2 ** 15, height: 2 ** 15 });
    expect(huge).toMatchObject({ ok: false, failure: { kind: "out-of-bounds" } });
    await expect(slide.read({ level: 1, x: 0, y: 0, width: 1, height: 1 })).rejects.toThrow(RangeError);
    await expect(slide.read({ level: 0, x: 0, y: 0, width: 0, height: 1 })).rejects.toThrow(RangeError);
    await expect(slide.read({ level: 0, x: Number.NaN, y: 0, width: 1, height: 1 })).rejects.toThrow(RangeError);
    slide.close();
    await expect(slide.read({ level: 0, x: 0, y: 0, width: 1, height: 1 })).rejects.toThrow(TypeError);
  });

  it("stops when asked to", async () => {
    const slide = await openBytes(raw);
    const outcome = await slide.read({ level: 0, x: 0, y: 0, width: 8, height: 8 }, AbortSignal.abort());
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "cancelled" } });
  });
});
