import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { aurocMetric } from "../../src/metric/auroc.ts";
import { brierMetric } from "../../src/metric/brier.ts";
import { type Metric, ready, weightedMean } from "../../src/metric/metric.ts";
import { permutationTest } from "../../src/null-test/permutation-test.ts";
import type { Sample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";
import { twins } from "../compare/twins.ts";

const options = { permutations: 199, seed: 7 };

describe("permutation test", () => {
  it("the null range of an AUROC holds 0.5, and its mean is near it", () => {
    const [sample] = twins({ n: 100, seed: 1, gains: [2] }) as [Sample];
    const result = permutationTest(sample, aurocMetric, options);
    expect(result.null.low).toBeLessThan(0.5);
    expect(result.null.high).toBeGreaterThan(0.5);
    expect(result.null.value).toBeCloseTo(0.5, 1);
    expect(result.p).toBe(1 / 200);
  });
  it("counts exactly: with all 6 orders of 4 patients about a sixth is as good as perfect", () => {
    const sample = binary([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4]);
    const { p } = permutationTest(sample, aurocMetric, { permutations: 3000, seed: 1 });
    expect(p).toBeCloseTo(1 / 6, 1);
  });
  it("finds noise significant in about 5 of 100 samples", () => {
    let found = 0;
    for (let seed = 0; seed < 200; seed++) {
      const [sample] = twins({ n: 30, seed, gains: [0] }) as [Sample];
      if ((permutationTest(sample, aurocMetric, { permutations: 59, seed }).p as number) <= 0.05) found++;
    }
    expect(found).toBeGreaterThanOrEqual(3);
    expect(found).toBeLessThanOrEqual(19);
  });
  it("counts low values as good where low is perfect", () => {
    const [sample] = twins({ n: 80, seed: 3, gains: [3] }) as [Sample];
    expect(permutationTest(sample, brierMetric, options).p).toBe(1 / 200);
  });
  it("within sites, a prediction that only knows the site is no better than chance", () => {
    const random = randomStream(8, "sites");
    const site = Array.from({ length: 200 }, (_, i) => i % 2);
    const y = site.map((s) => (random.uniform() < (s === 1 ? 0.8 : 0.2) ? 1 : 0));
    const sample = binary(
      y,
      site.map((s) => 0.3 + 0.4 * s + 0.01 * random.uniform()),
    );
    expect(permutationTest(sample, aurocMetric, options).p).toBe(1 / 200);
    const inside = permutationTest(sample, aurocMetric, { ...options, within: site });
    expect(inside.p).toBeGreaterThan(0.05);
    expect(inside.null.value).toBeGreaterThan(0.7);
  });
  it("is the same for the same seed and leaves the sample alone", () => {
    const [sample] = twins({ n: 40, seed: 4, gains: [1] }) as [Sample];
    const before = [...sample.labels];
    expect(permutationTest(sample, aurocMetric, options)).toEqual(permutationTest(sample, aurocMetric, options));
    expect([...sample.labels]).toEqual(before);
  });
  it("is null with a reason where the metric is undefined", () => {
    const result = permutationTest(binary([1, 1], [0.1, 0.2]), aurocMetric, options);
    expect(result).toMatchObject({ observed: null, p: null, null: { value: null, reason: expect.any(String) } });
  });
  it("asks how outcomes move where a sample has no labels, and refuses no permutations", () => {
    interface Timed {
      readonly n: number;
      readonly time: Float64Array;
    }
    const metric: Metric<Timed> = {
      name: "early",
      title: "mean of the first half",
      perfect: 0,
      range: [0, 10],
      prepare: (s) => ready(weightedMean(s.time.map((t, i) => (i < s.n / 2 ? t : 0)))),
    };
    const sample = { n: 4, time: Float64Array.from([1, 2, 3, 4]) };
    expect(() => permutationTest(sample, metric, options)).toThrow(/relabel/);
    const relabel = (s: Timed, order: Uint32Array): Timed => ({
      ...s,
      time: s.time.map((_, i) => s.time[order[i] as number] as number),
    });
    expect(permutationTest(sample, metric, { ...options, relabel }).p).toBeGreaterThan(0.05);
    expect(() => permutationTest(binary([0, 1], [0, 1]), aurocMetric, { permutations: 0, seed: 1 })).toThrow(
      RangeError,
    );
    const short = { ...options, within: [1] };
    expect(() => permutationTest(binary([0, 1], [0, 1]), aurocMetric, short)).toThrow(/stratum/);
  });
});
