/** Values from scikit-learn, scipy and R, recorded by tools/oracles/metrics_more.py and agreement.R. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/estimate.ts";
import { measure } from "../../src/metric/metric.ts";
import { blandAltman } from "../../src/regression/bland-altman.ts";
import { asRatings, icc, iccAgreementMetric, iccConsistencyMetric } from "../../src/regression/icc.ts";
import { REGRESSION_METRICS } from "../../src/regression/registry.ts";
import { regressionSample } from "../../src/regression/regression-sample.ts";

const load = (name: string) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
const golden = load("metrics-more").regression;
const r = load("agreement");
const sample = regressionSample(golden.label, golden.prediction);

function agrees(estimate: Estimate, [value, low, high]: readonly [number, number, number]): void {
  expect(estimate.value).toBeCloseTo(value, 9);
  expect(estimate.low).toBeCloseTo(low, 9);
  expect(estimate.high).toBeCloseTo(high, 9);
}

describe("numbers agree with scikit-learn and scipy to 1e-9", () => {
  for (const metric of REGRESSION_METRICS) {
    const expected = golden[metric.name];
    if (expected === undefined) continue;
    it(metric.name, () => expect(measure(metric, sample)).toBeCloseTo(expected, 9));
  }
});

describe("agreement agrees with R to 1e-9", () => {
  it("intraclass correlations and their F intervals", () => {
    agrees(icc(asRatings(sample), "agreement"), r.agreement);
    agrees(icc(asRatings(sample), "consistency"), r.consistency);
    expect(measure(iccAgreementMetric, sample)).toBeCloseTo(r.agreement[0], 9);
    expect(measure(iccConsistencyMetric, sample)).toBeCloseTo(r.consistency[0], 9);
  });
  it("the six patients and four raters of Shrout and Fleiss have 0.29 and 0.71", () => {
    const values = Float64Array.of(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7);
    agrees(icc({ n: 6, k: 4, values }, "agreement"), r.shroutAgreement);
    agrees(icc({ n: 6, k: 4, values }, "consistency"), r.shroutConsistency);
    expect(r.shroutAgreement[0]).toBeCloseTo(0.29, 2);
    expect(r.shroutConsistency[0]).toBeCloseTo(0.71, 2);
  });
  it("limits of agreement, their intervals, and proportional bias", () => {
    const plot = blandAltman(sample);
    for (const name of ["bias", "sd", "low", "high", "proportionalBias"] as const) agrees(plot[name], r[name]);
    expect(plot.points.length).toBe(sample.n);
  });
});
