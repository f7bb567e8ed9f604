/** Values from R, recorded by tools/oracles/compare.R. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { mcnemar } from "../../src/compare/mcnemar.ts";
import { adjustKnown, benjaminiHochberg, holm } from "../../src/compare/multiplicity.ts";
import { correct } from "../../src/metric/accuracy.ts";
import { binary } from "../../testing/make.ts";

const r = JSON.parse(readFileSync(new URL("../golden/compare-r.json", import.meta.url), "utf8"));

/** Flags of two models who are right alone so often, and both right or both wrong otherwise. */
function flags(onlyA: number, onlyB: number, both = 20, neither = 5): [number[], number[]] {
  const repeat = (value: number, times: number): number[] => new Array<number>(times).fill(value);
  return [
    [...repeat(1, onlyA), ...repeat(0, onlyB), ...repeat(1, both), ...repeat(0, neither)],
    [...repeat(0, onlyA), ...repeat(1, onlyB), ...repeat(1, both), ...repeat(0, neither)],
  ];
}

describe("multiplicity", () => {
  it("Holm and Benjamini-Hochberg agree with p.adjust to 1e-12", () => {
    holm(r.p).forEach((v, i) => {
      expect(v).toBeCloseTo(r.holm[i], 12);
    });
    benjaminiHochberg(r.p).forEach((v, i) => {
      expect(v).toBeCloseTo(r.bh[i], 12);
    });
  });
  it("an adjusted p is never below its own, and Holm never below Benjamini-Hochberg", () => {
    const [h, b] = [holm(r.p), benjaminiHochberg(r.p)];
    r.p.forEach((p: number, i: number) => {
      expect(b[i]).toBeGreaterThanOrEqual(p);
      expect(h[i]).toBeGreaterThanOrEqual(b[i] as number);
    });
  });
  it("a test that could not be made stays null and does not count", () => {
    expect(adjustKnown([0.01, null, 0.04])).toEqual([0.02, null, 0.04]);
    expect(adjustKnown([null, null])).toEqual([null, null]);
    expect(holm([])).toEqual([]);
  });
  it("refuses a p that is none", () => {
    expect(() => holm([0.1, Number.NaN])).toThrow(RangeError);
    expect(() => benjaminiHochberg([1.2])).toThrow(/1.2/);
  });
});

describe("McNemar", () => {
  it("agrees with binom.test to 1e-12", () => {
    for (const [b, c, p] of r.mcnemar) expect(mcnemar(...flags(b, c)).p).toBeCloseTo(p, 12);
  });
  it("the interval turns when the two are exchanged, and stays honest where they never disagree", () => {
    const { difference } = mcnemar(...flags(14, 9, 53, 22));
    const back = mcnemar(...flags(9, 14, 53, 22)).difference;
    expect(difference.low).toBeCloseTo(-(back.high as number), 12);
    expect(difference.high).toBeCloseTo(-(back.low as number), 12);
    expect(difference.value).toBeCloseTo(5 / 98, 12);
    const equal = mcnemar(...flags(0, 0, 10, 0)).difference;
    expect(equal.value).toBe(0);
    expect(equal.high).toBeGreaterThan(0.1);
  });
  it("the interval holds the true difference in about 95 of 100 studies of 40 patients", () => {
    const random = randomStream(1, "mcnemar");
    let held = 0;
    for (let s = 0; s < 1000; s++) {
      const kinds = Array.from({ length: 40 }, () => random.uniform());
      // Both right 0.6, only a 0.2, only b 0.05, neither 0.15.
      const a = kinds.map((u) => (u < 0.8 ? 1 : 0));
      const b = kinds.map((u) => (u < 0.6 || (u >= 0.8 && u < 0.85) ? 1 : 0));
      const { low, high } = mcnemar(a, b).difference;
      if ((low as number) <= 0.15 && 0.15 <= (high as number)) held++;
    }
    expect(held).toBeGreaterThanOrEqual(925);
    expect(held).toBeLessThanOrEqual(985);
  });
  it("finds nothing where the two never disagree, and claims nothing without patients", () => {
    expect(mcnemar(...flags(0, 0)).p).toBe(1);
    expect(mcnemar([], [])).toMatchObject({ p: null, difference: { value: null, reason: "no patient" } });
    expect(() => mcnemar([1], [1, 0])).toThrow(RangeError);
  });
  it("takes the calls of a sample", () => {
    const a = binary([1, 1, 0], [0.9, 0.8, 0.1]);
    const b = binary([1, 1, 0], [0.9, 0.2, 0.7]);
    expect(mcnemar(correct(a), correct(b))).toMatchObject({ bothRight: 1, onlyA: 2, onlyB: 0, bothWrong: 0 });
    expect(mcnemar(correct(a), correct(b)).p).toBeCloseTo(0.5, 12);
  });
});
