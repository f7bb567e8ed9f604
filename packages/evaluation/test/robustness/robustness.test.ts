/** Values from numpy and scikit-learn, recorded by tools/oracles/robustness_numpy.py. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { adjustedRand } from "../../src/robustness/adjusted-rand.ts";
import { clusteringScore } from "../../src/robustness/clustering-score.ts";
import { kMeans } from "../../src/robustness/k-means.ts";
import { averagePerformanceDrop, averagePerformanceDrops } from "../../src/robustness/performance-drop.ts";
import { robustnessIndex } from "../../src/robustness/robustness-index.ts";
import { distances, silhouette } from "../../src/robustness/silhouette.ts";
import { rowsOf } from "../../src/robustness/unit-rows.ts";

const g = JSON.parse(readFileSync(new URL("../golden/robustness.json", import.meta.url), "utf8"));
const input = { vectors: g.vectors, d: g.d, classes: g.classes, centres: g.centres, slides: g.slides, k: g.k };

/** Tiles around a point for each class and one for each centre; `pull` says how far each is. */
function tiles({ byClass, byCentre }: { readonly byClass: number; readonly byCentre: number }) {
  const random = randomStream(3, "tiles");
  const d = 8;
  const rows = Array.from({ length: 160 }, (_, i) => ({ class: i % 2, centre: (i >> 1) % 2, slide: i % 32 }));
  const vectors = rows.flatMap((t) =>
    Array.from(
      { length: d },
      (_, j) => (j === t.class ? byClass : 0) + (j === 2 + t.centre ? byCentre : 0) + 0.3 * random.normal(),
    ),
  );
  return {
    vectors,
    d,
    classes: rows.map((t) => t.class),
    centres: rows.map((t) => `c${t.centre}`),
    slides: rows.map((t) => t.slide),
  };
}

describe("robustness index", () => {
  it("agrees with a sort of all similarities at every rank", () => {
    const result = robustnessIndex(input);
    expect(result.cumulated.length).toBe(g.k);
    result.cumulated.forEach((v, rank) => {
      expect(v).toBeCloseTo(g.cumulated[rank], 12);
    });
    expect(result).toMatchObject({ sameClassOtherCentre: g.so, otherClassSameCentre: g.os, tiles: 120, short: 0 });
    expect(result.index.value).toBe(result.cumulated.at(-1));
    expect(result.index.n).toBe(24);
  });
  it("is 1 where only biology counts, near 0 where only the centre does, and its interval holds it", () => {
    expect(robustnessIndex({ ...tiles({ byClass: 4, byCentre: 0 }), k: 11 }).index.value).toBeGreaterThan(0.99);
    expect(robustnessIndex({ ...tiles({ byClass: 0, byCentre: 4 }), k: 11 }).index.value).toBeLessThan(0.01);
    const { index } = robustnessIndex({ ...tiles({ byClass: 1, byCentre: 1 }), k: 11 });
    expect(index.low as number).toBeLessThan(index.value as number);
    expect(index.high as number).toBeGreaterThan(index.value as number);
  });
  it("does not change with the length of vectors or the names of traits", () => {
    const scaled = input.vectors.map((v: number, i: number) => v * (1 + (Math.floor(i / g.d) % 5)));
    const renamed = { ...input, vectors: scaled, classes: g.classes.map((c: number) => `class ${c}`) };
    expect(robustnessIndex(renamed).cumulated).toEqual(robustnessIndex(input).cumulated);
  });
  it("removes neighbours of the same slide, counts tiles that lack neighbours, and gives a reason for nothing", () => {
    const vectors = [1, 0, 1, 0.01, 0, 1];
    const few = { vectors, d: 2, classes: ["a", "a", "b"], centres: ["x", "y", "x"], k: 2 };
    expect(robustnessIndex({ ...few, slides: [1, 1, 2] })).toMatchObject({
      sameClassOtherCentre: 0,
      otherClassSameCentre: 2,
      short: 2,
    });
    const alone = robustnessIndex({ ...few, slides: [1, 1, 1] });
    expect(alone.index).toMatchObject({ value: null, reason: expect.stringContaining("no neighbour") });
    expect(alone.cumulated).toEqual([null, null]);
  });
  it("refuses columns of another length, vectors of zeros and no neighbours", () => {
    expect(() => robustnessIndex({ ...input, slides: [1] })).toThrow(/slides/);
    expect(() => robustnessIndex({ ...input, k: 0 })).toThrow(/k = 0/);
    expect(() =>
      robustnessIndex({ ...input, vectors: [...g.vectors.slice(g.d), ...new Array<number>(g.d).fill(0)] }),
    ).toThrow(/row 119/);
    expect(() => robustnessIndex({ ...input, d: 7 })).toThrow(/d = 7/);
  });
});

describe("clusters", () => {
  it("the adjusted Rand index agrees with scikit-learn to 1e-12", () => {
    expect(adjustedRand(g.classes, g.cluster)).toBeCloseTo(g.randClass, 12);
    for (const { a, b, value } of g.rand) expect(adjustedRand(a, b)).toBeCloseTo(value, 12);
    expect(() => adjustedRand([1], [1, 2])).toThrow(RangeError);
  });
  it("the silhouette agrees with scikit-learn to 1e-12, a row alone in its cluster too", () => {
    const rows = rowsOf(g.vectors, g.d, false);
    expect(silhouette(distances(rows), g.cluster)).toBeCloseTo(g.silhouette, 12);
    expect(silhouette(distances(rows), new Int32Array(120))).toBeNull();
  });
  it("k-means finds groups that lie apart, for every seed", () => {
    const t = tiles({ byClass: 6, byCentre: 0 });
    const rows = rowsOf(t.vectors, t.d);
    for (let seed = 0; seed < 10; seed++)
      expect(adjustedRand(t.classes, kMeans(rows, 2, randomStream(seed, "k")).of)).toBe(1);
  });
  it("k-means leaves no cluster empty while rows differ, and ends when all are equal", () => {
    const rows = rowsOf(g.vectors, g.d);
    expect(new Set(kMeans(rows, 60, randomStream(1, "k")).of).size).toBe(60);
    expect(kMeans(rowsOf(new Array<number>(20).fill(1), 2), 3, randomStream(1, "k")).inertia).toBeCloseTo(0, 12);
    expect(() => kMeans(rows, 121, randomStream(1, "k"))).toThrow(RangeError);
  });
  it("the score is near 1 where clusters follow the class, near -1 where they follow the centre", () => {
    const options = { clusters: [2, 5] as const, trials: 10 };
    expect(clusteringScore(tiles({ byClass: 4, byCentre: 0 }), options).score).toBeGreaterThan(0.9);
    const byCentre = clusteringScore(tiles({ byClass: 0, byCentre: 4 }), options);
    expect(byCentre.score).toBeLessThan(-0.9);
    expect(byCentre.k).toBe(2);
    expect(byCentre).toEqual(clusteringScore(tiles({ byClass: 0, byCentre: 4 }), options));
  });
  it("refuses a range without a k", () => {
    expect(() => clusteringScore(tiles({ byClass: 1, byCentre: 1 }), { clusters: [200, 300] })).toThrow(/below 160/);
  });
});

describe("average performance drop", () => {
  it("agrees with numpy to 1e-12, and both of its intervals to 1e-10", () => {
    // scipy 1.10 gives t of 0.975 with 5 degrees as 2.57058183661; R and we give 2.57058183564.
    const models = g.accuracy.map((accuracies: number[][], i: number) => ({ name: `m${i}`, accuracies }));
    averagePerformanceDrops(models).forEach(({ drop }, i) => {
      expect(drop.value).toBeCloseTo(g.drop[i], 12);
      expect((drop.high as number) - (drop.value as number)).toBeCloseTo(g.jointHalf, 10);
      const alone = averagePerformanceDrop(g.accuracy[i]);
      expect(alone.value).toBeCloseTo(g.drop[i], 12);
      expect((alone.high as number) - (alone.value as number)).toBeCloseTo(g.half[i], 10);
    });
  });
  it("is 0 where nothing is lost; one seed has no interval; a torn table is refused", () => {
    expect(averagePerformanceDrop([[0.9, 0.9, 0.9]])).toMatchObject({
      value: 0,
      low: null,
      reason: "one seed has no spread",
    });
    expect(averagePerformanceDrop([]).value).toBeNull();
    expect(() => averagePerformanceDrop([[0.9, 0.8], [0.9]])).toThrow(/seed 1/);
    expect(() => averagePerformanceDrop([[0, 0.8]])).toThrow(RangeError);
    expect(() =>
      averagePerformanceDrops([
        { name: "a", accuracies: [[1, 1]] },
        { name: "b", accuracies: [] },
      ]),
    ).toThrow(/for b/);
  });
});
