/** Values from scikit-learn and R, recorded by tools/oracles/sklearn_metrics.py and proc_delong.R. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { normalTail } from "../../src/distribution/normal.ts";
import { wilson } from "../../src/interval/wilson.ts";
import { prCurve, rocCurve } from "../../src/metric/curve.ts";
import { decisionCurve } from "../../src/metric/decision.ts";
import { delong, pairedDelong } from "../../src/metric/delong.ts";
import { measure } from "../../src/metric/metric.ts";
import { METRICS } from "../../src/metric/registry.ts";
import type { Sample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

const load = (name: string) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
const sklearn = load("sklearn-metrics");
const r = load("proc-delong");
const two: Sample = binary(sklearn.binary.label, sklearn.binary.probability);
const three: Sample = {
  n: sklearn.three.label.length,
  k: 3,
  labels: Int32Array.from(sklearn.three.label),
  probabilities: Float64Array.from(sklearn.three.probability.flat()),
  positive: 0,
  classes: ["a", "b", "c"],
};
const value = (name: string, sample: Sample) => {
  const metric = METRICS.find((m) => m.name === name);
  return metric === undefined ? null : measure(metric, sample);
};

describe("metrics agree with scikit-learn to 1e-12", () => {
  for (const name of ["auroc", "auprc", "accuracy", "balancedAccuracy", "brier"]) {
    it(`${name}, two classes with ties`, () => expect(value(name, two)).toBeCloseTo(sklearn.binary[name], 12));
    it(`${name}, three classes`, () => expect(value(name, three)).toBeCloseTo(sklearn.three[name], 12));
  }
  it("the ROC curve has the same points", () => {
    const { fpr, tpr } = sklearn.binary.roc;
    const points = rocCurve(two);
    expect(points.length).toBe(fpr.length);
    points.forEach((p, i) => {
      expect(p.falsePositiveRate).toBeCloseTo(fpr[i], 12);
      expect(p.sensitivity).toBeCloseTo(tpr[i], 12);
    });
  });
  it("the precision-recall curve has the same points", () => {
    const { precision, recall } = sklearn.binary.pr;
    const points = prCurve(two);
    expect(points.length).toBe(precision.length);
    points.forEach((p, i) => {
      expect(p.precision).toBeCloseTo(precision[i], 12);
      expect(p.recall).toBeCloseTo(recall[i], 12);
    });
  });
});

describe("statistics agree with R", () => {
  it("DeLong variance and interval agree with pROC to 1e-12", () => {
    const d = delong(sklearn.binary.probability, sklearn.binary.label);
    expect(d.value).toBeCloseTo(r.auroc, 12);
    expect(d.variance).toBeCloseTo(r.variance, 14);
    expect(d.low).toBeCloseTo(r.low, 12);
    expect(d.high).toBeCloseTo(r.high, 12);
  });
  it("the paired DeLong test agrees with pROC to 1e-10", () => {
    const test = pairedDelong(sklearn.binary.probability, sklearn.binary.other, sklearn.binary.label);
    expect(test.z).toBeCloseTo(r.z, 10);
    expect(test.p).toBeCloseTo(r.p, 12);
  });
  it("calibration slope, intercept and intercept in the large agree with glm to 1e-10", () => {
    expect(value("calibrationSlope", two)).toBeCloseTo(r.slope, 10);
    expect(value("calibrationIntercept", two)).toBeCloseTo(r.intercept, 10);
    expect(value("calibrationInTheLarge", two)).toBeCloseTo(r.inTheLarge, 10);
  });
  it("the calibration error over ten bins closed on the right agrees with cut()", () => {
    expect(value("ece", two)).toBeCloseTo(r.ece, 12);
  });
  it("net benefit agrees", () => {
    const points = decisionCurve(two, r.thresholds);
    points.forEach((p, i) => {
      expect(p.netBenefit).toBeCloseTo(r.netBenefit[i], 12);
    });
  });
  it("the Wilson interval agrees with prop.test without correction", () => {
    const told = [
      [wilson(7, 23), r.wilson7of23],
      [wilson(21, 21), r.wilson21of21],
      [wilson(0, 19), r.wilson0of19],
    ] as const;
    for (const [[low, high], expected] of told) {
      expect(low).toBeCloseTo(expected[0] as number, 12);
      expect(high).toBeCloseTo(expected[1] as number, 12);
    }
  });
  it("the normal tail agrees with pnorm to 1e-13 of its value, far out too", () => {
    r.tailAt.forEach((z: number, i: number) => {
      expect(normalTail(z) / r.tail[i]).toBeCloseTo(1, 13);
    });
  });
});
