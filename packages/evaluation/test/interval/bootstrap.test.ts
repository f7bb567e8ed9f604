import { randomStream } from "@nacre/core";
import { describe, expect, it } from "vitest";
import { bootstrap, quantile } from "../../src/interval/bootstrap.ts";
import { newcombe, wilson } from "../../src/interval/wilson.ts";
import { auprcMetric } from "../../src/metric/auprc.ts";
import { aurocMetric } from "../../src/metric/auroc.ts";
import { delong } from "../../src/metric/delong.ts";
import { logLossMetric } from "../../src/metric/log-loss.ts";
import { METRICS } from "../../src/metric/registry.ts";
import { type Sample, scoresOf } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

function noisy(n: number, shift: number): Sample {
  const random = randomStream(5, "test", n);
  const y = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : 0));
  return binary(
    y,
    y.map((v) => 1 / (1 + Math.exp(-(random.normal() + shift * v)))),
  );
}

describe("bootstrap", () => {
  it("gives the same interval for the same seed and another for another", () => {
    const sample = noisy(60, 1);
    const low = (seed: number) => bootstrap(sample, [aurocMetric], { replicates: 200, seed })[0]?.low;
    expect(low(1)).toBe(low(1));
    expect(low(1)).not.toBe(low(2));
  });
  it("gives a metric the same interval whether alone or beside others", () => {
    const sample = noisy(60, 1);
    const options = { replicates: 100, seed: 4 };
    const together = bootstrap(sample, METRICS, options);
    METRICS.forEach((m, i) => {
      expect(together[i]).toEqual(bootstrap(sample, [m], options)[0]);
    });
  });
  it("agrees with DeLong in a sample of 900 patients", () => {
    const sample = noisy(900, 1);
    const [e] = bootstrap(sample, [aurocMetric], { replicates: 2000, seed: 1 });
    const d = delong(scoresOf(sample), sample.labels);
    expect(e?.low).toBeCloseTo(d.low as number, 2);
    expect(e?.high).toBeCloseTo(d.high as number, 2);
  });
  it("holds the true value in about 95 of 100 samples", () => {
    const truth = 0.7602499; // two unit normals one apart: P(Z < 1 / sqrt 2)
    let held = 0;
    for (let s = 0; s < 200; s++) {
      const random = randomStream(s, "coverage");
      const y = Array.from({ length: 80 }, (_, i) => i % 2);
      const sample = binary(
        y,
        y.map((v) => 1 / (1 + Math.exp(-(random.normal() + v)))),
      );
      const [e] = bootstrap(sample, [aurocMetric], { replicates: 200, seed: s });
      if ((e?.low as number) <= truth && truth <= (e?.high as number)) held++;
    }
    expect(held).toBeGreaterThanOrEqual(180);
    expect(held).toBeLessThanOrEqual(199);
  });
  it("does not claim certainty when the classes are ranked perfectly", () => {
    const sample = binary([0, 0, 0, 0, 1, 1, 1, 1], [0.1, 0.1, 0.2, 0.2, 0.8, 0.8, 0.9, 0.9]);
    const [auroc, auprc, accuracy, balanced] = bootstrap(sample, METRICS, { replicates: 100, seed: 1 });
    expect(auroc).toMatchObject({ value: 1, high: 1, method: expect.stringContaining("Newcombe") });
    expect(auroc?.low).toBeLessThan(0.8);
    expect(auprc).toMatchObject({ value: 1, low: null, reason: expect.stringContaining("every replicate") });
    expect(accuracy?.low).toBeCloseTo(wilson(8, 8)[0], 12);
    expect(balanced?.low).toBeLessThan(0.9);
  });
  it("knows rounding from chance: the log loss of a fair coin is the same in every replicate", () => {
    const y = Array.from({ length: 61 }, (_, i) => i % 2);
    const coin = binary(
      y,
      y.map(() => 0.5),
    );
    const [loss] = bootstrap(coin, [logLossMetric], { replicates: 100, seed: 1 });
    expect(loss?.value).toBeCloseTo(Math.LN2, 12);
    expect(loss).toMatchObject({ low: null, high: null, reason: expect.stringMatching(/every replicate/) });
  });
  it("gives a prediction that says the same of everybody no interval for its order", () => {
    const [auroc, auprc] = bootstrap(binary([0, 1, 0, 1, 0], [0.7, 0.7, 0.7, 0.7, 0.7]), METRICS, {
      replicates: 50,
      seed: 1,
    });
    const reason = "no interval: every patient has the same score";
    expect(auroc).toMatchObject({ value: 0.5, low: null, high: null, reason });
    expect(auprc).toMatchObject({ low: null, high: null, reason });
  });
  it("gives values without intervals when no replicate is asked for", () => {
    const [e] = bootstrap(noisy(30, 1), [auprcMetric], { replicates: 0, seed: 1 });
    expect(e).toMatchObject({ low: null, high: null, reason: "no bootstrap was asked for" });
    expect(e?.value).toBeGreaterThan(0);
  });
  it("always says n and method, and a reason where the value is null", () => {
    for (const sample of [noisy(9, 1), binary([1, 1], [0.3, 0.4]), binary([], [])]) {
      for (const e of bootstrap(sample, METRICS, { replicates: 20, seed: 1 })) {
        expect(e.n).toBe(sample.n);
        expect(e.method.length).toBeGreaterThan(5);
        if (e.value === null || e.low === null) expect(e.reason?.length).toBeGreaterThan(5);
      }
    }
  });
});

describe("closed forms", () => {
  it("quantile interpolates as R's type 7", () => {
    expect(quantile([1, 2, 4, 8], 0.5)).toBe(3);
    expect(quantile([1, 2, 4, 8], 0.975)).toBeCloseTo(7.7, 12);
  });
  it("the Newcombe interval holds its value, narrows with n, and is mirrored by 1 - auroc", () => {
    const [low, high] = newcombe(0.8, 20, 30);
    expect(low < 0.8 && 0.8 < high).toBe(true);
    const [l2, h2] = newcombe(0.8, 200, 300);
    expect(h2 - l2).toBeLessThan(high - low);
    const [ml, mh] = newcombe(0.2, 20, 30);
    expect(ml).toBeCloseTo(1 - high, 9);
    expect(mh).toBeCloseTo(1 - low, 9);
  });
  it("the Wilson interval refuses more hits than trials", () => {
    expect(() => wilson(3, 2)).toThrow(RangeError);
    expect(wilson(0, 5)[0]).toBe(0);
  });
});
