import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { hashDistance, pictureHash } from "../../src/quality/picture-hash.ts";
import type { Raster } from "../../src/slide/slide.ts";

/** Soft blobs on white glass; the same seed gives the same scene at any scale. */
function scene(seed: number, width: number, height: number, change = (grey: number): number => grey): Raster {
  const random = randomStream(seed, "scene");
  const blobs = Array.from({ length: 25 }, () => [random.uniform(), random.uniform(), 0.03 + 0.12 * random.uniform()]);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = blobs.reduce(
        (sum, [bx, by, r]) =>
          sum +
          Math.exp(-((x / width - (bx as number)) ** 2 + (y / height - (by as number)) ** 2) / (r as number) ** 2),
        0,
      );
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
    for (let seed = 2; seed < 20; seed++) {
      expect(hashDistance(hashOf(scene(1, 200, 200)), hashOf(scene(seed, 200, 200)))).toBeGreaterThan(40);
    }
  });

  it("is null for empty glass", () => {
    expect(pictureHash({ width: 50, height: 50, data: new Uint8Array(7500).fill(240) })).toBeNull();
  });

  it("counts the bits that differ", () => {
    expect(hashDistance(Uint32Array.of(0, 0xffffffff), Uint32Array.of(1, 0))).toBe(33);
  });
});
