import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFailureError, isInside, type Polygon } from "@nacre/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findTissue, isSynthetic, type Raster, type Slide } from "../../src/index.ts";
import { openSlideFile, type SyntheticSlide, type SyntheticSlideSpec, writeSyntheticSlide } from "../../src/node.ts";

const folder = mkdtempSync(join(tmpdir(), "nacre-synthetic-"));
afterAll(() => rmSync(folder, { recursive: true }));

const base: SyntheticSlideSpec = { seed: 11, width: 1280, height: 1100, mpp: 1, tumourShare: 0.12, pieces: 1 };

async function write(name: string, change: Partial<SyntheticSlideSpec> = {}): Promise<SyntheticSlide> {
  return writeSyntheticSlide(join(folder, name), { ...base, ...change });
}

async function open(name: string): Promise<Slide> {
  const slide = await openSlideFile(join(folder, name));
  if (!slide.ok) throw new Error(`${slide.failure.kind}: ${slide.failure.received}`);
  return slide.value;
}

async function pixels(
  slide: Slide,
  level: number,
  x: number,
  y: number,
  width: number,
  height: number,
): Promise<Raster> {
  const read = await slide.read({ level, x, y, width, height });
  if (!read.ok) throw new Error(read.failure.received);
  return read.value;
}

function mean(raster: Raster): number[] {
  return [0, 1, 2].map((c) => {
    let sum = 0;
    for (let p = c; p < raster.data.length; p += 3) sum += raster.data[p] as number;
    return sum / (raster.data.length / 3);
  });
}

const bytesOf = (name: string): Buffer => readFileSync(join(folder, name));

let written: SyntheticSlide;
let slide: Slide;
beforeAll(async () => {
  written = await write("base.svs");
  slide = await open("base.svs");
});
afterAll(() => slide.close());

describe("writeSyntheticSlide", () => {
  it("writes an Aperio slide with levels 1, 4 and 16, its scale and its power", () => {
    expect(slide.info.format).toBe("aperio-svs");
    expect(slide.info.levels.map((l) => [l.width, l.height, l.blockWidth])).toEqual([
      [1280, 1100, 256],
      [320, 275, 256],
      [80, 68, 256],
    ]);
    expect([slide.info.mpp, slide.info.mppSource, slide.info.objective]).toEqual([1, "file", 10]);
  });

  it("writes a plain pyramidal TIFF with the same pixels", async () => {
    await write("base.tiff", { format: "tiff" });
    const plain = await open("base.tiff");
    expect(plain.info.format).toBe("tiff");
    expect([isSynthetic(slide.info), isSynthetic(plain.info)]).toEqual([true, true]);
    expect(plain.info.mpp).toBeCloseTo(1, 6);
    expect(plain.info.levels.map((l) => l.width)).toEqual([1280, 320, 80]);
    for (const level of [0, 1, 2]) {
      const [a, b] = [await pixels(slide, level, 200, 200, 60, 60), await pixels(plain, level, 200, 200, 60, 60)];
      expect(Buffer.compare(a.data, b.data)).toBe(0);
    }
    plain.close();
  });

  it("writes no scale where none is wanted", async () => {
    for (const format of ["svs", "tiff"] as const) {
      await write(`bare.${format}`, { format, mpp: null, width: 300, height: 256 });
      const bare = await open(`bare.${format}`);
      expect([bare.info.mpp, bare.info.mppInFile]).toEqual([null, null]);
      bare.close();
    }
  });

  it("gives the same bytes for the same spec, and others for another seed", async () => {
    await write("again.svs");
    await write("other.svs", { seed: 12 });
    expect(bytesOf("again.svs").equals(bytesOf("base.svs"))).toBe(true);
    expect(bytesOf("other.svs").equals(bytesOf("base.svs"))).toBe(false);
  });

  it("each level is the finer one, averaged", async () => {
    const fine = await pixels(slide, 0, 512, 512, 256, 256);
    const coarse = await pixels(slide, 1, 512, 512, 64, 64);
    let worst = 0;
    for (let y = 0; y < 64; y++) {
      for (let x = 0; x < 64; x++) {
        let sum = 0;
        for (let k = 0; k < 16; k++) sum += fine.data[((4 * y + (k >> 2)) * 256 + 4 * x + (k & 3)) * 3 + 1] as number;
        worst = Math.max(worst, Math.abs(sum / 16 - (coarse.data[(y * 64 + x) * 3 + 1] as number)));
      }
    }
    expect(worst).toBeLessThan(40);
    mean(fine).forEach((v, c) => {
      expect(Math.abs(v - (mean(coarse)[c] as number))).toBeLessThan(1.5);
    });
  });

  it("the truth has the wanted share of the tissue, and lies inside it", () => {
    expect(written.tumourShare).toBeCloseTo(0.12, 6);
    expect(area(written.truth) / written.tumourAreaPx).toBeCloseTo(1, 6);
    for (const polygon of written.truth) {
      for (const p of polygon.outer) expect(written.tissue.some((piece) => isInside(piece, p.x, p.y))).toBe(true);
    }
  });

  it("shares from 0 to the largest are met, for any seed and number of pieces", async () => {
    for (const [seed, tumourShare] of [0.02, 0.05, 0.15, 0.3].entries()) {
      const small = { width: 512, height: 512, mpp: 4, pieces: 1 + seed, tumourShare, seed };
      const got = await write("share.svs", small);
      expect(got.tumourShare).toBeCloseTo(tumourShare, 6);
      expect(got.tissueAreaPx / 512 ** 2).toBeGreaterThan(0.3);
    }
    expect((await write("share.svs", { tumourShare: 0 })).truth).toEqual([]);
  });

  it("tumour is darker and bluer than what surrounds it, as crowded nuclei are", async () => {
    const [x, y] = centre(written.truth[0] as Polygon);
    const tumour = mean(await pixels(slide, 0, x - 30, y - 30, 60, 60));
    const ringed = await findTissue(slide);
    if (!ringed.ok) throw new Error(ringed.failure.received);
    expect(tumour[0]).toBeLessThan(170);
    expect((tumour[2] as number) - (tumour[0] as number)).toBeGreaterThan(0);
  });

  it("findTissue finds about the tissue that was drawn", async () => {
    const found = await findTissue(slide);
    if (!found.ok) throw new Error(found.failure.received);
    const drawn = written.tissueAreaPx / (1280 * 1100);
    expect(Math.abs(found.value.fraction - drawn)).toBeLessThan(0.05);
    expect(found.value.penFraction).toBe(0);
  });

  it("pen marks are found as pen", async () => {
    await write("pen.svs", { pen: ["green", "blue", "red", "black"] });
    const marked = await open("pen.svs");
    const found = await findTissue(marked);
    if (!found.ok) throw new Error(found.failure.received);
    expect(found.value.penFraction).toBeGreaterThan(0.03);
    marked.close();
  });

  it("a blank slide is glass with dust, and holds no tissue", async () => {
    const blank = await write("blank.svs", { kind: "blank" });
    expect([blank.truth, blank.tissue, blank.tissueAreaPx]).toEqual([[], [], 0]);
    const empty = await open("blank.svs");
    const found = await findTissue(empty);
    expect(found.ok ? "tissue" : found.failure.kind).toBe("no-tissue");
    empty.close();
  });

  it("stain and scanner change colours, and leave the truth where it was", async () => {
    const stain = { haematoxylinStrength: 1.4, eosinStrength: 0.7 };
    const scanner = { white: [250, 240, 225] as const, gamma: 1.2, noise: 3, blur: 0.15, quality: 60 };
    const other = await write("stained.svs", { stain, scanner });
    expect(other.truth).toEqual(written.truth);
    const stained = await open("stained.svs");
    const glass = mean(await pixels(stained, 0, 2, 2, 16, 16));
    [250, 240, 225].forEach((v, c) => {
      expect(Math.abs((glass[c] as number) - v)).toBeLessThan(3);
    });
    stained.close();
  });

  it("a nucleus cut by the border of a tile continues in the next: no seam shows", async () => {
    const { data } = await pixels(slide, 0, 512, 400, 512, 300);
    const step = (x: number): number => {
      let sum = 0;
      for (let y = 0; y < 300; y++)
        sum += Math.abs((data[(y * 512 + x) * 3] as number) - (data[(y * 512 + x - 1) * 3] as number));
      return sum / 300;
    };
    const inside = Array.from({ length: 100 }, (_, i) => step(20 + i));
    expect(step(256)).toBeLessThan(1.5 * Math.max(...inside));
  });
});

describe("writeSyntheticSlide on bad ground", () => {
  it("says missing-file where the folder does not exist, and leaves nothing behind", async () => {
    const failed = await write("nowhere/x.svs").catch((error: unknown) => error);
    expect(isFailureError(failed, "missing-file")).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("stops when asked to, without a file", async () => {
    const path = join(folder, "stopped.svs");
    await expect(writeSyntheticSlide(path, base, AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect([existsSync(path), existsSync(`${path}.part`)]).toEqual([false, false]);
  });

  it("refuses specs that cannot be drawn", async () => {
    for (const change of [{ width: 100 }, { tumourShare: 0.9 }, { mpp: 0 }, { tissueShare: 0.9 }, { height: 300.5 }]) {
      await expect(write("bad.svs", change)).rejects.toThrow(RangeError);
    }
  });
});

function area(polygons: readonly Polygon[]): number {
  let sum = 0;
  for (const { outer } of polygons) {
    outer.forEach((a, i) => {
      const b = outer[(i + 1) % outer.length] as typeof a;
      sum += (a.x * b.y - b.x * a.y) / 2;
    });
  }
  return Math.abs(sum);
}

function centre(polygon: Polygon): [number, number] {
  const n = polygon.outer.length;
  const sum = (f: (p: { x: number; y: number }) => number): number => polygon.outer.reduce((s, p) => s + f(p), 0);
  return [Math.round(sum((p) => p.x) / n), Math.round(sum((p) => p.y) / n)];
}
