import { readFileSync } from "node:fs";
import { mpp, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { memorySource, openSlide, type Raster, rasterSlide, readDownsampled, thumbnail } from "../../src/index.ts";
import { nodeCodecs } from "../../src/node.ts";
import { partOf, picture } from "../picture.ts";
import { buildTiff, rawPage } from "../tiff-builder.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/pillow_images.json", import.meta.url), "utf8"));
const flat = (width: number, height: number, value: number): Raster => ({
  ...{ width, height },
  data: new Uint8Array(width * height * 3).fill(value),
});

describe("reading at a scale", () => {
  for (const { box, size, rgb } of golden.resized) {
    it(`agrees with Pillow's bilinear to one grey level: ${box} to ${size}`, async () => {
      const [x, y, right] = box;
      const [width, height] = size;
      const slide = rasterSlide(picture(160, 120));
      const read = unwrap(await readDownsampled(slide, (right - x) / width, { x, y, width, height }));
      const wanted = Buffer.from(rgb, "base64");
      const worst = Math.max(...read.data.map((value, i) => Math.abs(value - (wanted[i] as number))));
      expect(worst).toBeLessThanOrEqual(1);
    });
  }

  it("keeps a flat colour flat, at every scale, up to the rim of the slide", async () => {
    const slide = rasterSlide(flat(101, 67, 90), { mpp: mpp(0.5) });
    for (const scale of [0.2, 0.5, 0.7, 1.3, 4]) {
      const width = Math.floor((101 * 0.5) / scale);
      const height = Math.floor((67 * 0.5) / scale);
      const read = unwrap(await slide.readAt(mpp(scale), { x: 0, y: 0, width, height }));
      expect(new Set(read.data)).toEqual(new Set([90]));
    }
  });

  it("gives the level's own pixels where the wanted scale is a level's", async () => {
    const half = picture(75, 55);
    const bytes = buildTiff({
      pages: [rawPage(picture(150, 110), [32, 32], { description: "Aperio|MPP = 0.499" }), rawPage(half, [32, 32])],
    });
    const slide = unwrap(await openSlide(memorySource(bytes), nodeCodecs));
    const read = unwrap(await slide.readAt(mpp(1), { x: 20, y: 10, width: 40, height: 30 }));
    expect([...read.data]).toEqual([...partOf(half, 10, 5, 40, 30)]);
  });

  it("gives the same tiles side by side as one after the other, and never one tile's pixels in another", async () => {
    const page = rawPage(picture(300, 260), [32, 32]);
    const slide = unwrap(await openSlide(memorySource(buildTiff({ pages: [page] })), nodeCodecs));
    const places = Array.from({ length: 12 }, (_, i) => ({ x: 20 * i, y: 9 * i, width: 40 + i, height: 30 + i }));
    const read = (place: (typeof places)[number]) => readDownsampled(slide, 1.7, place);
    const alone: Uint8Array[] = [];
    for (const place of places) alone.push(unwrap(await read(place)).data);
    const together = await Promise.all(places.map(read));
    expect(together.map((tile) => Buffer.from(unwrap(tile).data).toString("hex"))).toEqual(
      alone.map((data) => Buffer.from(data).toString("hex")),
    );
  });

  it("reads the coarsest level that is fine enough", async () => {
    const pages = [1, 2, 4].map((f) => rawPage(flat(160 / f, 160 / f, 50 * f), [16, 16]));
    const slide = unwrap(await openSlide(memorySource(buildTiff({ pages })), nodeCodecs, { mpp: 0.5 }));
    const colourAt = async (scale: number) =>
      unwrap(await slide.readAt(mpp(scale), { x: 0, y: 0, width: 8, height: 8 })).data[0];
    expect([
      await colourAt(0.4),
      await colourAt(0.9),
      await colourAt(1),
      await colourAt(1.9),
      await colourAt(7),
    ]).toEqual([50, 50, 100, 100, 200]);
  });

  it("in bands gives the same pixels as at once", async () => {
    const wide = flat(2400, 3600, 0);
    for (let i = 0; i < wide.data.length; i++) wide.data[i] = (i * 7) ^ (i >> 9);
    const slide = rasterSlide(wide);
    const all = unwrap(await readDownsampled(slide, 3.7, { x: 0, y: 0, width: 648, height: 970 }));
    const part = unwrap(await readDownsampled(slide, 3.7, { x: 0, y: 3.7 * 400, width: 648, height: 60 }));
    const same = all.data.subarray(400 * 648 * 3, 460 * 648 * 3);
    const worst = Math.max(...[0, 1, 2].map((k) => maxDifference(same, part.data, k)));
    expect(worst).toBeLessThanOrEqual(1);
  });

  it("lies white outside of the slide", async () => {
    const slide = rasterSlide(flat(100, 100, 0), { mpp: mpp(0.5) });
    const read = unwrap(await slide.readAt(mpp(1), { x: -200, y: 0, width: 60, height: 4 }));
    expect(new Set(read.data)).toEqual(new Set([255]));
  });

  it("fails with no-scale where nobody knows the scale", async () => {
    const place = { x: 0, y: 0, width: 4, height: 4 };
    const outcome = await rasterSlide(flat(8, 8, 0)).readAt(mpp(1), place);
    expect(outcome).toMatchObject({ ok: false, failure: { kind: "no-scale" } });
    const absurd = await rasterSlide(flat(8, 8, 0), { mppInFile: 264 }).readAt(mpp(1), place);
    expect(absurd).toMatchObject({ ok: false, failure: { kind: "implausible-scale" } });
  });
});

function maxDifference(a: Uint8Array, b: Uint8Array, from: number): number {
  let worst = 0;
  for (let i = from; i < a.length; i += 3) worst = Math.max(worst, Math.abs((a[i] as number) - (b[i] as number)));
  return worst;
}

describe("thumbnail(slide, maxSide)", () => {
  it("keeps the aspect, and never enlarges", async () => {
    const small = unwrap(await thumbnail(rasterSlide(picture(300, 120)), 100));
    expect([small.width, small.height]).toEqual([100, 40]);
    const same = unwrap(await thumbnail(rasterSlide(picture(30, 12)), 100));
    expect([same.width, same.height]).toEqual([30, 12]);
    expect([...same.data]).toEqual([...picture(30, 12).data]);
  });
});
