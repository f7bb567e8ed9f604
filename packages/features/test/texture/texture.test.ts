import { readFileSync } from "node:fs";
import type { Raster } from "@nacre/imaging";
import { describe, expect, it } from "vitest";
import { featureNames, TEXTURE_DIM, textureFeatures, textureMeter } from "../../src/texture/texture.ts";
import { flatTile, tissueTile } from "../tiles.ts";

const golden: { size: number; tile: string; features: Record<string, number> } = JSON.parse(
  readFileSync(new URL("../golden/texture_numpy.json", import.meta.url), "utf8"),
);

function measure(tile: Raster): Float32Array {
  const out = new Float32Array(TEXTURE_DIM);
  textureMeter(tile.width)(tile, out, 0);
  return out;
}

/** The tile turned by a quarter. */
function turned({ width, data }: Raster): Raster {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) out[(x * width + width - 1 - y) * 3 + c] = data[(y * width + x) * 3 + c] as number;
    }
  }
  return { width, height: width, data: out };
}

describe("texture features", () => {
  it("agree with numpy and scipy on every one, for a tile of odd size", () => {
    const { size } = golden;
    const tile = { width: size, height: size, data: new Uint8Array(Buffer.from(golden.tile, "base64")) };
    const mine = measure(tile);
    expect(Object.keys(golden.features).sort()).toEqual([...featureNames].sort());
    const off = featureNames.filter((name, i) => {
      const wanted = golden.features[name] as number;
      return Math.abs((mine[i] as number) - wanted) > 1e-4 * Math.max(0.1, Math.abs(wanted));
    });
    expect(off.map((name) => `${name}: ${mine[featureNames.indexOf(name)]} for ${golden.features[name]}`)).toEqual([]);
  });

  it("have 108 different names", () => {
    expect(TEXTURE_DIM).toBe(108);
    expect(new Set(featureNames).size).toBe(108);
  });

  it("are finite for blank, black, saturated and noisy tiles", () => {
    const colours = [0, 255].flatMap((r) => [0, 255].flatMap((g) => [0, 255].map((b) => [r, g, b] as const)));
    for (const colour of colours) expect(measure(flatTile(64, colour)).every(Number.isFinite)).toBe(true);
    expect(measure(tissueTile(64, 1, { noise: 80 })).every(Number.isFinite)).toBe(true);
  });

  it("do not depend on the tile measured before", () => {
    const meter = textureMeter(96);
    const out = new Float32Array(3 * TEXTURE_DIM);
    meter(tissueTile(96, 1), out, 0);
    meter(flatTile(96, [10, 200, 30]), out, TEXTURE_DIM);
    meter(tissueTile(96, 1), out, 2 * TEXTURE_DIM);
    expect(out.subarray(2 * TEXTURE_DIM)).toEqual(out.subarray(0, TEXTURE_DIM));
  });

  it("stay nearly the same when the tile is turned by a quarter", () => {
    const tile = tissueTile(224, 4);
    const before = measure(tile);
    const after = measure(turned(tile));
    for (let i = 0; i < TEXTURE_DIM; i++) {
      const [a, b] = [before[i] as number, after[i] as number];
      expect(Math.abs(a - b), featureNames[i]).toBeLessThan(0.01 + 0.05 * Math.abs(a));
    }
  });

  it("marked stain-free move far less when the stain fades to two thirds than when the tissue changes", () => {
    const strong = measure(tissueTile(224, 2, { noise: 1 }));
    const pale = measure(tissueTile(224, 2, { noise: 0.7, strength: 0.67 }));
    const other = measure(tissueTile(224, 2, { noise: 1, radius: 10 }));
    const moved = (to: Float32Array, free: boolean): number[] =>
      textureFeatures.flatMap(({ stainFree }, i) =>
        stainFree === free
          ? [Math.abs((to[i] as number) - (strong[i] as number)) / (0.05 + Math.abs(strong[i] as number))]
          : [],
      );
    const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    expect(mean(moved(pale, true))).toBeLessThan(0.05);
    expect(mean(moved(other, true))).toBeGreaterThan(4 * mean(moved(pale, true)));
    expect(mean(moved(pale, false))).toBeGreaterThan(0.15);
  });

  it("refuse tiles below 64 px, and tiles of another size than the meter's", () => {
    expect(() => textureMeter(63)).toThrow(RangeError);
    expect(() => textureMeter(64)(tissueTile(65, 1), new Float32Array(TEXTURE_DIM), 0)).toThrow(RangeError);
  });
});
