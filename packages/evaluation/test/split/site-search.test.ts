/** Optima of real cohorts from an exact solver, recorded by tools/oracles/site_folds_milp.py. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { searchSiteFolds } from "../../src/split/site-search.ts";

/** The best objective over all divisions. */
function exhaustive(counts: readonly (readonly number[])[], k: number): number {
  const totals = (counts[0] ?? []).map((_, l) => counts.reduce((sum, c) => sum + (c[l] as number), 0));
  let best = Number.POSITIVE_INFINITY;
  for (let code = 0; code < k ** counts.length; code++) {
    const inFold = Array.from({ length: k }, () => totals.map(() => 0));
    counts.forEach((c, g) => {
      const fold = inFold[Math.floor(code / k ** g) % k] as number[];
      for (const [l, n] of c.entries()) fold[l] = (fold[l] as number) + n;
    });
    if (inFold.some((f) => f.filter((n) => n > 0).length < 2)) continue;
    const cost = inFold.flat().reduce((sum, n, i) => sum + (k * n - (totals[i % totals.length] as number)) ** 2, 0);
    best = Math.min(best, cost);
  }
  return best;
}

describe("searchSiteFolds", () => {
  it("finds the best division of eight sites, checked against all divisions", () => {
    for (let s = 0; s < 8; s++) {
      const random = randomStream(s, "sites");
      const counts = Array.from({ length: 8 }, () => [1 + random.below(30), 1 + random.below(12)]);
      expect(searchSiteFolds(counts, 3, 1).objective).toBe(exhaustive(counts, 3));
    }
  });
  it("reaches the optimum that an exact solver proves, on real cohorts of 17 to 36 hospitals", () => {
    const cases: readonly { name: string; k: number; counts: number[][]; optimum: number }[] = JSON.parse(
      readFileSync(new URL("../golden/site-folds.json", import.meta.url), "utf8"),
    );
    expect(cases).toHaveLength(7);
    for (const { name, k, counts, optimum } of cases)
      expect([name, k, searchSiteFolds(counts, k, 7).objective]).toEqual([name, k, optimum]);
  });
  it("proves the optimum where sites can be dealt evenly", () => {
    const counts = Array.from({ length: 12 }, () => [5, 3]);
    expect(searchSiteFolds(counts, 4, 1)).toMatchObject({ objective: 0, lowerBound: 0 });
  });
  it("never leaves a fold empty and never goes below the bound, even with one dominant site", () => {
    const found = searchSiteFolds(
      [
        [500, 300],
        [1, 1],
        [2, 1],
        [1, 2],
      ],
      3,
      1,
    );
    expect(new Set(found.fold).size).toBe(3);
    expect(found.objective).toBeGreaterThan(found.lowerBound);
  });
  it("gives the same folds for the same seed", () => {
    const counts = Array.from({ length: 30 }, (_, i) => [i % 7, (i * 3) % 5]);
    expect(searchSiteFolds(counts, 5, 3)).toEqual(searchSiteFolds(counts, 5, 3));
  });
  it("refuses more folds than sites", () => {
    expect(() => searchSiteFolds([[1, 1]], 2, 1)).toThrow(RangeError);
  });
});
