import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { mpp, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { findTissue, type Raster, rasterSlide, type Slide, type Tissue } from "../../src/index.ts";
import { openSlideFile } from "../../src/node.ts";

type Colour = readonly [number, number, number];
const GLASS: Colour = [243, 242, 244];
const STROMA: Colour = [214, 150, 190];
const NUCLEI: Colour = [96, 60, 130];

/** An image whose colour is a function of the place, with a little noise. */
function image(width: number, height: number, colourAt: (x: number, y: number) => Colour): Raster {
  const random = randomStream(5, "image");
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const noise = random.below(7) - 3;
      for (const channel of colourAt(x, y)) data[p++] = Math.max(0, Math.min(255, channel + noise));
    }
  }
  return { width, height, data };
}

const slideOf = (raster: Raster, scale: number | null): Slide =>
  rasterSlide(raster, { mpp: scale === null ? null : mpp(scale) });

const disc = (cx: number, cy: number, r: number, x: number, y: number): boolean => Math.hypot(x - cx, y - cy) < r;

async function tissueOf(slide: Slide): Promise<Tissue> {
  const found = await findTissue(slide);
  if (!found.ok) throw new Error(found.failure.received);
  return found.value;
}

describe("findTissue", () => {
  it("finds a piece of stroma on glass and measures its area", async () => {
    const raster = image(800, 600, (x, y) => (disc(300, 300, 150, x, y) ? STROMA : GLASS));
    const tissue = await tissueOf(slideOf(raster, 8));
    const expectedMm2 = (Math.PI * (150 * 8) ** 2) / 1e6;
    expect(tissue.areaMm2 / expectedMm2).toBeGreaterThan(0.95);
    expect(tissue.areaMm2 / expectedMm2).toBeLessThan(1.08);
    expect(tissue.fraction).toBeCloseTo(tissue.areaMm2 / ((800 * 600 * 64) / 1e6), 3);
    expect(tissue.mask[300 * tissue.width + 300]).toBe(1);
    expect(tissue.mask[20 * tissue.width + 20]).toBe(0);
  });

  it("finds the same tissue when the same slide is scanned twice as fine", async () => {
    const coarse = await tissueOf(
      slideOf(
        image(512, 300, (x, y) => (disc(190, 150, 90, x, y) ? STROMA : GLASS)),
        8,
      ),
    );
    const fine = await tissueOf(
      slideOf(
        image(1024, 600, (x, y) => (disc(380, 300, 180, x, y) ? STROMA : GLASS)),
        4,
      ),
    );
    expect(fine.areaMm2 / coarse.areaMm2).toBeCloseTo(1, 1);
    expect(fine.downsample / coarse.downsample).toBeCloseTo(2, 6);
  });

  it("takes an image that is tissue from edge to edge as tissue, whatever the density of its nuclei", async () => {
    for (const share of [0, 0.1, 0.5]) {
      const raster = image(224, 224, (x, y) => ((x * 7919 + y * 104729) % 100 < share * 100 ? NUCLEI : STROMA));
      for (const scale of [0.5, 2]) expect((await tissueOf(slideOf(raster, scale))).fraction).toBe(1);
    }
    const halves = image(224, 224, (x) => (x < 112 ? NUCLEI : STROMA));
    expect((await tissueOf(slideOf(halves, 1))).fraction).toBe(1);
  });

  it("never calls pen tissue: green, blue, red and black marks are measured and left out", async () => {
    const inks: Colour[] = [
      [35, 150, 110],
      [30, 90, 190],
      [205, 35, 50],
      [25, 25, 30],
    ];
    for (const ink of inks) {
      const raster = image(300, 300, (x, y) => (y > 225 && y < 250 ? ink : disc(150, 100, 60, x, y) ? STROMA : GLASS));
      const tissue = await tissueOf(slideOf(raster, 16));
      const rows = Array.from({ length: 25 }, (_, i) => tissue.mask.subarray((225 + i) * 300, (226 + i) * 300));
      expect(rows.every((row) => row.every((v) => v === 0))).toBe(true);
      expect(tissue.penFraction).toBeGreaterThan(0.08);
    }
  });

  it("does not take a dark, blue or green photograph for pen", async () => {
    const lights: Colour[] = [
      [0.45, 0.45, 0.42],
      [0.6, 0.8, 1],
      [0.82, 1, 0.86],
    ];
    for (const light of lights) {
      const raster = image(224, 224, (x, y) => {
        const colour = disc(70, 70, 30, x, y) ? GLASS : x % 5 === 0 ? NUCLEI : STROMA;
        return [colour[0] * light[0], colour[1] * light[1], colour[2] * light[2]];
      });
      const tissue = await tissueOf(slideOf(raster, 1));
      expect(tissue.penFraction).toBe(0);
      expect(tissue.fraction).toBeGreaterThan(0.85);
    }
  });

  it("drops dust, closes narrow gaps, fills small holes and keeps large ones", async () => {
    const raster = image(600, 600, (x, y) => {
      if (disc(550, 550, 6, x, y)) return STROMA;
      const isGap = x >= 298 && x <= 301;
      const isHole = disc(200, 300, 5, x, y) || disc(400, 300, 40, x, y);
      return disc(300, 300, 200, x, y) && !isGap && !isHole ? STROMA : GLASS;
    });
    const { mask, width } = await tissueOf(slideOf(raster, 8));
    const at = (x: number, y: number): number => mask[y * width + x] as number;
    expect([at(550, 550), at(300, 300), at(200, 300), at(400, 300)]).toEqual([0, 1, 1, 0]);
  });

  it("says what it measured where there is no tissue", async () => {
    const found = await findTissue(
      slideOf(
        image(500, 400, () => GLASS),
        8,
      ),
    );
    if (found.ok) throw new Error("glass is not tissue");
    expect(found.failure.kind).toBe("no-tissue");
    expect(found.failure.received).toMatch(/saturation reaches \d+ of 255/);
  });

  it("refuses a slide without a scale, and one whose scale cannot be believed", async () => {
    const raster = image(100, 100, () => STROMA);
    const without = await findTissue(slideOf(raster, null));
    const absurd = await findTissue(rasterSlide(raster, { mppInFile: 264 }));
    expect([without, absurd].map((o) => (o.ok ? "ok" : o.failure.kind))).toEqual(["no-scale", "implausible-scale"]);
  });

  it("works on at most 3 Mpx, and never finer than the slide", async () => {
    const wide = await tissueOf(
      slideOf(
        image(2200, 1500, () => STROMA),
        8,
      ),
    );
    expect(wide.width * wide.height).toBeLessThan(3.01e6);
    const small = await tissueOf(
      slideOf(
        image(60, 40, () => STROMA),
        8,
      ),
    );
    expect([small.width, small.height, small.downsample]).toEqual([60, 40, 1]);
  });

  it("stops when asked to", async () => {
    const found = await findTissue(
      slideOf(
        image(100, 100, () => STROMA),
        8,
      ),
      {},
      AbortSignal.abort(),
    );
    expect(found.ok ? "ok" : found.failure.kind).toBe("cancelled");
  });
});

const real = resolve(import.meta.dirname, "../../../../../shared/data/histology/tiles_qc");

describe.skipIf(!existsSync(real))("findTissue on real images (skipped where ../shared/data is absent)", () => {
  const open = async (name: string, scale: number): Promise<Slide> => {
    const slide = await openSlideFile(resolve(real, name), { mpp: scale });
    if (!slide.ok) throw new Error(slide.failure.received);
    return slide.value;
  };
  const shares: readonly [string, number, number, number][] = [
    ["high-nuclei-score-level2.png", 8, 0.1, 0.2],
    ["tcga-lung-rgb.png", 0.5, 0.99, 1],
    ["wsi-blue-pen.png", 10, 0.2, 0.45],
    ["diagnostic-slide-thumb-rgb.png", 10, 0.4, 0.6],
  ];
  it.each(shares)("%s has the share of tissue that a person sees", async (name, scale, low, high) => {
    const { fraction } = await tissueOf(await open(name, scale));
    expect(fraction).toBeGreaterThan(low);
    expect(fraction).toBeLessThanOrEqual(high);
  });

  it.each(["almost-white-1.png", "no-tissue.png", "no-tissue2.png", "no-tissue-line.png", "no-tissue-green-pen.png"])(
    "%s holds no tissue",
    async (name) => {
      const found = await findTissue(await open(name, 2));
      expect(found.ok ? "tissue" : found.failure.kind).toBe("no-tissue");
    },
  );
});
