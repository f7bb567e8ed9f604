/** The laws of the test of difference: exact cases, invariance, and the rate of false alarms by simulation. */
import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { correctSubgroups, subgroupDifference } from "../../src/compare/subgroup-difference.ts";
import { aurocMetric } from "../../src/metric/auroc.ts";
import { brierMetric } from "../../src/metric/brier.ts";
import { binary } from "../../testing/make.ts";
import { twins } from "./twins.ts";

const options = { replicates: 300, seed: 2 };
const group = (name: string, n: number, gain: number, seed: number) => ({
  group: name,
  sample: twins({ n, seed, gains: [gain] })[0] as ReturnType<typeof binary>,
});

describe("difference among subgroups", () => {
  it("finds the group that does worse, and names it with its n beside the average", () => {
    const result = subgroupDifference(
      [group("a", 200, 3, 1), group("b", 150, 3, 2), group("c", 120, 0.2, 3)],
      aurocMetric,
      options,
    );
    expect(result.p).toBeLessThan(1e-4);
    expect(result.df).toBe(2);
    expect(result.worst).toMatchObject({ group: "c", n: 120 });
    expect(result.worst?.estimate.value).toBeLessThan(result.average.value as number);
    expect(result.groups[2]?.againstRest.high).toBeLessThan(0);
    expect(result.groups[2]?.p).toBeLessThan(1e-3);
  });
  it("the worst group is that of the highest value where low is good", () => {
    const result = subgroupDifference([group("a", 100, 5, 1), group("b", 100, 0.1, 2)], brierMetric, options);
    expect(result.worst?.group).toBe("b");
  });
  it("finds a difference among equal groups of 30 in about 5 of 100 tests, whatever the level of their scores", () => {
    let found = 0;
    for (let seed = 0; seed < 300; seed++) {
      const groups = [0, 1, 2].map((g) => {
        const { group: name, sample } = group(`g${g}`, 30, 2, 1000 * g + seed);
        const probabilities = sample.probabilities.map((p, i) => (i % 2 === 1 ? p ** (1 + g) : 1 - (1 - p) ** (1 + g)));
        return { group: name, sample: { ...sample, probabilities } };
      });
      if ((subgroupDifference(groups, aurocMetric, { replicates: 150, seed }).p as number) < 0.05) found++;
    }
    expect(found).toBeGreaterThanOrEqual(4);
    expect(found).toBeLessThanOrEqual(27);
  });
  it("Q is the weighted sum of squares about the weighted mean", () => {
    const groups = [group("a", 100, 2, 4), group("b", 80, 1, 5)];
    const { q, groups: judged } = subgroupDifference(groups, aurocMetric, options);
    const [a, b] = judged as [(typeof judged)[0], (typeof judged)[0]];
    // With two groups Q is the squared z of their difference: both statements hold the same numbers.
    const difference = (a.estimate.value as number) - (b.estimate.value as number);
    expect(a.againstRest.value).toBeCloseTo(difference, 12);
    expect(q).toBeGreaterThan(0);
    expect(a.p).toBeCloseTo(b.p as number, 12);
  });
  it("a group of one class is left out and named; one group alone is not tested", () => {
    const onlyOne = { group: "none", sample: binary([1, 1, 1], [0.1, 0.2, 0.3]) };
    const result = subgroupDifference([group("a", 60, 2, 1), onlyOne], aurocMetric, options);
    expect(result).toMatchObject({ q: null, p: null, df: 0 });
    expect(result.leftOut).toEqual([{ group: "none", reason: expect.stringContaining("no patient") }]);
    expect(result.groups[0]?.againstRest.reason).toContain("no other group");
    expect(subgroupDifference([], aurocMetric, options)).toMatchObject({ worst: null, average: { value: null } });
  });
  it("a group ranked perfectly keeps an error of its own and takes part", () => {
    const perfect = { group: "perfect", sample: binary([0, 0, 0, 1, 1, 1], [0.1, 0.1, 0.2, 0.8, 0.9, 0.9]) };
    const result = subgroupDifference([group("a", 60, 2, 1), perfect], aurocMetric, options);
    expect(result.leftOut).toEqual([]);
    expect(result.p).toBeGreaterThan(0);
  });
  it("Holm covers all columns, and all groups of all columns", () => {
    const random = randomStream(1, "columns");
    const columns = ["sex", "site", "scanner"].map((column) => ({
      column,
      difference: subgroupDifference(
        [group("a", 60, 2, random.below(999)), group("b", 60, 2, random.below(999))],
        aurocMetric,
        options,
      ),
    }));
    const corrected = correctSubgroups(columns);
    const least = Math.min(...columns.map((c) => c.difference.p as number));
    expect(Math.min(...corrected.map((c) => c.adjusted as number))).toBeCloseTo(Math.min(1, 3 * least), 12);
    for (const c of corrected) {
      c.groupsAdjusted.forEach((p, i) => {
        expect(p).toBeGreaterThanOrEqual(c.difference.groups[i]?.p as number);
      });
    }
  });
});
