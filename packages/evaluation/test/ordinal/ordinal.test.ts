import { describe, expect, it } from "vitest";
import { accuracyMetric } from "../../src/metric/accuracy.ts";
import { type Metric, measure } from "../../src/metric/metric.ts";
import {
  expectedGradeErrorMetric,
  expectedGrades,
  ordinalErrorMetric,
  withinOneMetric,
} from "../../src/ordinal/distance.ts";
import { linearKappaMetric, quadraticKappaMetric } from "../../src/ordinal/kappa.ts";
import { ORDINAL_METRICS } from "../../src/ordinal/registry.ts";
import type { Sample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

/** Patients of k grades; each call is certain. */
function called(labels: readonly number[], calls: readonly number[], k = 4): Sample {
  return {
    n: labels.length,
    k,
    labels: Int32Array.from(labels),
    probabilities: Float64Array.from(calls.flatMap((c) => Array.from({ length: k }, (_, j) => (j === c ? 1 : 0)))),
    positive: 0,
    classes: ["benign", "low", "middle", "high"].slice(0, k),
  };
}
const reason = (metric: Metric, sample: Sample): string | null => {
  const prepared = metric.prepare(sample);
  return prepared.kind === "undefined" ? prepared.reason : null;
};
const LABELS = [0, 1, 2, 3, 1, 2, 0, 3];

describe("weighted kappa", () => {
  it("punishes a call far off more than two calls near by, the quadratic one more", () => {
    const near = called(LABELS, [1, 1, 2, 3, 2, 2, 0, 3]);
    const far = called(LABELS, [2, 1, 2, 3, 1, 2, 0, 3]);
    for (const metric of [linearKappaMetric, quadraticKappaMetric]) {
      expect(measure(metric, near)).toBeLessThan(1);
      expect(measure(metric, far)).toBeLessThan(measure(metric, called(LABELS, LABELS)) as number);
    }
    expect(measure(quadraticKappaMetric, far)).toBeLessThan(measure(quadraticKappaMetric, near) as number);
  });
  it("is unchanged when grades are counted from the other end", () => {
    const calls = [0, 2, 2, 1, 1, 3, 0, 3];
    const flip = (grades: readonly number[]): number[] => grades.map((g) => 3 - g);
    for (const metric of [linearKappaMetric, quadraticKappaMetric]) {
      const turned = measure(metric, called(flip(LABELS), flip(calls)));
      expect(turned).toBeCloseTo(measure(metric, called(LABELS, calls)) as number, 12);
    }
  });
  it("linear and quadratic are the same for two classes", () => {
    const sample = binary([0, 1, 1, 0, 1], [0.2, 0.7, 0.4, 0.6, 0.9]);
    expect(measure(linearKappaMetric, sample)).toBe(measure(quadraticKappaMetric, sample));
  });
  it("is 0 where everybody is called the same, and undefined where everybody is the same", () => {
    expect(
      measure(
        quadraticKappaMetric,
        called(
          LABELS,
          LABELS.map(() => 2),
        ),
      ),
    ).toBe(0);
    expect(reason(quadraticKappaMetric, called([2, 2], [1, 2]))).toBe("every patient has the label middle");
    expect(reason(linearKappaMetric, called([1], [1]))).toContain("low");
  });
});

describe("distance in grades", () => {
  it("is what one counts by hand", () => {
    const sample = called([0, 1, 2, 3], [0, 2, 0, 0]);
    expect(measure(ordinalErrorMetric, sample)).toBe(6 / 4);
    expect(measure(withinOneMetric, sample)).toBe(2 / 4);
    expect(measure(expectedGradeErrorMetric, sample)).toBe(6 / 4);
  });
  it("an expected grade may lie between grades", () => {
    const sample: Sample = { ...called([1], [0], 3), probabilities: Float64Array.of(0.25, 0.25, 0.5) };
    expect([...expectedGrades(sample)]).toEqual([1.25]);
    expect(measure(expectedGradeErrorMetric, sample)).toBe(0.25);
    expect(measure(ordinalErrorMetric, sample)).toBe(1);
  });
  it("within one is undefined for two classes, for which the error is one minus the accuracy", () => {
    const sample = binary([0, 1, 1], [0.2, 0.7, 0.4]);
    expect(reason(withinOneMetric, sample)).toContain("2 classes");
    expect(measure(ordinalErrorMetric, sample)).toBeCloseTo(1 - (measure(accuracyMetric, sample) as number), 12);
  });
});

it("every grade metric has a reason when nobody is there", () => {
  for (const metric of ORDINAL_METRICS) expect(reason(metric, called([], []))).toBe("no labelled patient");
});
