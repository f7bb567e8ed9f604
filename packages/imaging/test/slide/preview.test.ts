/** Levels that are decoded smaller: where they exist, how near they come to the average of the pixels, and who may not read them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { mpp, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { averaged } from "../../src/codec/averaged.ts";
import type { Jpeg2000Codec, Reduction } from "../../src/codec/codec.ts";
import { jpegFrame } from "../../src/codec/jpeg-stream.ts";
import { openJpeg2000 } from "../../src/codec/jpeg2000.ts";
import { JPEG2000_SELF_TEST } from "../../src/codec/self-test.data.ts";
import { jpeg2000Painter } from "../../src/format/jpeg2000-painter.ts";
import {
  checkQuality,
  findTissue,
  memorySource,
  openSlide,
  type Raster,
  readDownsampled,
  readPreview,
  type Slide,
  thumbnail,
} from "../../src/index.ts";
import { nodeCodecs, openSlideFile } from "../../src/node.ts";
import { jpegBlocks, smoothPicture } from "../jpeg-blocks.ts";
import { partOf, picture } from "../picture.ts";
import { buildTiff, cut, rawPage } from "../tiff-builder.ts";

const BY = [2, 4, 8] as const;
const REAL = fileURLToPath(new URL("../../../../../shared/data/slides/", import.meta.url));
const hasReal = existsSync(`${REAL}cmu_pyr_jp2k.tif`);
if (!hasReal) console.log("skipped: the real slides are not there");

const open = async (bytes: Uint8Array): Promise<Slide> => unwrap(await openSlide(memorySource(bytes), nodeCodecs));
const { native } = (await nodeCodecs.jpeg()).info;
if (!native) console.log("skipped: no native JPEG decoder is here");

/** The mean of the squares that each pixel of a preview stands for, of a part that begins at a multiple of `by`. */
async function average(slide: Slide, by: Reduction, { x, y, width, height }: Place): Promise<Raster> {
  const whole = unwrap(await slide.read({ level: 0, x, y, width: width * by, height: height * by }));
  return averaged({ ...whole, components: 3 }, by);
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The shift that explains most of the difference of two pictures, in their pixels (least squares on the slopes), and its mean. */
function compared(seen: Raster, wanted: Raster): { shift: number; difference: number } {
  const { width, height, data } = wanted;
  let [xx, xy, yy, tx, ty, sum] = [0, 0, 0, 0, 0, 0];
  const at = (i: number): number => data[i] as number;
  for (let row = 1; row < height - 1; row++) {
    for (let i = (row * width + 1) * 3; i < (row * width + width - 1) * 3; i++) {
      const dx = (at(i + 3) - at(i - 3)) / 2;
      const dy = (at(i + width * 3) - at(i - width * 3)) / 2;
      const more = (seen.data[i] as number) - at(i);
      [xx, xy, yy] = [xx + dx * dx, xy + dx * dy, yy + dy * dy];
      [tx, ty, sum] = [tx + dx * more, ty + dy * more, sum + Math.abs(more)];
    }
  }
  const size = xx * yy - xy * xy;
  const shift = Math.hypot(tx * yy - ty * xy, ty * xx - tx * xy) / size;
  return { shift, difference: sum / ((width - 2) * (height - 2) * 3) };
}

/** `rows`: what the headers of the blocks say, if not what they hold. */
async function jpegSlide(width: number, height: number, rows?: number): Promise<Slide> {
  const raster = smoothPicture(width, height);
  const { tables, blocks } = await jpegBlocks(raster, 64, 64);
  for (const block of blocks) if (rows !== undefined) block[jpegFrame(block).heightAt + 1] = rows;
  const page = { width, height, block: [64, 64] as const, compression: 7, photometric: 6, blocks };
  return open(buildTiff({ pages: [{ ...page, tags: [[347, 7, [...tables]]] }] }));
}

/** The self-test's stream, three times across and down. */
function waveletSlide(): Promise<Slide> {
  const stream = Buffer.from(JPEG2000_SELF_TEST.stream, "base64");
  const page = { width: 216, height: 168, block: [72, 56] as const, compression: 33005, photometric: 2 };
  return open(buildTiff({ pages: [{ ...page, blocks: Array(9).fill(stream) }] }));
}

function greySlide(width: number, height: number, rows: number): Promise<Slide> {
  const blocks = cut(picture(width, height), width, rows).map((rgb) =>
    deflateSync(Uint8Array.from({ length: rgb.length / 3 }, (_, i) => rgb[3 * i] as number)),
  );
  const page = { width, height, block: [width, rows] as const, compression: 8, photometric: 1, samples: 1, blocks };
  return open(buildTiff({ pages: [{ ...page, isTiled: false }] }));
}

describe("a preview", () => {
  it.skipIf(!native).each(BY)("of JPEG blocks lies on the average of the pixels, 1 in %i", async (by) => {
    const slide = await jpegSlide(640, 512);
    const place = { x: 0, y: 0, width: 640 / by, height: 512 / by };
    const { shift, difference } = compared(
      unwrap(await readPreview(slide, by, place)),
      await average(slide, by, place),
    );
    expect([shift < 0.05, difference < 1]).toEqual([true, true]);
  });

  it("is there for JPEG blocks that only the exact decoder copes with", async () => {
    const slide = await jpegSlide(256, 256, 200);
    const place = { x: 0, y: 0, width: 64, height: 64 };
    const seen = unwrap(await readPreview(slide, 4, place));
    expect(compared(seen, await average(slide, 4, place)).difference).toBeLessThan(1);
  });

  it.each(BY)(
    "of wavelets is not shifted by a quarter of a pixel, over the seams of blocks too, 1 in %i",
    async (by) => {
      const slide = await waveletSlide();
      const place = { x: 0, y: 0, width: 216 / by, height: 168 / by };
      const { shift } = compared(unwrap(await readPreview(slide, by, place)), await average(slide, by, place));
      expect(shift).toBeLessThan(0.25);
    },
  );

  it("of wavelets gives the same pixels for a region and for its parts", async () => {
    const slide = await waveletSlide();
    const whole = unwrap(await readPreview(slide, 4, { x: 0, y: 0, width: 54, height: 42 }));
    for (const [x, y] of [
      [0, 0],
      [13, 9],
      [30, 20],
    ] as const) {
      const part = unwrap(await readPreview(slide, 4, { x: 4 * x, y: 4 * y, width: 20, height: 15 }));
      // a pixel at the rim of the part has the neighbours that it has in the whole
      expect(Buffer.from(part.data).equals(partOf(whole, x, y, 20, 15))).toBe(true);
    }
  });

  it("of plain samples is their average, of grey and of strips too", async () => {
    for (const slide of [
      await open(buildTiff({ pages: [rawPage(picture(300, 200), [32, 32])] })),
      await greySlide(320, 160, 16),
    ]) {
      for (const by of BY) {
        const place = { x: 64, y: 32, width: 160 / by, height: 96 / by };
        const seen = unwrap(await readPreview(slide, by, place));
        expect([...seen.data]).toEqual([...(await average(slide, by, place)).data]);
      }
    }
  });

  it("never shows the padding of the last blocks", async () => {
    const page = rawPage(picture(60, 60), [32, 32]);
    const black = page.blocks.map((block) => block.map((value) => (value === 255 ? 0 : value)));
    const slide = await open(buildTiff({ pages: [{ ...page, width: 59, height: 59, blocks: black }] }));
    const { data } = unwrap(await readPreview(slide, 8, { x: 0, y: 0, width: 8, height: 8 }));
    // beyond the seventh pixel lies background
    expect(data[7 * 3]).toBe(255);
  });

  it("has the levels of the slide first, and no level that the file has or blocks cannot be halved for", async () => {
    const pages = [rawPage(picture(300, 200), [32, 32]), rawPage(picture(75, 50), [32, 32])];
    const slide = await open(buildTiff({ pages }));
    expect(slide.preview?.levels.map(({ index, downsample }) => [index, downsample])).toEqual([
      [0, 1],
      [1, 4],
      [2, 2],
      [3, 8],
      [4, 16],
      [5, 32],
    ]);
    expect(slide.info.levels).toHaveLength(2);
    const odd = await greySlide(300, 140, 7);
    expect(odd.preview?.levels).toHaveLength(1);
  });

  it("names a broken block by the file's level", async () => {
    const page = rawPage(picture(64, 64), [32, 32]);
    const slide = await open(
      buildTiff({ pages: [{ ...page, compression: 8, blocks: Array(4).fill(Buffer.from("no")) }] }),
    );
    const read = await readPreview(slide, 4, { x: 0, y: 0, width: 16, height: 16 });
    expect(read).toMatchObject({ ok: false, failure: { kind: "broken-tile" } });
    expect(read.ok ? "" : read.failure.expected).toMatch(/of level 0 in/);
  });

  it("of streams with too few decompositions lies where that of others does", async () => {
    const wasm = await openJpeg2000();
    const cannot = Object.assign((bytes: Uint8Array) => wasm(bytes), {
      info: wasm.info,
      reduced: () => {
        throw new Error("more resolutions than the stream has");
      },
    }) satisfies Jpeg2000Codec;
    const stream = Buffer.from(JPEG2000_SELF_TEST.stream, "base64");
    const painted = [wasm, cannot].map((codec) => {
      const painter = jpeg2000Painter(codec, { streamOf: (bytes) => bytes, isYcc: () => false }).reduced?.(2);
      const data = new Uint8Array(36 * 28 * 3);
      painter?.paint(stream, { x: 0, y: 0, width: 36, height: 28 }, { data, offset: 0, pitch: 36 * 3 });
      return { width: 36, height: 28, data };
    });
    expect(compared(painted[1] as Raster, painted[0] as Raster).shift).toBeLessThan(0.1);
  });

  it.skipIf(!hasReal)("of a real JPEG 2000 slide is a picture of the same tissue in the same place", async () => {
    const slide = unwrap(await openSlideFile(`${REAL}cmu_pyr_jp2k.tif`));
    const place = { x: 512, y: 768, width: 80, height: 80 };
    const wanted = await average(slide, 4, place);
    const seen = compared(unwrap(await readPreview(slide, 4, place)), wanted);
    const exact = compared(unwrap(await readDownsampled(slide, 4, place)), wanted);
    // the triangle filter differs from an average too
    expect([seen.shift < 0.1, seen.difference < 10, exact.difference < 6]).toEqual([true, true, true]);
    slide.close();
  });
});

describe("what counts pixels", () => {
  it("never reads a preview: tissue, quality, tiles at a scale, thumbnails", async () => {
    const bytes = buildTiff({ pages: [rawPage(picture(512, 512), [64, 64])] });
    const slide = unwrap(await openSlide(memorySource(bytes), nodeCodecs, { mpp: 2 }));
    let reads = 0;
    const preview = slide.preview;
    if (!preview) throw new Error("no preview");
    const { read } = preview;
    preview.read = (region, signal) => {
      reads++;
      return read(region, signal);
    };
    const tissue = await findTissue(slide);
    if (tissue.ok) await checkQuality(slide, { tissue: tissue.value });
    unwrap(await slide.readAt(mpp(8), { x: 0, y: 0, width: 64, height: 64 }));
    unwrap(await thumbnail(slide, 100));
    expect(reads).toBe(0);
    unwrap(await readPreview(slide, 4, { x: 0, y: 0, width: 64, height: 64 }));
    expect(reads).toBe(1);
  });

  it("does not even name it: only the rooms that show pictures do", () => {
    const root = fileURLToPath(new URL("../../../../", import.meta.url));
    const naming = ["packages", "apps"].flatMap((floor) =>
      readdirSync(`${root}${floor}`).flatMap((room) => {
        const folder = `${floor}/${room}/src`;
        if (!existsSync(root + folder)) return [];
        return readdirSync(root + folder, { recursive: true, encoding: "utf8" })
          .filter(
            (name) => /\.tsx?$/.test(name) && /\breadPreview\b|\.preview\b/.test(read(`${root}${folder}/${name}`)),
          )
          .map((name) => `${folder}/${name}`);
      }),
    );
    const rooms =
      /^(packages\/imaging\/src\/(index|slide\/(block-slide|scaled-read|preview|slide))\.ts|apps\/(server\/src\/tile|web\/src)\/.+)$/;
    expect(naming.filter((name) => !rooms.test(name))).toEqual([]);
  });
});

const read = (path: string): string => readFileSync(path, "utf8");
