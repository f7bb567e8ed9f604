import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { boxBlur } from "../../src/tissue/box-blur.ts";
import { components, dropSmallPieces, fillSmallHoles } from "../../src/tissue/components.ts";
import { integralImage, sumUnder } from "../../src/tissue/integral-image.ts";
import { close, dilate, erode } from "../../src/tissue/morphology.ts";
import { otsu } from "../../src/tissue/otsu.ts";

const W = 37;
const H = 23;
const random = randomStream(1, "planes");
const bytes = Uint8Array.from({ length: W * H }, () => random.below(256));
const mask = Uint8Array.from({ length: W * H }, () => (random.uniform() < 0.4 ? 1 : 0));

/** Every pixel of the square around x, y that lies on the plane (or, repeated, beyond it). */
function around(plane: Uint8Array, x: number, y: number, radius: number, repeat: boolean): number[] {
  const out: number[] = [];
  for (let j = y - radius; j <= y + radius; j++) {
    for (let i = x - radius; i <= x + radius; i++) {
      const cx = Math.min(W - 1, Math.max(0, i));
      const cy = Math.min(H - 1, Math.max(0, j));
      if (repeat || (cx === i && cy === j)) out.push(plane[cy * W + cx] as number);
    }
  }
  return out;
}

const map = (f: (x: number, y: number) => number): number[] =>
  Array.from({ length: W * H }, (_, i) => f(i % W, Math.floor(i / W)));

describe("planes of bytes", () => {
  it("a box blur is the mean over the square, edges repeated, to one grey level", () => {
    for (const radius of [1, 4, 30]) {
      const expected = map((x, y) => {
        const square = around(bytes, x, y, radius, true);
        return square.reduce((a, b) => a + b) / square.length;
      });
      const got = boxBlur(bytes, W, H, radius);
      expect(Math.max(...expected.map((v, i) => Math.abs(v - (got[i] as number))))).toBeLessThanOrEqual(1);
    }
  });

  it("dilation is the largest and erosion the smallest value of the square that lies on the plane", () => {
    for (const radius of [1, 3, 40]) {
      expect([...dilate(mask, W, H, radius)]).toEqual(map((x, y) => Math.max(...around(mask, x, y, radius, false))));
      expect([...erode(mask, W, H, radius)]).toEqual(map((x, y) => Math.min(...around(mask, x, y, radius, false))));
    }
  });

  it("closing never removes tissue, changes nothing twice, and leaves a full mask full", () => {
    const once = close(mask, W, H, 2);
    expect(once.every((v, i) => v >= (mask[i] as number))).toBe(true);
    expect([...close(once, W, H, 2)]).toEqual([...once]);
    expect([...close(new Uint8Array(W * H).fill(1), W, H, 5)]).toEqual(new Array(W * H).fill(1));
  });

  it("Otsu's cut has the largest variance between its halves of all cuts", () => {
    const histogram = new Uint32Array(256);
    for (const v of bytes) histogram[v >> 1] = (histogram[v >> 1] as number) + 1 + (v > 150 ? 3 : 0);
    const variances = Array.from({ length: 255 }, (_, t) => betweenVariance(histogram, t));
    expect(otsu(histogram)?.threshold).toBe(variances.indexOf(Math.max(...variances)));
  });

  it("Otsu has no cut for a single value or for nothing", () => {
    expect(otsu(new Uint32Array(256))).toBeNull();
    expect(otsu(Uint32Array.from({ length: 256 }, (_, v) => (v === 9 ? 5 : 0)))).toBeNull();
  });

  it("pieces partition the pixels of their value and touch only by corners", () => {
    const { labels, areas } = components(mask, W, 1);
    expect(areas.reduce((a, b) => a + b)).toBe(mask.reduce((a, b) => a + b));
    map((x, y) => {
      const label = labels[y * W + x] as number;
      expect(label > 0).toBe(mask[y * W + x] === 1);
      const right = x + 1 < W ? (labels[y * W + x + 1] as number) : 0;
      if (label > 0 && right > 0) expect(right).toBe(label);
      return 0;
    });
  });

  it("small pieces go, holes inside are filled, and what touches the border is no hole", () => {
    const picture = Uint8Array.from("0000000" + "0111110" + "0100010" + "0111110" + "0000001", Number);
    expect([...dropSmallPieces(picture, 7, 2)].join("")).toBe(
      "0000000" + "0111110" + "0100010" + "0111110" + "0000000",
    );
    expect([...fillSmallHoles(picture, 7, 4)].join("")).toBe("0000000" + "0111110" + "0111110" + "0111110" + "0000001");
    expect([...fillSmallHoles(picture, 7, 3)].join("")).toBe([...picture].join(""));
  });

  it("the integral image gives the sum under any rectangle, fractions counted in part", () => {
    const image = integralImage(mask, W, H);
    for (let i = 0; i < 200; i++) {
      const x0 = random.uniform() * W;
      const y0 = random.uniform() * H;
      const x1 = x0 + random.uniform() * (W - x0);
      const y1 = y0 + random.uniform() * (H - y0);
      const overlap = (a: number, from: number, to: number): number =>
        Math.max(0, Math.min(a + 1, to) - Math.max(a, from));
      const expected = map((x, y) => (mask[y * W + x] as number) * overlap(x, x0, x1) * overlap(y, y0, y1));
      expect(sumUnder(image, x0, y0, x1, y1)).toBeCloseTo(
        expected.reduce((a, b) => a + b),
        9,
      );
    }
    expect(sumUnder(image, -5, -5, W + 5, H + 5)).toBe(mask.reduce((a, b) => a + b));
  });
});

function betweenVariance(histogram: Uint32Array, threshold: number): number {
  const half = (from: number, to: number): { n: number; sum: number } => {
    let n = 0;
    let sum = 0;
    for (let v = from; v < to; v++) {
      n += histogram[v] as number;
      sum += v * (histogram[v] as number);
    }
    return { n, sum };
  };
  const a = half(0, threshold + 1);
  const b = half(threshold + 1, 256);
  return a.n === 0 || b.n === 0 ? 0 : a.n * b.n * (a.sum / a.n - b.sum / b.n) ** 2;
}
