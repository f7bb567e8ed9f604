/** Values of ks.test from R, recorded by tools/oracles/compare.R. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { aurocMetric } from "../../src/metric/auroc.ts";
import type { Sample } from "../../src/sample.ts";
import { internalAgainstExternal } from "../../src/shift/internal-external.ts";
import { kolmogorovSmirnov } from "../../src/shift/kolmogorov-smirnov.ts";
import { perGroupShift } from "../../src/shift/per-group.ts";
import { stabilityIndex } from "../../src/shift/stability-index.ts";
import { binary } from "../../testing/make.ts";
import { twins } from "../compare/twins.ts";

const r = JSON.parse(readFileSync(new URL("../golden/compare-r.json", import.meta.url), "utf8"));
const normals = (n: number, seed: number, shift = 0): Float64Array => {
  const random = randomStream(seed, "normals", n);
  return Float64Array.from({ length: n }, () => random.normal() + shift);
};

describe("Kolmogorov-Smirnov", () => {
  it.each(["ksExact", "ksTied", "ksLarge"])("agrees with R's ks.test to 1e-12: %s", (name) => {
    const test = kolmogorovSmirnov(r[name].a, r[name].b);
    expect(test?.distance).toBeCloseTo(r[name].distance, 12);
    expect(test?.p).toBeCloseTo(r[name].p, 12);
    expect(test?.isExact).toBe(name !== "ksLarge");
  });
  it("is the same for the two exchanged, 1 for equal scores, and null for nobody", () => {
    const [a, b] = [normals(20, 1), normals(30, 2)];
    expect(kolmogorovSmirnov(a, b)?.p).toBeCloseTo(kolmogorovSmirnov(b, a)?.p as number, 12);
    expect(kolmogorovSmirnov([1, 1], [1, 1, 1])).toMatchObject({ distance: 0, p: 1 });
    expect(kolmogorovSmirnov([], [1])).toBeNull();
  });
  it("two of two below two of two is one order in six, either way", () => {
    expect(kolmogorovSmirnov([1, 2], [3, 4])?.p).toBeCloseTo(2 / 6, 12);
  });
});

describe("stability index", () => {
  it("is the sum over bins, with half a patient in each", () => {
    // Ten reference patients make two bins of five; the group has 1 and 4.
    const { psi, bins } = stabilityIndex([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 6, 7, 8, 9]);
    const [g, h] = [1.5 / 6, 4.5 / 6];
    expect(bins).toBe(2);
    expect(psi.value).toBeCloseTo((g - 0.5) * Math.log(g / 0.5) + (h - 0.5) * Math.log(h / 0.5), 12);
  });
  it("reaches what chance is expected to give, and p below 0.05 in about 5 of 100 groups without shift", () => {
    let sum = 0;
    let found = 0;
    let expected = 0;
    for (let s = 0; s < 300; s++) {
      const index = stabilityIndex(normals(200, 2 * s), normals(100, 2 * s + 1));
      sum += index.psi.value as number;
      expected = index.expected as number;
      if ((index.p as number) < 0.05) found++;
    }
    expect(sum / 300 / expected).toBeGreaterThan(0.85);
    expect(sum / 300 / expected).toBeLessThan(1.15);
    expect(found).toBeLessThanOrEqual(27);
  });
  it("stays finite where a bin is empty, and is null with a reason where no bins can be made", () => {
    expect(stabilityIndex(normals(100, 1), normals(100, 2, 9)).psi.value).toBeGreaterThan(1);
    expect(stabilityIndex([1, 2, 3], [1]).psi.reason).toContain("fewer than 10");
    expect(stabilityIndex(new Array<number>(50).fill(0.5), [0.5]).psi.reason).toContain("equal");
    expect(stabilityIndex(normals(50, 1), []).psi.reason).toContain("no patient");
    expect(() => stabilityIndex([1], [1], 1)).toThrow(RangeError);
  });
});

describe("shift per group", () => {
  const groups = [
    { group: "a", scores: normals(120, 1) },
    { group: "b", scores: normals(110, 2) },
    { group: "c", scores: normals(90, 3, 0.9) },
    { group: "nobody", scores: [] },
  ];
  it("names the shifted group when a reference is given", () => {
    const rows = perGroupShift(groups, { reference: "a" });
    expect(rows.map((g) => [g.group, g.isShifted])).toEqual([
      ["b", false],
      ["c", true],
      ["nobody", false],
    ]);
    expect(rows[2]).toMatchObject({ n: 0, mean: null, ks: null, adjusted: null });
  });
  it("holds each group against the rest by default, and corrects over the groups", () => {
    const rows = perGroupShift(groups);
    expect(rows.length).toBe(4);
    for (const row of rows) if (row.ks !== null) expect(row.adjusted).toBeGreaterThanOrEqual(row.ks.p);
    expect(rows.reduce((worst, row) => ((row.adjusted ?? 1) < (worst.adjusted ?? 1) ? row : worst)).group).toBe("c");
  });
  it("refuses an unknown reference, a group given twice and a score that is none", () => {
    expect(() => perGroupShift(groups, { reference: "z" })).toThrow(/z/);
    expect(() =>
      perGroupShift([
        { group: "a", scores: [1] },
        { group: "a", scores: [2] },
      ]),
    ).toThrow(/twice/);
    expect(() => perGroupShift([{ group: "a", scores: [1, Number.NaN] }])).toThrow(/index 1 of group a/);
  });
});

describe("internal against external", () => {
  const options = { replicates: 400, seed: 1 };
  it("finds a loss, external minus internal", () => {
    const [inside] = twins({ n: 300, seed: 1, gains: [3] }) as [Sample];
    const [outside] = twins({ n: 200, seed: 2, gains: [0.8] }) as [Sample];
    const { difference, internal, external, p } = internalAgainstExternal(inside, outside, aurocMetric, options);
    expect(difference.value).toBeCloseTo((external.value as number) - (internal.value as number), 12);
    expect(difference.high).toBeLessThan(0);
    expect(p).toBeLessThan(0.01);
    expect(difference.n).toBe(500);
  });
  it("draws the two apart: a cohort against itself has an interval of positive width", () => {
    const [same] = twins({ n: 100, seed: 3, gains: [1] }) as [Sample];
    const { difference, p } = internalAgainstExternal(same, same, aurocMetric, options);
    expect(difference.value).toBe(0);
    expect((difference.high as number) - (difference.low as number)).toBeGreaterThan(0.1);
    expect(p).toBeGreaterThan(0.5);
  });
  it("says which side is undefined", () => {
    const good = binary([0, 1], [0.1, 0.9]);
    const bad = binary([1, 1], [0.1, 0.9]);
    expect(internalAgainstExternal(good, bad, aurocMetric, options).difference.reason).toMatch(/^external/);
    expect(internalAgainstExternal(bad, good, aurocMetric, options).difference.reason).toMatch(/^internal/);
  });
});
