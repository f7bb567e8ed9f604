/** Quality control: each problem is laid on sharp tissue, one at a time, and must be told apart from the others. */
import { existsSync } from "node:fs";
import { mpp, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import {
  blankRaster,
  checkQuality,
  drawQuality,
  type Quality,
  type QualityFlag,
  type QualityRow,
  type Raster,
  rasterSlide,
  thumbnail,
} from "../../src/index.ts";
import { openSlideFile } from "../../src/node.ts";
import { changed, drawTissue } from "../tissue-picture.ts";

const SIDE = 1280;
const MPP = 1;
const clean = drawTissue({ side: SIDE, mpp: MPP, nuclei: 600, apart: 14, glass: 0.15 }).raster;

const checked = new Map<Raster, Promise<Quality>>();

/** Each picture is judged once, however many tests ask. */
function qualityOf(raster: Raster): Promise<Quality> {
  const quality = checked.get(raster) ?? checkQuality(rasterSlide(raster, { mpp: mpp(MPP) })).then(unwrap);
  checked.set(raster, quality);
  return quality;
}

const rowOf = async (raster: Raster): Promise<QualityRow> => (await qualityOf(raster)).row;

/** Means of five pixels, twice along each axis: near a Gaussian of 2 px. */
function blurred(raster: Raster): Raster {
  let data = raster.data;
  for (const step of [3, 3 * raster.width, 3, 3 * raster.width]) {
    const out = data.slice();
    const at = (i: number): number => data[i] as number;
    for (let i = 2 * step; i < data.length - 2 * step; i++) {
      out[i] = Math.round((at(i - 2 * step) + at(i - step) + at(i) + at(i + step) + at(i + 2 * step)) / 5);
    }
    data = out;
  }
  return { ...raster, data };
}

const soft = blurred(clean);

describe("checkQuality", () => {
  it("passes sharp tissue, and says how much there is", async () => {
    const row = await rowOf(clean);
    expect(row).toMatchObject({ flags: [], focus: 0, pen: 0, fold: 0, bubble: 0, dust: 0, blank: 0 });
    expect(row.coverage).toBeCloseTo(0.85, 1);
    expect(row.squares).toBeGreaterThan(15);
  });

  it("flags tissue out of focus", async () => {
    const row = await rowOf(soft);
    expect(row.focus).toBeGreaterThan(0.9);
    expect(row.flags).toEqual(["focus"]);
  });

  it("tells how much is out of focus where a part is", async () => {
    const half = changed(
      clean,
      (_, y) => y >= 512,
      (_, c, x, y) => soft.data[3 * (y * SIDE + x) + c] as number,
    );
    const { focus } = await rowOf(half);
    expect(focus).toBeGreaterThan(0.5);
    expect(focus).toBeLessThan(0.7);
  });

  const over = (from: number, to: number) => (x: number) => x >= from && x < to;
  const ring = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 680, y - 640) - 300) < 10;
  const CASES: readonly (readonly [QualityFlag, Raster, number])[] = [
    // Tissue laid upon tissue: the densities of both add.
    [
      "fold",
      changed(
        clean,
        over(700, 950),
        (v, c, x, y) => ((v + 1) * (clean.data[3 * (y * SIDE + x - 400) + c] as number) + 1) / 256,
      ),
      250 / 1088,
    ],
    ["pen", changed(clean, over(300, 550), (v, c) => v * ([0.12, 0.36, 0.78][c] as number)), 250 / 1088],
    ["bubble", changed(clean, ring, (_, c) => 110 + c), (Math.PI * 310 ** 2) / (1088 * SIDE)],
    [
      "dust",
      changed(
        clean,
        (x, y) => Math.hypot((x % 100) - 50, (y % 100) - 50) < 12,
        (v) => 0.35 * v,
      ),
      (Math.PI * 144) / 1e4,
    ],
  ];

  it.each(CASES)("flags %s alone, with about its true share", async (flag, raster, share) => {
    const row = await rowOf(raster);
    expect(row.flags).toEqual([flag]);
    expect(row[flag as "pen"]).toBeGreaterThan(0.6 * share);
    expect(row[flag as "pen"]).toBeLessThan(1.6 * share);
  });

  it("flags an empty slide as blank without a share, and pen on it", async () => {
    const glass = blankRaster(800, 800);
    expect(await rowOf(glass)).toMatchObject({ flags: ["blank"], focus: null, pen: null, coverage: 0 });
    const inked = changed(glass, over(300, 500), (v, c) => v * ([0.12, 0.36, 0.78][c] as number));
    expect((await rowOf(inked)).flags).toEqual(["blank", "pen"]);
  });

  it("measures no sharpness on a slide too coarse to show it", async () => {
    const coarse = rasterSlide(clean, { mpp: mpp(4) });
    expect(unwrap(await checkQuality(coarse)).row).toMatchObject({ focus: null, squares: 0 });
  });

  it("flags by limits that can be set", async () => {
    const slide = rasterSlide(clean, { mpp: mpp(MPP) });
    expect(unwrap(await checkQuality(slide, { limits: { coverage: 0.99 } })).row.flags).toEqual(["coverage"]);
  });

  it("needs a scale", async () => {
    expect(await checkQuality(rasterSlide(clean))).toMatchObject({ failure: { kind: "no-scale" } });
  });

  it("draws each problem in a colour of its own, and a legend below", async () => {
    const [, fold] = CASES[0] as (typeof CASES)[number];
    const slide = rasterSlide(fold, { mpp: mpp(MPP) });
    const quality = await qualityOf(fold);
    const thumb = unwrap(await thumbnail(slide, 640));
    const picture = drawQuality(thumb, 2, quality);
    const at = (x: number, y: number): number[] => [...picture.data.subarray(3 * (y * 640 + x), 3 * (y * 640 + x) + 3)];
    expect(picture.height).toBeGreaterThan(640);
    // Vermilion over the fold: red wins over blue by far.
    expect((at(412, 403)[0] as number) - (at(412, 403)[2] as number)).toBeGreaterThan(60);
    expect(at(600, 403)).toEqual([...thumb.data.subarray(3 * (403 * 640 + 600), 3 * (403 * 640 + 600) + 3)]);
  });
});

const PICTURES = new URL("../../../../../shared/data/histology/tiles_qc/", import.meta.url).pathname;

describe.skipIf(!existsSync(PICTURES))("real pictures", () => {
  it.each([
    ["almost-white-1.png", ["blank"]],
    ["no-tissue.png", ["blank"]],
    ["no-tissue2.png", ["blank"]],
    ["no-tissue-green-pen.png", ["blank", "pen"]],
    ["no-tissue-line.png", ["blank", "bubble"]],
    ["no-tissue-red-pen.png", ["pen"]],
    ["high-nuclei-score-level2.png", []],
    ["low-nuclei-score-level1.png", []],
  ] as const)("%s: %j", async (file, flags) => {
    const slide = unwrap(await openSlideFile(`${PICTURES}${file}`, { mpp: 1 }));
    expect(unwrap(await checkQuality(slide)).row.flags).toEqual(flags);
    slide.close();
  });
});
