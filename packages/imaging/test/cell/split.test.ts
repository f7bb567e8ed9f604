/** Distances inside a mask, and parting round things that touch. */
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { distanceInside } from "../../src/cell/distance-transform.ts";
import { splitTouching } from "../../src/cell/split-touching.ts";

const OPTIONS = { minDepth: 0.7, minShare: 0.14 };

function discs(side: number, list: readonly (readonly [number, number, number])[]): Uint8Array {
  return Uint8Array.from({ length: side * side }, (_, i) =>
    list.some(([x, y, r]) => Math.hypot((i % side) - x, Math.floor(i / side) - y) <= r) ? 1 : 0,
  );
}

describe("distanceInside", () => {
  it("is the distance to the nearest pixel outside, for every pixel of a random mask", () => {
    const random = randomStream(4, "mask");
    const [width, height] = [23, 17];
    const mask = Uint8Array.from({ length: width * height }, () => (random.uniform() < 0.9 ? 1 : 0));
    const got = distanceInside(mask, width, height);
    for (let i = 0; i < mask.length; i++) {
      let best = mask[i] === 0 ? 0 : Number.POSITIVE_INFINITY;
      for (let j = 0; j < mask.length; j++) {
        if (mask[j] === 1) continue;
        best = Math.min(best, Math.hypot((i % width) - (j % width), Math.floor(i / width) - Math.floor(j / width)));
      }
      expect(got[i]).toBeCloseTo(best, 5);
    }
  });

  it("of a mask without an outside is finite", () => {
    expect(distanceInside(new Uint8Array(12).fill(1), 4, 3).every((d) => d === 7)).toBe(true);
  });
});

describe("splitTouching", () => {
  it("parts discs that overlap a little, and every pixel belongs to one", () => {
    const mask = discs(60, [
      [18, 20, 10],
      [35, 20, 10],
      [26, 36, 9],
    ]);
    const { labels, count } = splitTouching(mask, 60, 60, OPTIONS);
    expect(count).toBe(3);
    for (const [i, label] of labels.entries()) expect(label > 0).toBe(mask[i] === 1);
    expect(new Set([labels[20 * 60 + 18], labels[20 * 60 + 35], labels[36 * 60 + 26]]).size).toBe(3);
  });

  it("leaves one disc with a rough edge whole", () => {
    const mask = discs(40, [[20, 20, 13]]);
    for (let i = 0; i < 40; i += 3)
      mask[20 * 40 + i] = mask[20 * 40 + i] === 1 && i < 10 ? 0 : (mask[20 * 40 + i] as number);
    expect(splitTouching(mask, 40, 40, OPTIONS).count).toBe(1);
  });

  it("of an empty mask has no parts", () => {
    expect(splitTouching(new Uint8Array(20), 5, 4, OPTIONS).count).toBe(0);
  });
});
