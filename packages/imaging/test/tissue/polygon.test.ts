import { isInside, randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { polygonsGeoJson, tissuePolygons } from "../../src/index.ts";
import { components } from "../../src/tissue/components.ts";
import { signedArea } from "../../src/tissue/polygon.ts";

const W = 31;
const H = 26;

function randomMask(seed: number, share: number): Uint8Array {
  const random = randomStream(seed, "mask");
  return Uint8Array.from({ length: W * H }, () => (random.uniform() < share ? 1 : 0));
}

const masks = [randomMask(1, 0.3), randomMask(2, 0.6), randomMask(3, 0.85), new Uint8Array(W * H).fill(1)];

describe("tissuePolygons", () => {
  it("filling the polygons gives back the mask, pixel by pixel, at the centre of each", () => {
    for (const mask of masks) {
      const polygons = tissuePolygons({ width: W, height: H, mask, downsample: 16 });
      for (let i = 0; i < mask.length; i++) {
        const x = ((i % W) + 0.5) * 16;
        const y = (Math.floor(i / W) + 0.5) * 16;
        expect(polygons.some((p) => isInside(p, x, y))).toBe(mask[i] === 1);
      }
    }
  });

  it("there is one polygon for each piece, and outer less holes is the area of the piece", () => {
    for (const mask of masks) {
      const { areas } = components(mask, W, 1);
      const polygons = tissuePolygons({ width: W, height: H, mask, downsample: 4 });
      const measured = polygons.map((p) => p.holes.reduce((sum, hole) => sum + signedArea(hole), signedArea(p.outer)));
      expect(measured).toEqual(areas.map((area) => area * 16));
    }
  });

  it("no tissue gives no polygon", () => {
    expect(tissuePolygons({ width: W, height: H, mask: new Uint8Array(W * H), downsample: 1 })).toEqual([]);
  });
});

describe("polygonsGeoJson", () => {
  it("closes its rings, keeps holes, and marks what it writes as annotations", () => {
    const mask = Uint8Array.from("111" + "101" + "111", Number);
    const polygons = tissuePolygons({ width: 3, height: 3, mask, downsample: 10 });
    expect(polygonsGeoJson(polygons, "Tissue", [1, 2, 3])).toEqual({
      type: "FeatureCollection",
      features: [
        {
          type: "Feature",
          geometry: {
            type: "Polygon",
            coordinates: [
              [
                [30, 0],
                [30, 30],
                [0, 30],
                [0, 0],
                [30, 0],
              ],
              [
                [20, 20],
                [20, 10],
                [10, 10],
                [10, 20],
                [20, 20],
              ],
            ],
          },
          properties: {
            objectType: "annotation",
            name: "Tissue 1",
            classification: { name: "Tissue", color: [1, 2, 3] },
          },
        },
      ],
    });
  });
});
