import { mpp, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import {
  blankRaster,
  layTiles,
  rasterSlide,
  type Slide,
  type TileSpec,
  type Tissue,
  wholeImageTiles,
} from "../../src/index.ts";

const DOWNSAMPLE = 7.5;

function slideOf(width: number, height: number, scale: number | null = 0.5): Slide {
  return rasterSlide(blankRaster(width, height), { mpp: scale === null ? null : mpp(scale) });
}

/** Tissue over a slide by a rule of the mask's pixels. */
function tissueOn(slide: Slide, isTissue: (x: number, y: number) => boolean): Tissue {
  const width = Math.ceil(slide.info.width / DOWNSAMPLE);
  const height = Math.ceil(slide.info.height / DOWNSAMPLE);
  const mask = Uint8Array.from({ length: width * height }, (_, i) =>
    isTissue(i % width, Math.floor(i / width)) ? 1 : 0,
  );
  const facts = { fraction: 0.5, areaMm2: 1, penFraction: 0, threshold: 20 };
  return { width, height, mask, downsample: DOWNSAMPLE, mpp: mpp(0.5 * DOWNSAMPLE), ...facts };
}

const spec = (change: Partial<TileSpec> = {}): TileSpec => ({ mpp: mpp(0.5), size: 64, minTissue: 0.5, ...change });

function tilesOf(outcome: ReturnType<typeof layTiles>) {
  if (!outcome.ok) throw new Error(outcome.failure.received);
  return outcome.value;
}

const slide = slideOf(900, 701);
const everywhere = tissueOn(slide, () => true);

describe("layTiles", () => {
  it("covers a slide full of tissue with a grid from the top-left corner, row by row", () => {
    const tiles = tilesOf(layTiles(slide, everywhere, spec()));
    expect(tiles.n).toBe(14 * 10);
    expect([...tiles.x.subarray(0, 15)]).toEqual([...Array.from({ length: 14 }, (_, i) => i * 64), 0]);
    expect([...tiles.y.subarray(0, 15)]).toEqual([...new Array(14).fill(0), 64]);
    expect([...tiles.tissue]).toEqual(new Array(140).fill(1));
  });

  it("steps by physical size: the same micrometres on a slide scanned at another scale", () => {
    const fine = slideOf(1800, 1402, 0.25);
    const tiles = tilesOf(layTiles(fine, { ...everywhere, downsample: 2 * DOWNSAMPLE }, spec()));
    expect(tiles.side).toBe(128);
    expect(tiles.n).toBe(140);
  });

  it("does not drift when a step is a fraction of a pixel, and no tile sticks out", () => {
    for (const scale of [0.2523, 0.4989, 0.51, 1.03]) {
      for (const overlap of [0, 10, 56]) {
        const at = slideOf(900, 701, scale);
        const tiles = tilesOf(wholeImageTiles(at, spec({ overlap })));
        const step = ((64 - overlap) * 0.5) / scale;
        let isKept = true;
        for (let i = 0; i < tiles.n; i++) {
          const [x, y] = [tiles.x[i] as number, tiles.y[i] as number];
          isKept &&= x >= 0 && y >= 0 && x + tiles.side <= 900 && y + tiles.side <= 701;
          isKept &&= Math.abs(x - Math.round(x / step) * step) <= 0.5 + 1e-9;
        }
        expect(isKept).toBe(true);
        const last = (tiles.x.at(-1) as number) + tiles.side;
        expect(last + step + 1).toBeGreaterThan(900);
      }
    }
  });

  it("the share of tissue is the part of the tile's area that the mask covers", () => {
    const random = randomStream(3, "tissue");
    const values = Uint8Array.from({ length: everywhere.mask.length }, () => random.below(2));
    const tissue = { ...everywhere, mask: values };
    const tiles = tilesOf(layTiles(slide, tissue, spec({ minTissue: 0, overlap: 13 })));
    for (let i = 0; i < tiles.n; i += 17) {
      expect(tiles.tissue[i]).toBeCloseTo(
        shareByCounting(tissue, tiles.x[i] as number, tiles.y[i] as number, tiles.side),
        6,
      );
    }
    expect(Math.min(...tiles.tissue)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...tiles.tissue)).toBeLessThanOrEqual(1);
  });

  it("keeps exactly the tiles whose share reaches minTissue", () => {
    const tissue = tissueOn(slide, (x, y) => Math.hypot(x - 60, y - 45) < 33);
    const all = tilesOf(layTiles(slide, tissue, spec({ minTissue: 0 })));
    for (const minTissue of [0.25, 0.5, 1]) {
      const kept = tilesOf(layTiles(slide, tissue, spec({ minTissue })));
      expect([...kept.tissue]).toEqual([...all.tissue].filter((share) => share >= minTissue));
    }
  });

  it("fails with too-few-tiles where no tile holds enough tissue, and where the slide is smaller than a tile", () => {
    const none = layTiles(
      slide,
      tissueOn(slide, (x) => x === 3),
      spec(),
    );
    const small = layTiles(slideOf(63, 300), everywhere, spec());
    expect([none, small].map((o) => (o.ok ? "ok" : o.failure.kind))).toEqual(["too-few-tiles", "too-few-tiles"]);
  });

  it("fails with no-scale on a slide without one", () => {
    const outcome = layTiles(slideOf(900, 701, null), everywhere, spec());
    expect(outcome.ok ? "ok" : outcome.failure.kind).toBe("no-scale");
  });

  it("throws for an overlap that is not below the size, instead of never ending", () => {
    for (const change of [
      { overlap: 64 },
      { overlap: -1 },
      { size: 0 },
      { size: 1.5 },
      { minTissue: 1.1 },
      { minTissue: Number.NaN },
    ]) {
      expect(() => layTiles(slide, everywhere, spec(change))).toThrow(RangeError);
    }
  });
});

describe("wholeImageTiles", () => {
  it("gives a field image of one tile exactly that tile, with its share of tissue", () => {
    const field = slideOf(224, 224, 0.5);
    const half = tissueOn(field, (x) => x < 15);
    const tiles = tilesOf(wholeImageTiles(field, spec({ size: 224, minTissue: 0.9 }), half));
    expect([tiles.n, tiles.x[0], tiles.y[0], tiles.side]).toEqual([1, 0, 0, 224]);
    expect(tiles.tissue[0]).toBeCloseTo((15 * DOWNSAMPLE) / 224, 5);
  });

  it("takes the whole image as tissue where no tissue is given", () => {
    expect([...tilesOf(wholeImageTiles(slideOf(130, 64), spec())).tissue]).toEqual([1, 1]);
  });
});

function shareByCounting(tissue: Tissue, x: number, y: number, side: number): number {
  let sum = 0;
  for (let j = 0; j < tissue.height; j++) {
    for (let i = 0; i < tissue.width; i++) {
      if (tissue.mask[j * tissue.width + i] === 0) continue;
      const w = Math.min((i + 1) * DOWNSAMPLE, x + side) - Math.max(i * DOWNSAMPLE, x);
      const h = Math.min((j + 1) * DOWNSAMPLE, y + side) - Math.max(j * DOWNSAMPLE, y);
      if (w > 0 && h > 0) sum += w * h;
    }
  }
  return sum / side ** 2;
}
