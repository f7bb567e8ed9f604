import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { hashDistance, pictureHash } from "../../src/quality/picture-hash.ts";
import type { Raster } from "../../src/slide/slide.ts";

/** Soft blobs on white glass; the same seed gives the same scene at any scale. */
function scene(seed: number, width: number, height: number, change = (grey: number): number => grey): Raster {
  const random = randomStream(seed, "scene");
  const blobs = Array.from({ length: 25 }, () => [random.uniform(), random.uniform(), 0.03 + 0.12 * random.uniform()]);
  // a blob is a product of two curves
  const curves = (side: number, axis: 0 | 1): number[][] =>
    blobs.map((blob) => {
      const [centre, r] = [blob[axis] as number, blob[2] as number];
      return Array.from({ length: side }, (_, i) => Math.exp(-(((i / side - centre) / r) ** 2)));
    });
  const [across, down] = [curves(width, 0), curves(height, 1)];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let ink = 0;
      for (let i = 0; i < blobs.length; i++) ink += (across[i]?.[x] as number) * (down[i]?.[y] as number);
      data.fill(Math.round(change(250 - 160 * Math.min(1, ink))), 3 * (y * width + x), 3 * (y * width + x) + 3);
    }
  }
  return { width, height, data };
}

const hashOf = (raster: Raster): Uint32Array => pictureHash(raster) as Uint32Array;

describe("the picture hash", () => {
  it("hardly changes with scale, brightness and contrast", () => {
    const first = hashOf(scene(1, 320, 240));
    expect(hashDistance(first, hashOf(scene(1, 160, 120)))).toBeLessThanOrEqual(8);
    expect(hashDistance(first, hashOf(scene(1, 320, 240, (g) => 0.9 * g)))).toBeLessThanOrEqual(8);
  });

  it("is far away for another scene", () => {
    const first = hashOf(scene(1, 200, 200));
    for (let seed = 2; seed < 20; seed++) {
      expect(hashDistance(first, hashOf(scene(seed, 200, 200)))).toBeGreaterThan(40);
    }
  });

  it("is null for empty glass", () => {
    expect(pictureHash({ width: 50, height: 50, data: new Uint8Array(7500).fill(240) })).toBeNull();
  });

  it("counts the bits that differ", () => {
    expect(hashDistance(Uint32Array.of(0, 0xffffffff), Uint32Array.of(1, 0))).toBe(33);
  });
});
