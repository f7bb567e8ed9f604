/** Areas from numpy, recorded by tools/oracles/calibration_more.py, and the laws of the two curves. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rocCurve } from "../../src/metric/curve.ts";
import { measure } from "../../src/metric/metric.ts";
import { type Sample, subsample } from "../../src/sample.ts";
import { riskCoverage, riskCoverageAreaMetric } from "../../src/triage/risk-coverage.ts";
import { workloadCurve } from "../../src/triage/workload.ts";
import { binary } from "../../testing/make.ts";
import { metricContract } from "../../testing/metric-contract.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/calibration-more.json", import.meta.url), "utf8"));
const test = binary(golden.test.label, golden.test.probability);
const three: Sample = {
  n: golden.three.label.length,
  k: 3,
  labels: Int32Array.from(golden.three.label),
  probabilities: Float64Array.from(golden.three.probability.flat()),
  positive: 0,
  classes: ["a", "b", "c"],
};

metricContract(riskCoverageAreaMetric);

describe("riskCoverage", () => {
  it("has the area that numpy finds patient by patient, to 1e-12, with ties and with three classes", () => {
    expect(measure(riskCoverageAreaMetric, test)).toBeCloseTo(golden.area, 12);
    expect(measure(riskCoverageAreaMetric, three)).toBeCloseTo(golden.three.area, 12);
  });
  it("ends at all patients and their error, and its interval holds the area", () => {
    const { points, area, bestArea, chanceArea } = riskCoverage(test, { replicates: 200, seed: 3 });
    expect(points.at(-1)).toMatchObject({ coverage: 1, n: test.n, error: chanceArea });
    expect(area.low).toBeLessThan(area.value as number);
    expect(area.high).toBeGreaterThan(area.value as number);
    expect(bestArea).toBeLessThan(area.value as number);
    expect(chanceArea).toBeGreaterThan(area.value as number);
  });
  it("covers more as it asks for less sureness", () => {
    const { points } = riskCoverage(three, { replicates: 0 });
    points.slice(1).forEach((point, i) => {
      expect(point.sureness).toBeLessThan(points[i]?.sureness as number);
      expect(point.coverage).toBeGreaterThan(points[i]?.coverage as number);
      expect(point.errors).toBeGreaterThanOrEqual(points[i]?.errors as number);
    });
  });
  it("takes 0.82 for yes and 0.82 for no as equally sure", () => {
    expect(riskCoverage(binary([1, 0], [0.82, 0.18]), { replicates: 0 }).points.length).toBe(1);
  });
  it("reaches the best area when wrong calls are the least sure, and the error of all when sureness says nothing", () => {
    const best = riskCoverage(binary([1, 1, 0, 1], [0.9, 0.8, 0.7, 0.4]), { replicates: 0 });
    expect(best.area.value).toBeCloseTo(best.bestArea as number, 12);
    const flat = riskCoverage(binary([1, 1, 0, 1], [0.7, 0.7, 0.7, 0.7]), { replicates: 0 });
    expect(flat.area.value).toBeCloseTo(0.25, 12);
    expect(flat.chanceArea).toBe(0.25);
  });
  it("nobody gives no points and an undefined area with the reason", () => {
    const none = riskCoverage(subsample(test, []));
    expect(none).toMatchObject({ points: [], bestArea: null, chanceArea: null, area: { value: null } });
    expect(none.area.reason).toBe("no labelled patient");
  });
});

describe("workloadCurve", () => {
  it("rises from nobody to everybody and agrees with the ROC curve point by point", () => {
    const { points, reason } = workloadCurve(test);
    const roc = rocCurve(test);
    const positives = golden.test.label.filter((y: number) => y === 1).length;
    expect(reason).toBeNull();
    expect(points.length).toBe(roc.length);
    points.forEach((point, i) => {
      const { threshold, sensitivity, falsePositiveRate } = roc[i] as (typeof roc)[number];
      expect(point.threshold).toBe(threshold);
      expect(point.sensitivity).toBeCloseTo(sensitivity, 12);
      const sent = sensitivity * positives + falsePositiveRate * (test.n - positives);
      expect(point.sent).toBeCloseTo(sent / test.n, 12);
      expect(point.missed).toBe(Math.round((1 - sensitivity) * positives));
    });
    expect(points.at(-1)).toMatchObject({ sent: 1, sensitivity: 1, missed: 0 });
  });
  it("is empty with the reason without positive patients, without anybody, and for three classes", () => {
    expect(workloadCurve(binary([0, 0], [0.1, 0.2])).reason).toContain("label yes");
    expect(workloadCurve(binary([], [])).reason).toBe("no labelled patient");
    expect(workloadCurve(three).reason).toContain("two classes");
  });
});
