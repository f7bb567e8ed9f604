/** Stain: profiles and pixels against numpy (tools/oracles/stain.py), and what must hold whatever the stain. */
import { readFileSync } from "node:fs";
import { randomStream, unwrap } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { blankRaster, fitStain, jitterStain, normaliseStain, type Raster, type StainProfile } from "../../src/index.ts";
import { HED, HED_COLUMNS } from "../../src/stain/hed.ts";
import { dot, eigenvectors, type Matrix3 } from "../../src/stain/three-by-three.ts";

type Recorded = Readonly<Record<"a" | "b", Readonly<Record<string, readonly number[]>>>> & {
  readonly aLikeB: number[];
};
const golden = JSON.parse(readFileSync(new URL("../golden/stain.json", import.meta.url), "utf8")) as {
  side: number;
  a: string;
  b: string;
  macenko: Recorded;
  vahadane: Recorded;
  reinhard: Recorded;
  hed: { inverse: Matrix3 };
};
const rasterOf = (base64: string): Raster => ({
  width: golden.side,
  height: golden.side,
  data: new Uint8Array(Buffer.from(base64, "base64")),
});
const a = rasterOf(golden.a);
const b = rasterOf(golden.b);
const METHODS = ["macenko", "vahadane", "reinhard"] as const;
const numbers = (profile: StainProfile): Record<string, readonly number[]> =>
  profile.method === "reinhard"
    ? { mean: profile.mean, deviation: profile.deviation }
    : { haematoxylin: profile.haematoxylin, eosin: profile.eosin, strength: profile.strength };

/** Largest difference of two rasters, grey levels. */
const apart = (x: Raster, y: Raster): number =>
  x.data.reduce((m, v, i) => Math.max(m, Math.abs(v - (y.data[i] as number))), 0);

describe.each(METHODS)("%s", (method) => {
  it.each(["a", "b"] as const)("fits picture %s as numpy does, to 1e-6", (which) => {
    const fitted = numbers(unwrap(fitStain(method, [which === "a" ? a : b])));
    for (const [name, values] of Object.entries(golden[method][which])) {
      for (const [i, v] of values.entries()) {
        expect(Math.abs((fitted[name]?.[i] as number) - v), `${name} ${i}`).toBeLessThan(1e-6);
      }
    }
  });

  it("gives the pixels that numpy gives, rounded", () => {
    const to = unwrap(fitStain(method, [b]));
    const { raster } = normaliseStain(a, to);
    for (const [i, v] of golden[method].aLikeB.entries()) {
      expect(Math.abs((raster.data[7 * i] as number) - v)).toBeLessThan(0.501);
    }
  });

  it("brings the profile of a picture to that of the reference", () => {
    const to = unwrap(fitStain(method, [b]));
    const { raster, applied } = normaliseStain(a, to);
    const before = numbers(unwrap(fitStain(method, [a])));
    const after = numbers(unwrap(fitStain(method, [raster])));
    const distance = (x: Record<string, readonly number[]>): number =>
      Math.hypot(...Object.entries(numbers(to)).flatMap(([k, v]) => v.map((n, i) => n - (x[k]?.[i] as number))));
    expect(distance(after)).toBeLessThan(0.25 * distance(before));
    expect(applied).toMatchObject({ method, to });
  });

  it("fits many tiles as it fits the picture they are cut from", () => {
    const half = (a.data.length / 6) * 3;
    const tiles = [a.data.subarray(0, half), a.data.subarray(half)].map((data) => ({ width: 48, height: 24, data }));
    expect(fitStain(method, tiles)).toEqual(fitStain(method, [a]));
  });

  it("gives a blank tile back unchanged and says that it is blank", () => {
    const { raster, applied } = normaliseStain(blankRaster(32, 32), unwrap(fitStain(method, [b])));
    expect(raster).toEqual(blankRaster(32, 32));
    expect(applied).toMatchObject({ method: "none", why: { kind: "no-tissue" } });
  });

  it("gives a tile of one dye back unchanged and says so", () => {
    const random = randomStream(3, "one dye");
    const data = new Uint8Array(32 * 32 * 3);
    for (let p = 0; p < data.length; p += 3) {
      const amount = method === "reinhard" ? 0.5 : 0.4 + 0.8 * random.uniform();
      for (let c = 0; c < 3; c++) data[p + c] = Math.round(256 * 10 ** (-amount * (HED[0][c as 0] as number)) - 1);
    }
    const { raster, applied } = normaliseStain({ width: 32, height: 32, data }, unwrap(fitStain(method, [b])));
    expect(raster.data).toBe(data);
    expect(applied).toMatchObject({ method: "none", why: { kind: "too-few" } });
  });
});

it("a picture normalised to its own colours by Reinhard stays as it is", () => {
  expect(apart(normaliseStain(a, unwrap(fitStain("reinhard", [a]))).raster, a)).toBe(0);
});

it("profiles of different methods are not mixed", () => {
  const macenko = unwrap(fitStain("macenko", [a]));
  expect(() => normaliseStain(a, unwrap(fitStain("vahadane", [b])), macenko)).toThrow(/by vahadane/);
});

it("the inverse of the fixed dyes is numpy's", () => {
  // numpy's rows of the transposed inverse are the columns.
  for (const [i, row] of golden.hed.inverse.entries()) {
    for (const [k, v] of row.entries()) expect(HED_COLUMNS[i as 0][k as 0]).toBeCloseTo(v, 12);
  }
});

it("eigenvectors turn a symmetric matrix into its eigenvalues", () => {
  const m: Matrix3 = [
    [2, -1, 0.5],
    [-1, 3, 0.2],
    [0.5, 0.2, 1],
  ];
  for (const { value, vector } of eigenvectors(m)) {
    for (const [i, row] of m.entries()) expect(dot(row, vector)).toBeCloseTo(value * (vector[i as 0] as number), 12);
  }
});

describe("jitterStain", () => {
  it("with no spread leaves pixels alone", () => {
    expect(apart(jitterStain(a, { seed: 1, spread: 0, shift: 0 }).raster, a)).toBe(0);
  });

  it("is the same for one seed, another for another, and says what it did", () => {
    const one = jitterStain(a, { seed: 1 });
    expect(jitterStain(a, { seed: 1 })).toEqual(one);
    expect(apart(jitterStain(a, { seed: 2 }).raster, one.raster)).toBeGreaterThan(0);
    expect(one.applied).toMatchObject({ method: "hed-jitter", seed: 1 });
  });

  it("moves all tiles of a bag alike", () => {
    expect(jitterStain(b, { seed: 5 }).applied).toEqual(jitterStain(a, { seed: 5 }).applied);
  });

  it("refuses a spread that would turn a dye around", () => {
    expect(() => jitterStain(a, { seed: 1, spread: 1.5 })).toThrow(/spread/);
  });
});
