/** Nuclei against drawn truth, blood cells against people's boxes, and what holds of cells wherever they lie. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mpp, type Rect, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { matches } from "../../../../tools/box-match.mjs";
import {
  blankRaster,
  type Cell,
  cellsGeoJson,
  cropCell,
  findBloodCells,
  findCells,
  findNuclei,
  rasterSlide,
} from "../../src/index.ts";
import { openSlideFile } from "../../src/node.ts";
import { drawTissue } from "../tissue-picture.ts";

const SCALE = { mpp: mpp(0.5) };

/** How many drawn nuclei have exactly one found nucleus whose centre lies within 2.5 um. */
function hits(cells: readonly Cell[], truth: readonly { x: number; y: number }[], scale: number): number {
  return truth.filter(
    (t) => cells.filter((c) => Math.hypot(c.centre.x - t.x, c.centre.y - t.y) * scale < 2.5).length === 1,
  ).length;
}

describe("findNuclei", () => {
  it.each([0.25, 0.5, 0.8])("finds drawn nuclei at %s um/px: at least 95 %, at most 3 % more", (scale) => {
    const { raster, nuclei } = drawTissue({ side: Math.round(160 / scale), mpp: scale, nuclei: 60, apart: 11 });
    const cells = findNuclei(raster, scale);
    expect(hits(cells, nuclei, scale)).toBeGreaterThanOrEqual(0.95 * nuclei.length);
    expect(cells.length).toBeLessThanOrEqual(1.03 * nuclei.length);
  });

  it("parts nuclei that touch: at least 85 % of crowded ones", () => {
    const { raster, nuclei } = drawTissue({ side: 400, mpp: 0.4, nuclei: 220, apart: 6.5 });
    expect(nuclei.length).toBe(220);
    expect(hits(findNuclei(raster, 0.4), nuclei, 0.4)).toBeGreaterThanOrEqual(0.85 * nuclei.length);
  });

  it("finds none on glass, and none in a ground without nuclei", () => {
    expect(findNuclei(blankRaster(200, 200), 0.5)).toEqual([]);
    expect(findNuclei(drawTissue({ side: 200, mpp: 0.5, nuclei: 0, apart: 9 }).raster, 0.5)).toEqual([]);
  });

  it("refuses a scale at which nuclei are dots", () => {
    expect(() => findNuclei(blankRaster(20, 20), 2)).toThrow(/finer level/);
  });
});

describe("findCells", () => {
  const drawn = drawTissue({ side: 1200, mpp: 0.5, nuclei: 160, apart: 14 });
  const slide = rasterSlide(drawn.raster, SCALE);

  it("finds each nucleus once where squares meet", async () => {
    const cells = unwrap(await findCells(slide, { kind: "nuclei" }));
    expect(hits(cells, drawn.nuclei, 0.5)).toBeGreaterThanOrEqual(0.97 * drawn.nuclei.length);
    expect(cells.length).toBeLessThanOrEqual(1.02 * drawn.nuclei.length);
  });

  it("of a region are the cells of the slide in it, at the same places", async () => {
    const region = { x: 700, y: 650, width: 450, height: 500 };
    const inside = drawn.nuclei.filter((n) => n.x > 720 && n.x < 1130 && n.y > 670 && n.y < 1130);
    const cells = unwrap(await findCells(slide, { kind: "nuclei", region }));
    expect(hits(cells, inside, 0.5)).toBeGreaterThanOrEqual(inside.length - 2);
    for (const { centre } of cells) {
      expect(centre.x >= 700 && centre.x < 1150 && centre.y >= 650 && centre.y < 1150).toBe(true);
    }
  });

  it("needs a scale at which cells can be seen, and a region on the slide", async () => {
    const { raster } = drawTissue({ side: 64, mpp: 0.5, nuclei: 1, apart: 9 });
    expect(await findCells(rasterSlide(raster), { kind: "nuclei" })).toMatchObject({ failure: { kind: "no-scale" } });
    const beside = { x: 5000, y: 0, width: 10, height: 10 };
    expect(await findCells(slide, { kind: "nuclei", region: beside })).toMatchObject({
      failure: { kind: "out-of-bounds" },
    });
    const coarse = rasterSlide(raster, { mpp: mpp(2) });
    expect(await findCells(coarse, { kind: "nuclei" })).toMatchObject({ failure: { kind: "implausible-scale" } });
  });

  it("as GeoJSON are closed rings that QuPath takes for detections", async () => {
    const cells = unwrap(await findCells(slide, { kind: "nuclei", region: { x: 0, y: 0, width: 300, height: 300 } }));
    const { features } = cellsGeoJson(cells);
    expect(features.length).toBe(cells.length);
    for (const { geometry, properties } of features) {
      expect(properties).toMatchObject({ objectType: "detection", classification: { name: "Nucleus" } });
      expect(geometry.coordinates[0]?.at(0)).toEqual(geometry.coordinates[0]?.at(-1));
    }
  });

  it("can be cropped at one scale, the centre in the middle, white beyond the slide", async () => {
    const [cell] = unwrap(await findCells(slide, { kind: "nuclei", region: { x: 0, y: 0, width: 300, height: 300 } }));
    const crop = unwrap(await cropCell(slide, cell as Cell, { fit: "scale", mpp: 0.5, size: 40 }));
    const middle = 3 * (20 * 40 + 20);
    const corner = { box: { x: -20, y: -20, width: 10, height: 10 }, centre: { x: -15, y: -15 } };
    const outside = unwrap(await cropCell(slide, corner, { fit: "box", size: 16 }));
    expect(crop.data[middle]).toBeLessThan(140);
    expect(outside).toEqual(blankRaster(16, 16));
  });
});

const BLOOD = new URL("../../../../../shared/data/blood/", import.meta.url).pathname;

/** Boxes of one class of a Pascal VOC file. */
function boxesOf(xml: string, name: string): Rect[] {
  return [
    ...xml.matchAll(
      /<name>(\w+)<\/name>[\s\S]*?<xmin>(\d+)<\/xmin>\s*<ymin>(\d+)<\/ymin>\s*<xmax>(\d+)<\/xmax>\s*<ymax>(\d+)</g,
    ),
  ]
    .filter((m) => m[1] === name)
    .map((m) => ({
      x: Number(m[2]),
      y: Number(m[3]),
      width: Number(m[4]) - Number(m[2]),
      height: Number(m[5]) - Number(m[3]),
    }));
}

describe("findBloodCells", () => {
  it("finds nothing on glass and refuses a scale that is not a smear's", () => {
    for (const side of [1, 3, 64]) {
      for (const scale of [0.05, 0.25, 0.7]) expect(findBloodCells(blankRaster(side, side), scale)).toEqual([]);
    }
    expect(() => findBloodCells(blankRaster(64, 64), 2)).toThrow(/another level/);
  });

  it.skipIf(!existsSync(BLOOD))(
    "finds cells of real smears at half overlap: white ones, recall and precision 0.9; red ones, 0.8 of the boxes people drew",
    async () => {
      const files = readdirSync(`${BLOOD}bccd_images`).filter((f, i) => f.endsWith(".jpg") && i % 16 === 1);
      const white = { hit: 0, boxes: 0, found: 0 };
      const red = { hit: 0, boxes: 0, found: 0 };
      for (const file of files) {
        const xml = readFileSync(`${BLOOD}bccd_annotations/${file.replace("jpg", "xml")}`, "utf8");
        const field = unwrap(await openSlideFile(`${BLOOD}bccd_images/${file}`, { mpp: 0.071 }));
        const cells = unwrap(await findCells(field, { kind: "blood" }));
        field.close();
        for (const [sum, name, kind] of [[white, "WBC", "white-cell"] as const, [red, "RBC", "red-cell"] as const]) {
          const boxes = boxesOf(xml, name);
          const found = cells.filter((c) => c.kind === kind).map((c) => c.box);
          sum.hit += matches(boxes, found, 0.5);
          sum.boxes += boxes.length;
          sum.found += found.length;
        }
      }
      expect(white.boxes).toBeGreaterThan(20);
      expect(white.hit / white.boxes).toBeGreaterThanOrEqual(0.9);
      expect(white.hit / white.found).toBeGreaterThanOrEqual(0.9);
      expect(red.hit / red.boxes).toBeGreaterThanOrEqual(0.8);
      // Many red cells of these fields have no box: what is found beside the boxes is mostly cells.
      expect(red.hit / red.found).toBeGreaterThanOrEqual(0.5);
    },
  );
});
