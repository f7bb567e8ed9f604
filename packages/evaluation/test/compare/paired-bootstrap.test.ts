import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { differenceOf, leastP } from "../../src/compare/difference.ts";
import { pairedBootstrap } from "../../src/compare/paired-bootstrap.ts";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { aurocMetric } from "../../src/metric/auroc.ts";
import { brierMetric } from "../../src/metric/brier.ts";
import { pairedDelong } from "../../src/metric/delong.ts";
import { type Metric, ready, weightedMean } from "../../src/metric/metric.ts";
import { type Sample, scoresOf, subsample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";
import { twins } from "./twins.ts";

const options = { replicates: 1000, seed: 3 };

describe("paired bootstrap", () => {
  it("agrees with the paired DeLong test in 600 patients", () => {
    const [a, b] = twins({ n: 600, seed: 1, gains: [1.6, 1.2] }) as [Sample, Sample];
    const { difference, p } = pairedBootstrap(a, b, aurocMetric, { replicates: 2000, seed: 1 });
    const d = pairedDelong(scoresOf(a), scoresOf(b), a.labels);
    expect(difference.value).toBeCloseTo(d.difference.value as number, 12);
    expect(difference.low).toBeCloseTo(d.difference.low as number, 2);
    expect(difference.high).toBeCloseTo(d.difference.high as number, 2);
    expect(Math.abs((p as number) - (d.p as number))).toBeLessThan(0.02);
  });
  it("turns its sign and keeps its p when the two are exchanged", () => {
    const [a, b] = twins({ n: 90, seed: 2, gains: [1.5, 1] }) as [Sample, Sample];
    const forth = pairedBootstrap(a, b, brierMetric, options);
    const back = pairedBootstrap(b, a, brierMetric, options);
    expect(back.difference.value).toBeCloseTo(-(forth.difference.value as number), 12);
    expect(back.difference.low).toBeCloseTo(-(forth.difference.high as number), 12);
    expect(back.p).toBe(forth.p);
  });
  it("gives each prediction the interval it has alone", () => {
    const [a, b] = twins({ n: 90, seed: 2, gains: [1.5, 1] }) as [Sample, Sample];
    const pair = pairedBootstrap(a, b, aurocMetric, options);
    const [alone] = bootstrap(b, [aurocMetric], options);
    expect([pair.b.value, pair.b.low, pair.b.high]).toEqual([alone?.value, alone?.low, alone?.high]);
  });
  it("finds no difference between a prediction and itself", () => {
    const [a] = twins({ n: 50, seed: 4, gains: [1] }) as [Sample];
    expect(pairedBootstrap(a, a, aurocMetric, options)).toMatchObject({
      difference: { value: 0, low: 0, high: 0 },
      p: 1,
    });
  });
  it("has p below 0.05 exactly where the interval leaves zero out", () => {
    for (let seed = 0; seed < 60; seed++) {
      const [a, b] = twins({ n: 60, seed, gains: [1.8, 1] }) as [Sample, Sample];
      const { difference, p } = pairedBootstrap(a, b, aurocMetric, { replicates: 400, seed });
      const isOutside = (difference.low as number) > 0 || (difference.high as number) < 0;
      // A replicate or two at the end of the interval may fall on either side.
      if (Math.abs((p as number) - 0.05) > 0.01) expect((p as number) < 0.05).toBe(isOutside);
    }
  });
  it("calls equal models different in about 5 of 100 comparisons", () => {
    let found = 0;
    for (let seed = 0; seed < 400; seed++) {
      const [a, b] = twins({ n: 80, seed, gains: [1.5, 1.5] }) as [Sample, Sample];
      if ((pairedBootstrap(a, b, aurocMetric, { replicates: 200, seed }).p as number) < 0.05) found++;
    }
    expect(found).toBeGreaterThanOrEqual(8);
    expect(found).toBeLessThanOrEqual(34);
  });
  it("does not claim certainty from four patients ranked perfectly against a constant", () => {
    const perfect = binary([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]);
    const constant = binary([0, 0, 1, 1], [0.5, 0.5, 0.5, 0.5]);
    const { difference, p } = pairedBootstrap(perfect, constant, aurocMetric, options);
    expect(difference).toMatchObject({ value: 0.5, low: null, reason: expect.stringContaining("every replicate") });
    expect(p).toBe(leastP(4));
  });
  it("works for samples that are not classes", () => {
    interface Numbers {
      readonly n: number;
      readonly labels: Float64Array;
    }
    const mean: Metric<Numbers> = {
      name: "mean",
      title: "mean",
      perfect: 0,
      range: [0, 1],
      prepare: (s) => ready(weightedMean(s.labels)),
    };
    const random = randomStream(1, "numbers");
    const a = { n: 40, labels: Float64Array.from({ length: 40 }, () => random.uniform()) };
    const b = { n: 40, labels: a.labels.map((v) => v * 0.5) };
    const { difference } = pairedBootstrap(a, b, mean, options);
    expect((difference.low as number) < (difference.high as number)).toBe(true);
  });
  it("refuses other patients, and says so", () => {
    const a = binary([0, 1, 1], [0.1, 0.2, 0.3]);
    expect(() => pairedBootstrap(a, subsample(a, [0, 1]), aurocMetric, options)).toThrow(/3 and 2/);
    expect(() => pairedBootstrap(a, subsample(a, [1, 0, 2]), aurocMetric, options)).toThrow(/two labels.*index 0/);
  });
  it("is null with a reason where a class is missing, and without replicates", () => {
    const one = binary([1, 1, 1], [0.1, 0.2, 0.3]);
    expect(pairedBootstrap(one, one, aurocMetric, options)).toMatchObject({
      p: null,
      difference: { value: null, reason: expect.stringContaining("no patient") },
    });
    const two = binary([0, 1, 1], [0.1, 0.2, 0.3]);
    expect(pairedBootstrap(two, two, aurocMetric, { replicates: 0, seed: 1 }).p).toBeNull();
  });
  it("uses the normal tail where no replicate crosses zero, and gives none where a tenth is undefined", () => {
    const random = randomStream(2, "tail");
    const replicates = Float64Array.from({ length: 1000 }, () => 6 + random.normal());
    const { p } = differenceOf({ value: 6, replicates, n: 200, method: "m" });
    expect(p).toBeGreaterThan(1e-11);
    expect(p).toBeLessThan(1e-7);
    replicates.fill(Number.NaN, 0, 150);
    const broken = differenceOf({ value: 6, replicates, n: 200, method: "m" });
    expect(broken).toMatchObject({ p: null, difference: { reason: expect.stringContaining("150 of 1000") } });
  });
});
