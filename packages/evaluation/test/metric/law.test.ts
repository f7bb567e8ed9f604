import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupedAuroc } from "../../src/baseline/grouped-auroc.ts";
import { auprc } from "../../src/metric/auprc.ts";
import { auroc } from "../../src/metric/auroc.ts";
import {
  calibrationInTheLargeMetric,
  calibrationInterceptMetric,
  calibrationSlopeMetric,
  logits,
} from "../../src/metric/calibration.ts";
import { rocCurve } from "../../src/metric/curve.ts";
import { decisionCurve } from "../../src/metric/decision.ts";
import { delong, pairedDelong } from "../../src/metric/delong.ts";
import { binOf, eceMetric } from "../../src/metric/ece.ts";
import { measure } from "../../src/metric/metric.ts";
import { midranks } from "../../src/metric/rank.ts";
import { METRICS } from "../../src/metric/registry.ts";
import { reliabilityBins } from "../../src/metric/reliability.ts";
import type { Sample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

/** Patients of both classes with scores on a coarse grid, so that ties are the rule. */
const patients = fc
  .array(fc.record({ y: fc.integer({ min: 0, max: 1 }), s: fc.integer({ min: 0, max: 12 }) }), {
    minLength: 4,
    maxLength: 60,
  })
  .map((rows) => [...rows, { y: 0, s: 3 }, { y: 0, s: 5 }, { y: 1, s: 4 }, { y: 1, s: 8 }]);
const scores = (rows: readonly { s: number }[]): number[] => rows.map((r) => r.s);
const labels = (rows: readonly { y: number }[]): number[] => rows.map((r) => r.y);

describe("auroc", () => {
  it("is unchanged by any rising map of the scores", () => {
    fc.assert(
      fc.property(patients, (rows) => {
        const mapped = scores(rows).map((s) => Math.exp(s / 3) - 7);
        expect(auroc(mapped, labels(rows))).toBeCloseTo(auroc(scores(rows), labels(rows)) as number, 12);
      }),
    );
  });
  it("turns into one minus itself when the scores are turned round", () => {
    fc.assert(
      fc.property(patients, (rows) => {
        const turned = scores(rows).map((s) => -s);
        expect(auroc(turned, labels(rows))).toBeCloseTo(1 - (auroc(scores(rows), labels(rows)) as number), 12);
      }),
    );
  });
  it("is the rank-sum statistic with midranks and the share of pairs in order", () => {
    fc.assert(
      fc.property(patients, (rows) => {
        const y = labels(rows);
        const ranks = midranks(scores(rows));
        const m = y.filter((v) => v === 1).length;
        const n = y.length - m;
        const sum = ranks.reduce((total, rank, i) => total + (y[i] === 1 ? rank : 0), 0);
        expect(auroc(scores(rows), y)).toBeCloseTo((sum - (m * (m + 1)) / 2) / (m * n), 12);
      }),
    );
  });
  it("is the area under the ROC curve by trapezoids", () => {
    fc.assert(
      fc.property(patients, (rows) => {
        const p = scores(rows).map((s) => (s + 1) / 14);
        const points = rocCurve(binary(labels(rows), p));
        let area = 0;
        for (let i = 1; i < points.length; i++) {
          const [a, b] = [points[i - 1], points[i]];
          if (a && b) area += ((b.falsePositiveRate - a.falsePositiveRate) * (a.sensitivity + b.sensitivity)) / 2;
        }
        expect(area).toBeCloseTo(auroc(p, labels(rows)) as number, 12);
      }),
    );
  });
  it("is null when a class is absent, and half when all scores are equal", () => {
    expect(auroc([0.2, 0.4], [1, 1])).toBeNull();
    expect(auroc([0.5, 0.5, 0.5], [1, 0, 1])).toBe(0.5);
    expect(auprc([0.2, 0.4], [0, 0])).toBeNull();
  });
});

describe("delong", () => {
  it("of a perfect against a reversed ranking has a value and says why it has neither interval nor p", () => {
    const y = [0, 0, 0, 1, 1, 1];
    const scores = [0.1, 0.2, 0.3, 0.7, 0.8, 0.9];
    const { difference, z, p } = pairedDelong(
      scores,
      scores.map((s) => 1 - s),
      y,
    );
    expect(difference).toMatchObject({
      value: 1,
      low: null,
      high: null,
      reason: expect.stringMatching(/variance is 0/),
    });
    expect([z, p]).toEqual([null, null]);
    expect(pairedDelong(scores, scores, y).difference).toMatchObject({ value: 0, low: 0, high: 0 });
  });
  it("gives the same value and variance from patients and from counts at each score", () => {
    fc.assert(
      fc.property(patients, (rows) => {
        const groups = rows.map((r) => ({ score: r.s, positives: r.y, negatives: 1 - r.y }));
        const exact = delong(scores(rows), labels(rows));
        const grouped = groupedAuroc(groups);
        expect(grouped?.auroc).toBeCloseTo(exact.value as number, 12);
        expect(grouped?.variance).toBeCloseTo(exact.variance as number, 12);
      }),
    );
  });
  it("gives a value without an interval when a class has one patient", () => {
    const d = delong([0.1, 0.9, 0.3], [0, 1, 0]);
    expect(d).toMatchObject({ value: 1, low: null, high: null, reason: expect.stringContaining("two patients") });
  });
});

describe("calibration", () => {
  it("finds slope 1/a and intercept -b/a when a fitted predictor is distorted to a logit + b", () => {
    const random = Array.from({ length: 200 }, (_, i) => Math.sin(i * 7.3) * 2);
    const y = random.map((x, i) => (1 / (1 + Math.exp(-x)) > (i * 0.618) % 1 ? 1 : 0));
    const raw = binary(
      y,
      random.map((x) => 1 / (1 + Math.exp(-x))),
    );
    const b0 = measure(calibrationInterceptMetric, raw) as number;
    const b1 = measure(calibrationSlopeMetric, raw) as number;
    const distorted = binary(
      y,
      random.map((x) => 1 / (1 + Math.exp(-(1.5 * (b0 + b1 * x) + 0.4)))),
    );
    expect(measure(calibrationSlopeMetric, distorted)).toBeCloseTo(1 / 1.5, 8);
    expect(measure(calibrationInterceptMetric, distorted)).toBeCloseTo(-0.4 / 1.5, 8);
  });
  it("names the one label that everybody has, or the calls that are all right", () => {
    const all = [calibrationSlopeMetric, calibrationInterceptMetric, calibrationInTheLargeMetric];
    const reasonsFor = (sample: Sample) =>
      new Set(all.map((m) => m.prepare(sample)).map((p) => (p.kind === "undefined" ? p.reason : null)));
    const one = binary([1, 1, 1], [0.2, 0.7, 0.9]);
    expect([...reasonsFor(one)]).toEqual([`every patient has the label ${one.classes[1]}`]);
    const three: Sample = {
      ...one,
      k: 3,
      labels: Int32Array.of(0, 1, 2),
      probabilities: Float64Array.of(0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.3, 0.6),
      classes: ["a", "b", "c"],
    };
    expect([...reasonsFor(three)]).toEqual(["every call is right"]);
  });
  it("says that no fit exists when the probabilities separate the outcomes", () => {
    const prepared = calibrationSlopeMetric.prepare(binary([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.9]));
    expect(prepared).toMatchObject({ kind: "undefined", reason: expect.stringContaining("separate") });
  });
  it("keeps a probability of exactly 0 or 1 finite", () => {
    const [zero, some, one] = logits(Float64Array.of(0, 1e-9, 1)) as unknown as [number, number, number];
    expect(zero).toBeLessThan(some);
    expect(one).toBe(-zero);
    expect(logits(Float64Array.of(1, 0.5))[0]).toBeCloseTo(16.118, 3);
    expect(measure(calibrationSlopeMetric, binary([0, 1, 0, 1], [0, 0, 1, 1]))).toBeCloseTo(0, 9);
  });
});

describe("calibration error", () => {
  it("puts each edge into the bin below it, and 0 into the first", () => {
    for (let i = 1; i <= 10; i++) expect(binOf(i / 10)).toBe(i - 1);
    expect(binOf(0)).toBe(0);
    expect(binOf(0.1 + 0.2)).toBe(3);
  });
  it("is the weighted gap of the reliability diagram, whose bins hold everybody", () => {
    fc.assert(
      fc.property(patients, (rows) => {
        const sample = binary(
          labels(rows),
          scores(rows).map((s) => s / 12),
        );
        const bins = reliabilityBins(sample);
        expect(bins.reduce((sum, b) => sum + b.n, 0)).toBe(sample.n);
        const gap = bins.reduce((sum, b) => sum + b.n * Math.abs((b.observed ?? 0) - (b.meanProbability ?? 0)), 0);
        expect(gap / sample.n).toBeCloseTo(measure(eceMetric, sample) as number, 12);
      }),
    );
  });
});

describe("decision curve", () => {
  it("equals treating all when everybody is above the threshold, and nothing when nobody is", () => {
    const [low, high] = decisionCurve(binary([0, 1, 1], [0.4, 0.5, 0.6]), [0.3, 0.7]);
    expect(low?.netBenefit).toBeCloseTo(low?.treatAll as number, 12);
    expect(high?.netBenefit).toBe(0);
  });
  it("refuses a threshold of 0 or 1", () => {
    expect(() => decisionCurve(binary([0, 1], [0.1, 0.9]), [1])).toThrow(RangeError);
  });
});

describe("every metric", () => {
  it("is null with a reason, never NaN, when one class is absent", () => {
    const sample = binary([1, 1, 1], [0.2, 0.6, 0.9]);
    for (const metric of METRICS) {
      const value = measure(metric, sample);
      expect(value === null || Number.isFinite(value), metric.name).toBe(true);
    }
    expect(METRICS.filter((m) => measure(m, sample) === null).map((m) => m.name)).toEqual([
      "auroc",
      "auprc",
      "balancedAccuracy",
      "calibrationSlope",
      "calibrationIntercept",
      "calibrationInTheLarge",
    ]);
  });
});
