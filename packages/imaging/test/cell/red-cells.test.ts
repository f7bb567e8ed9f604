/** Red cells of drawn smears, and the shapes they are told by. */
import { mpp, type Point, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { matches } from "../../../../tools/box-match.mjs";
import { roundThings } from "../../src/cell/radial-votes.ts";
import { outlinesOn } from "../../src/cell/round-outline.ts";
import { ANGLES, boxAround, starMiddle, starPixels, starRing } from "../../src/cell/star-shape.ts";
import { type Cell, findBloodCells, findCells, type Raster, rasterSlide } from "../../src/index.ts";
import { boxOfDrawn, type DrawnCell, drawSmear } from "../smear-picture.ts";

const ALONE: readonly DrawnCell[] = [
  { x: 8, y: 8, radius: 3.6 },
  { x: 20, y: 9, radius: 3.9, pallor: 0.9 },
  { x: 33, y: 8, radius: 3.3, pallor: 0 },
  { x: 8, y: 22, radius: 3.7, stretch: 1.4, turn: 0.6 },
  { x: 22, y: 22, radius: 3.6, stretch: 1.3, turn: 2.2 },
  { x: 34, y: 23, radius: 4 },
];
const TOUCHING: readonly DrawnCell[] = [
  { x: 10, y: 10, radius: 3.6 },
  { x: 16, y: 11, radius: 3.6 },
  { x: 30, y: 9, radius: 3.5 },
  { x: 35.5, y: 11, radius: 3.6 },
  { x: 31, y: 15, radius: 3.7 },
  { x: 9, y: 24, radius: 3.6, pallor: 0.9 },
  { x: 13.5, y: 26.5, radius: 3.6, pallor: 0 },
];
const SIZE = { width: 44, height: 34 };

const redCells = (raster: Raster, scale: number): Cell[] =>
  findBloodCells(raster, scale).filter((c) => c.kind === "red-cell");

/** All drawn cells found by boxes that overlap by at least `least`, and nothing else. */
function expectExactly(cells: readonly Cell[], drawn: readonly DrawnCell[], scale: number, least: number): void {
  const boxes = drawn.map((d) => boxOfDrawn(d, scale));
  const found = cells.map((c) => c.box);
  expect({ hit: matches(boxes, found, least), found: found.length }).toEqual({
    hit: drawn.length,
    found: drawn.length,
  });
}

/** A picture seen another way: pixel x, y of the new one is taken from where `from` says. */
function turned({ width, height, data }: Raster, size: readonly [number, number], from: (p: Point) => Point): Raster {
  const [w, h] = size;
  const out = new Uint8Array(w * h * 3);
  for (let i = 0; i < w * h; i++) {
    const { x, y } = from({ x: i % w, y: Math.floor(i / w) });
    out.set(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3), 3 * i);
  }
  expect(w * h).toBe(width * height);
  return { width: w, height: h, data: out };
}

describe("red cells of a drawn smear", () => {
  it.each([0.12, 0.15, 0.25, 0.4, 0.5])(
    "that lie alone are all found at %s um/px, round, long, pale or full",
    (scale) => {
      expectExactly(redCells(drawSmear({ ...SIZE, mpp: scale, red: ALONE }), scale), ALONE, scale, 0.75);
    },
  );

  it.each([0.15, 0.25, 0.35])("that touch or overlap are parted at %s um/px: pairs and a triple", (scale) => {
    expectExactly(redCells(drawSmear({ ...SIZE, mpp: scale, red: TOUCHING }), scale), TOUCHING, scale, 0.6);
  });

  it("are not taken from a white cell among them, and it is found", () => {
    const white = [{ x: 22, y: 16, radius: 6 }];
    const red = ALONE.filter((c) => Math.hypot(c.x - 22, c.y - 16) > 11);
    const cells = findBloodCells(drawSmear({ ...SIZE, mpp: 0.25, red, white }), 0.25);
    expect(cells.filter((c) => c.kind === "white-cell")).toHaveLength(1);
    expectExactly(
      cells.filter((c) => c.kind === "red-cell"),
      red,
      0.25,
      0.7,
    );
  });

  it("are told at the border from more than half of them, with boxes inside the picture, and said to be cut", () => {
    const red = [
      ...ALONE.slice(3),
      { x: 12, y: 1, radius: 3.7 },
      { x: 43, y: 10, radius: 3.7 },
      { x: 26, y: -2.5, radius: 3.6 },
    ];
    const raster = drawSmear({ ...SIZE, mpp: 0.25, red });
    const cells = redCells(raster, 0.25);
    expect(cells.map((c) => c.isCut).sort()).toEqual([false, false, false, true, true]);
    for (const { box, outline } of cells) {
      expect(box.x >= 0 && box.y >= 0).toBe(true);
      expect(box.x + box.width <= raster.width && box.y + box.height <= raster.height).toBe(true);
      expect(outline.length).toBe(ANGLES);
    }
  });

  it("have the middle and the area they were drawn with, to 0.4 um and 15 %", () => {
    for (const cell of redCells(drawSmear({ ...SIZE, mpp: 0.25, red: ALONE }), 0.25)) {
      const near = (d: DrawnCell): number => Math.hypot(d.x - cell.centre.x * 0.25, d.y - cell.centre.y * 0.25);
      const drawn = ALONE.reduce((a, b) => (near(b) < near(a) ? b : a));
      expect(near(drawn)).toBeLessThan(0.4);
      expect(Math.abs(cell.areaMicrons2 / (Math.PI * drawn.radius ** 2) - 1)).toBeLessThan(0.15);
    }
  });

  it("are the same cells when the picture is mirrored or turned", () => {
    const scale = 0.25;
    const raster = drawSmear({ ...SIZE, mpp: scale, red: TOUCHING });
    const { width, height } = raster;
    const places = (cells: readonly Cell[], back: (p: Point) => Point): Point[] => cells.map((c) => back(c.centre));
    const here = places(redCells(raster, scale), (p) => p);
    const mirrored = turned(raster, [width, height], ({ x, y }) => ({ x: width - 1 - x, y }));
    const quarter = turned(raster, [height, width], ({ x, y }) => ({ x: y, y: height - 1 - x }));
    for (const there of [
      places(redCells(mirrored, scale), ({ x, y }) => ({ x: width - x, y })),
      places(redCells(quarter, scale), ({ x, y }) => ({ x: y, y: height - x })),
    ]) {
      expect(there.length).toBe(here.length);
      for (const p of here) expect(Math.min(...there.map((q) => Math.hypot(p.x - q.x, p.y - q.y)))).toBeLessThan(2);
    }
  });

  it("are found although the scale is a fifth off", () => {
    const raster = drawSmear({ ...SIZE, mpp: 0.25, red: ALONE });
    for (const wrong of [0.2, 0.3]) expectExactly(redCells(raster, wrong), ALONE, 0.25, 0.7);
  });

  it("are counted once where the squares meet that a slide is read in", async () => {
    const block = drawSmear({ ...SIZE, mpp: 0.25, red: TOUCHING });
    const times = 7;
    const data = new Uint8Array(times * block.data.length);
    for (let row = 0; row < times * block.height; row++) {
      const from = 3 * block.width * Math.floor(row / times);
      data.set(block.data.subarray(from, from + 3 * block.width), 3 * block.width * row);
    }
    const slide = rasterSlide({ width: times * block.width, height: block.height, data }, { mpp: mpp(0.25) });
    const cells = unwrap(await findCells(slide, { kind: "blood" }));
    expect(slide.info.width).toBeGreaterThan(1024);
    expect(cells.filter((c) => c.kind === "red-cell")).toHaveLength(times * TOUCHING.length);
  });

  it("are none where there is none", () => {
    expect(redCells(drawSmear({ ...SIZE, mpp: 0.25, red: [] }), 0.25)).toEqual([]);
  });
});

const ELLIPSE = { centre: { x: 30.3, y: 28.6 }, a: 15, b: 11 };
const ELLIPSE_PLANE = Uint8Array.from({ length: 60 * 60 }, (_, i) => {
  const [x, y] = [(i % 60) + 0.5 - ELLIPSE.centre.x, Math.floor(i / 60) + 0.5 - ELLIPSE.centre.y];
  const beyond = (Math.hypot(x / ELLIPSE.a, y / ELLIPSE.b) - 1) * ELLIPSE.b;
  return 100 * Math.min(1, Math.max(0, 0.5 - beyond / 2));
});
const LIMITS = { from: 7, to: 22, contrast: 100 };

describe("outlinesOn", () => {
  const shape = outlinesOn(ELLIPSE_PLANE, { width: 60, height: 60 }, LIMITS)({ x: 32, y: 27 }, 13);

  it("follows an ellipse from a point that is not its middle, and all of it is seen", () => {
    const box = boxAround(starRing(shape, { width: 60, height: 60 }));
    expect(Math.abs(box.width - 2 * ELLIPSE.a)).toBeLessThan(1.2);
    expect(Math.abs(box.height - 2 * ELLIPSE.b)).toBeLessThan(1.2);
    expect(shape).toMatchObject({ seen: 1, inside: 1 });
  });

  it("has the middle and the area of the ellipse", () => {
    const middle = starMiddle(shape);
    expect(Math.hypot(middle.x - ELLIPSE.centre.x, middle.y - ELLIPSE.centre.y)).toBeLessThan(0.5);
    const area = starPixels(shape, { width: 60, height: 60 }).length;
    expect(Math.abs(area / (Math.PI * ELLIPSE.a * ELLIPSE.b) - 1)).toBeLessThan(0.04);
  });

  it("on an even plane sees nothing", () => {
    const even = outlinesOn(new Uint8Array(3600).fill(9), { width: 60, height: 60 }, LIMITS)({ x: 30, y: 30 }, 13);
    expect(even).toMatchObject({ slope: 0, seen: 0 });
  });
});

describe("roundThings", () => {
  it("has the middle of a disc for its best place, and its radius", () => {
    const plane = Uint8Array.from({ length: 2500 }, (_, i) => {
      const beyond = Math.hypot((i % 50) + 0.5 - 24.5, Math.floor(i / 50) + 0.5 - 26.5) - 12;
      return 100 * Math.min(1, Math.max(0, 0.5 - beyond / 2));
    });
    const [best] = roundThings(
      plane,
      { width: 50, height: 50 },
      { from: 8, to: 18, step: 1, minEdge: 5, minShare: 0.1 },
    );
    expect(best?.centre).toEqual({ x: 24.5, y: 26.5 });
    expect(Math.abs((best?.radius ?? 0) - 12)).toBeLessThanOrEqual(1);
  });
});
