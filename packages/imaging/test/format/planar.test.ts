import { deflateSync } from "node:zlib";
import { unwrap } from "@nacre/core";
import Zstd from "numcodecs/zstd";
import { describe, expect, it } from "vitest";
import { memorySource, openSlide, type Raster, type Slide } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { partOf, picture } from "../picture.ts";
import { buildTiff, cut, type PageSpec } from "../tiff-builder.ts";
import { everySecond } from "../vendor-builder.ts";
import { slideContract } from "./slide-contract.ts";

const raster = picture(150, 110);
const SEPARATE = [284, 3, [2]] as const;

/** Blocks of red, then of green, then of blue; `more` of alpha. */
function planes(image: Raster, [w, h]: readonly [number, number], more = 0): Uint8Array[] {
  const blocks = cut(image, w, h);
  const of = (c: number): Uint8Array[] =>
    blocks.map((block) => Uint8Array.from({ length: w * h }, (_, i) => block[i * 3 + Math.min(c, 2)] as number));
  return Array.from({ length: 3 + more }, (_, c) => of(c)).flat();
}

const page = (image: Raster, block: readonly [number, number], more: Partial<PageSpec> = {}): PageSpec => ({
  ...{ width: image.width, height: image.height, block, blocks: planes(image, block), tags: [SEPARATE] },
  ...more,
});

const open = async (pages: readonly PageSpec[]): Promise<Slide> =>
  unwrap(await openSlide(memorySource(buildTiff({ pages }), "made.tif"), nodeCodecs));

const pyramid = buildTiff({
  pages: [page(raster, [32, 32]), page(everySecond(raster), [32, 32])],
  isLittleEndian: false,
  isBig: true,
});
slideContract(
  "a TIFF whose colours lie in separate planes",
  (wrap) => openSlide(wrap(memorySource(pyramid, "made.tif")), nodeCodecs),
  raster,
);

const whole = { level: 0, x: 0, y: 0, width: 150, height: 110 };

describe("colours in separate planes", () => {
  it("are read from strips, with alpha left out, and from planes of other codecs", async () => {
    const strips = page(raster, [150, 10], { isTiled: false });
    const alpha = page(raster, [32, 32], { samples: 4, blocks: planes(raster, [32, 32], 1) });
    const deflated = page(raster, [32, 32], {
      compression: 8,
      blocks: planes(raster, [32, 32]).map((block) => deflateSync(block)),
    });
    const zstd = new Zstd();
    const packed = await Promise.all(
      planes(raster, [32, 32]).map(async (block) => new Uint8Array(await zstd.encode(block))),
    );
    for (const spec of [strips, alpha, deflated, page(raster, [32, 32], { compression: 50000, blocks: packed })]) {
      const slide = await open([spec]);
      expect(Buffer.compare(unwrap(await slide.read(whole)).data, raster.data)).toBe(0);
      const part = unwrap(await slide.read({ level: 0, x: 41, y: 23, width: 60, height: 50 })).data;
      expect(Buffer.compare(part, partOf(raster, 41, 23, 60, 50))).toBe(0);
    }
  });

  it("are read as JPEG, one grey stream a plane", async () => {
    const grey = (value: number): Raster => ({ width: 32, height: 32, data: new Uint8Array(32 * 32 * 3).fill(value) });
    const blocks = await Promise.all([40, 90, 200].map(async (value) => greyJpeg(grey(value))));
    const slide = await open([page(grey(0), [32, 32], { compression: 7, blocks })]);
    const { data } = unwrap(await slide.read({ level: 0, x: 3, y: 4, width: 1, height: 1 }));
    expect([...data]).toEqual([40, 90, 200]);
  });

  it("have 16 bits and differences undone plane by plane", async () => {
    const side = 16;
    const value = (c: number, x: number): number => (1000 * (c + 1) + 100 * x) % 65536;
    const plane = (c: number): Uint8Array => {
      const out = Buffer.alloc(side * side * 2);
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++)
          out.writeUInt16LE((value(c, x) - (x > 0 ? value(c, x - 1) : 0) + 65536) % 65536, (y * side + x) * 2);
      return out;
    };
    const tags = [SEPARATE, [258, 3, [16, 16, 16]], [317, 3, [2]]] as const;
    const slide = await open([
      { width: side, height: side, block: [side, side], blocks: [0, 1, 2].map(plane), tags: [...tags] },
    ]);
    const { data } = unwrap(await slide.read({ level: 0, x: 7, y: 2, width: 1, height: 1 }));
    expect([...data]).toEqual([0, 1, 2].map((c) => Math.round((value(c, 7) * 255) / 65535)));
  });

  it("of which all are missing are background; of which one is missing are a broken block, by its place", async () => {
    const spec = page(raster, [32, 32]);
    const n = spec.blocks.length / 3;
    const without = (...gone: number[]): PageSpec => ({
      ...spec,
      blocks: spec.blocks.map((block, i) => (gone.includes(i) ? new Uint8Array() : block)),
    });
    const corner = { level: 0, x: 0, y: 0, width: 8, height: 8 };
    const empty = await open([without(0, n, 2 * n)]);
    expect(unwrap(await empty.read(corner)).data.every((sample) => sample === 255)).toBe(true);
    const broken = await open([without(n)]);
    expect(await broken.read(corner)).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
    expect((await broken.read({ ...corner, x: 64 })).ok).toBe(true);
  });

  it("of grey with alpha are the first plane", async () => {
    const grey = Uint8Array.from({ length: 32 * 32 }, (_, i) => i % 256);
    const blocks = [grey, new Uint8Array(32 * 32).fill(7)];
    const spec = { width: 32, height: 32, block: [32, 32] as const, blocks, samples: 2, photometric: 1 };
    const slide = await open([{ ...spec, tags: [SEPARATE] }]);
    expect([...unwrap(await slide.read({ level: 0, x: 5, y: 1, width: 1, height: 1 })).data]).toEqual([37, 37, 37]);
  });

  it("with places for one plane only are refused", async () => {
    const bytes = buildTiff({ pages: [page(raster, [32, 32], { blocks: cut(raster, 32, 32) })] });
    expect(await openSlide(memorySource(bytes, "made.tif"), nodeCodecs)).toMatchObject({
      ok: false,
      failure: { kind: "hostile-file" },
    });
  });
});

async function greyJpeg({ width, height, data }: Raster): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .greyscale()
    .jpeg({ quality: 100 })
    .toBuffer();
  return new Uint8Array(bytes);
}
