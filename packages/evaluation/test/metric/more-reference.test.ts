/** Values from scikit-learn, recorded by tools/oracles/metrics_more.py. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eceMassMetric } from "../../src/metric/ece-mass.ts";
import { f1Metric, weightedF1Metric } from "../../src/metric/f1.ts";
import { logLossMetric } from "../../src/metric/log-loss.ts";
import { mccMetric } from "../../src/metric/mcc.ts";
import { type Metric, measure } from "../../src/metric/metric.ts";
import { npvMetric, ppvMetric, sensitivityMetric, specificityMetric } from "../../src/metric/sensitivity.ts";
import { topKMetric } from "../../src/metric/top-k.ts";
import { ORDINAL_METRICS } from "../../src/ordinal/registry.ts";
import type { Sample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/metrics-more.json", import.meta.url), "utf8"));
const two: Sample = binary(golden.binary.label, golden.binary.probability);
const four: Sample = {
  n: golden.grades.label.length,
  k: 4,
  labels: Int32Array.from(golden.grades.label),
  probabilities: Float64Array.from(golden.grades.probability.flat()),
  positive: 0,
  classes: ["0", "1", "2", "3"],
};
const both = [f1Metric, weightedF1Metric, mccMetric, logLossMetric, eceMassMetric, ...ORDINAL_METRICS];
const onlyTwo = [sensitivityMetric, specificityMetric, ppvMetric, npvMetric];
const onlyFour = [topKMetric(1), topKMetric(2), topKMetric(3)];

describe("calls, log loss and calibration by mass agree with scikit-learn to 1e-12", () => {
  const agrees = (metric: Metric, sample: Sample, expected: number): void =>
    expect(measure(metric, sample)).toBeCloseTo(expected, 12);
  for (const metric of [...both, ...onlyTwo]) {
    const expected = golden.binary[metric.name];
    if (expected === undefined) continue;
    it(`${metric.name}, two classes with ties`, () => agrees(metric, two, expected));
  }
  for (const metric of [...both, ...onlyFour]) {
    it(`${metric.name}, four classes of which one is never called`, () =>
      agrees(metric, four, golden.grades[metric.name]));
  }
  it("calibration by mass is that of scikit-learn's quantile bins where these are exact tenths", () => {
    agrees(eceMassMetric, binary(golden.binary.label, golden.binary.distinct), golden.binary.eceMassDistinct);
  });
});
