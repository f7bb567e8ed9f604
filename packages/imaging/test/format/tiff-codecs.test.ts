/** Compressions and samples of TIFF beyond the plainest. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { type Outcome, unwrap } from "@nacre/core";
import Zstd from "numcodecs/zstd";
import { describe, expect, it } from "vitest";
import { memorySource, openSlide, portableCodecs, readDownsampled, type Slide } from "../../src/index.ts";
import { nodeCodecs, openSlideFile } from "../../src/node.ts";
import { picture } from "../picture.ts";
import { buildTiff, cut, type PageSpec } from "../tiff-builder.ts";
import { slideContract } from "./slide-contract.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/pillow_images.json", import.meta.url), "utf8"));
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const open = (bytes: Uint8Array, codecs = nodeCodecs): Promise<Outcome<Slide>> =>
  openSlide(memorySource(bytes, "made.tif"), codecs);
const whole = async (bytes: Uint8Array, codecs = nodeCodecs): Promise<Uint8Array> => {
  const slide = unwrap(await open(bytes, codecs));
  const { width, height } = slide.info;
  return unwrap(await slide.read({ level: 0, x: 0, y: 0, width, height })).data;
};

const raster = picture(70, 45);
const tiled = (compression: number, blocks: readonly Uint8Array[]): Uint8Array =>
  buildTiff({ pages: [{ width: 70, height: 45, block: [32, 16], blocks, compression }] });
const zstd = tiled(50000, await Promise.all(cut(raster, 32, 16).map((block) => new Zstd().encode(block))));
const deflate = tiled(
  8,
  cut(raster, 32, 16).map((block) => deflateSync(block)),
);
const first = { offset: zstd.length, length: 0 };
const view = new DataView(zstd.buffer);
first.offset = zstd.findIndex((_, i) => i + 4 <= zstd.length && view.getUint32(i, true) === 0xfd2fb528);
first.length = 20;

slideContract(
  "a TIFF of Zstandard blocks",
  (wrap) => openSlide(wrap(memorySource(zstd, "made.tif")), nodeCodecs),
  raster,
  {
    block: () => ({ ...first, place: { x: 1, y: 1, width: 9, height: 9 } }),
  },
);
slideContract(
  "a deflate TIFF in a browser",
  (wrap) => openSlide(wrap(memorySource(deflate, "made.tif")), portableCodecs),
  raster,
);

describe("WebP blocks", () => {
  const page = { width: 70, height: 45, compression: 50001, blocks: [bytesOf(golden.webp)] };

  it("without loss have the pixels that were put into them", async () => {
    expect(await whole(buildTiff({ pages: [{ ...page, block: [70, 45] }] }))).toEqual(raster.data);
  });

  it("of another size than the block's, or that are no WebP, fail by their place", async () => {
    const large = unwrap(await open(buildTiff({ pages: [{ ...page, block: [80, 45] }] })));
    const region = { level: 0, x: 0, y: 0, width: 5, height: 5 };
    expect(await large.read(region)).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="70" height="45"/>');
    const other = unwrap(await open(buildTiff({ pages: [{ ...page, block: [70, 45], blocks: [svg] }] })));
    expect(await other.read(region)).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
  });

  it("are refused by name in a browser", async () => {
    const outcome = await open(buildTiff({ pages: [{ ...page, block: [70, 45] }] }), portableCodecs);
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "unsupported-codec", received: "WebP blocks" } });
  });
});

describe("samples of 16 bits", () => {
  const value = async (
    more: Partial<PageSpec>,
    samples: readonly number[],
    isLittleEndian = true,
  ): Promise<number[]> => {
    const block = new Uint8Array(samples.length * 2);
    for (const [i, sample] of samples.entries())
      new DataView(block.buffer).setUint16(i * 2, sample & 0xffff, isLittleEndian);
    const page = {
      width: samples.length,
      height: 1,
      block: [samples.length, 1] as const,
      blocks: [block],
      samples: 1,
      photometric: 1,
      isTiled: false,
    };
    const tags = [[258, 3, [16]] as const, ...(more.tags ?? [])];
    const data = await whole(buildTiff({ pages: [{ ...page, ...more, tags }], isLittleEndian }));
    return [...data].filter((_, i) => i % 3 === 0);
  };

  it("are shown over their whole range, in both byte orders", async () => {
    expect(await value({}, [0, 257, 32896, 65535])).toEqual([0, 1, 128, 255]);
    expect(await value({}, [0, 257, 32896, 65535], false)).toEqual([0, 1, 128, 255]);
  });

  it("are shown over the range that MaxSampleValue says", async () => {
    expect(await value({ tags: [[281, 3, [4095]]] }, [0, 819, 4095, 5000])).toEqual([0, 51, 255, 255]);
  });

  it("may be signed, may count down, and may be stored as differences", async () => {
    expect(await value({ tags: [[339, 3, [2]]] }, [-32768, -1, 32767])).toEqual([0, 127, 255]);
    expect(await value({ photometric: 0 }, [0, 65535])).toEqual([255, 0]);
    expect(await value({ tags: [[317, 3, [2]]] }, [1000, 31896, 32639, 0])).toEqual([4, 128, 255, 255]);
  });
});

const slides = fileURLToPath(new URL("../../../../../shared/data/slides/", import.meta.url));
const hasSlides = existsSync(slides);
if (!hasSlides) console.log(`skipped: no real slides at ${slides}`);
describe.skipIf(!hasSlides)("the same slide in other compressions", () => {
  const mean = (a: Uint8Array, b: Uint8Array): number =>
    a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] as number)), 0) / a.length;
  // the files were made from the SVS with loss
  it.each([
    ["cmu_pyr_webp.tif", 6, 6],
    ["cmu_subifd.ome.tif", 6, 6],
    ["cmu_pyr_jp2k.tif", 1, 2],
  ])("%s has its colours, at %i levels", async (name, levels, most) => {
    const one = unwrap(await openSlideFile(slides + name));
    const other = unwrap(await openSlideFile(`${slides}CMU-1-Small-Region.svs`));
    expect(one.info.levels.length).toBe(levels);
    const place = { x: 700, y: 1100, width: 500, height: 400 };
    const read = async (slide: Slide): Promise<Uint8Array> => unwrap(await slide.read({ level: 0, ...place })).data;
    expect(mean(await read(one), await read(other))).toBeLessThan(most);
    const small = async (slide: Slide): Promise<Uint8Array> =>
      unwrap(await readDownsampled(slide, 8.02, { x: 0, y: 0, width: 270, height: 360 })).data;
    const colour = (data: Uint8Array): number[] =>
      [0, 1, 2].map((c) => (3 * data.reduce((sum, value, i) => sum + (i % 3 === c ? value : 0), 0)) / data.length);
    const wanted = colour(await small(other));
    for (const [c, value] of colour(await small(one)).entries())
      expect(Math.abs(value - (wanted[c] as number))).toBeLessThan(2);
    one.close();
    other.close();
  });

  it("old-style JPEG is refused by its name, and a claim of 50 million pixels in 50 kB is read in strips", async () => {
    const old = await openSlideFile(`${slides}ojpeg-tile.tif`);
    expect(old).toMatchObject({ ok: false, failure: { kind: "unsupported-codec" } });
    const flat = unwrap(await openSlideFile(`${slides}grey10kx5k.tif`));
    // Pillow: 64 but for a band of 192 in rows 2000 to 2999
    for (const [y, grey] of [
      [1990, [64, 192]],
      [2990, [192, 64]],
    ] as const) {
      const { data } = unwrap(await flat.read({ level: 0, x: 4000, y, width: 2, height: 20 }));
      expect([...data]).toEqual([...Array<number>(60).fill(grey[0]), ...Array<number>(60).fill(grey[1])]);
    }
    flat.close();
  });

  it("an uncompressed flat scan is given as its bytes lie in the file", async () => {
    const path = `${slides}kidney-48-5.tif`;
    const slide = unwrap(await openSlideFile(path));
    const { data } = unwrap(await slide.read({ level: 0, x: 0, y: 450, width: 1493, height: 100 }));
    const from = 140 + 450 * 1493 * 3;
    expect(data).toEqual(new Uint8Array(readFileSync(path).subarray(from, from + data.length)));
    slide.close();
  });
});
