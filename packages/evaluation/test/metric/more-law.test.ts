import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pairedBootstrap } from "../../src/compare/paired-bootstrap.ts";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { wilson } from "../../src/interval/wilson.ts";
import { accuracyMetric } from "../../src/metric/accuracy.ts";
import { eceMassMetric, massBins } from "../../src/metric/ece-mass.ts";
import { f1Metric, weightedF1Metric } from "../../src/metric/f1.ts";
import { impossibleLabels, logLossMetric } from "../../src/metric/log-loss.ts";
import { mccMetric } from "../../src/metric/mcc.ts";
import { type Metric, measure } from "../../src/metric/metric.ts";
import { npvMetric, ppvMetric, sensitivityMetric, specificityMetric } from "../../src/metric/sensitivity.ts";
import { topKMetric } from "../../src/metric/top-k.ts";
import type { Sample } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

const four = [sensitivityMetric, specificityMetric, ppvMetric, npvMetric];
const all = [f1Metric, weightedF1Metric, mccMetric, topKMetric(1), logLossMetric, eceMassMetric, ...four];
const three: Sample = {
  n: 3,
  k: 3,
  labels: Int32Array.of(0, 1, 2),
  probabilities: Float64Array.of(0.4, 0.4, 0.2, 0.4, 0.4, 0.2, 0.4, 0.4, 0.2),
  positive: 0,
  classes: ["a", "b", "c"],
};
const reason = (metric: Metric, sample: Sample): string | null => {
  const prepared = metric.prepare(sample);
  return prepared.kind === "undefined" ? prepared.reason : null;
};

const holds = <T>(property: fc.IProperty<T>): void => fc.assert(property, { seed: 7 });

/** Patients of two classes with probabilities in steps of a twelfth, so that ties are the rule. */
const patients = fc
  .array(fc.record({ y: fc.integer({ min: 0, max: 1 }), s: fc.integer({ min: 0, max: 12 }) }), { minLength: 1 })
  .map((rows) => binary([...rows.map((r) => r.y), 0, 1], [...rows.map((r) => r.s / 12), 0.3, 0.6]));

describe("F1 and MCC", () => {
  it("F1 is the harmonic mean of sensitivity and positive predictive value", () => {
    holds(
      fc.property(patients, (sample) => {
        const [a, b] = [measure(sensitivityMetric, sample) ?? 0, measure(ppvMetric, sample) ?? 0];
        expect(measure(f1Metric, sample)).toBeCloseTo(a + b > 0 ? (2 * a * b) / (a + b) : 0, 12);
      }),
    );
  });
  it("MCC of two classes is the correlation of label and call, and changes sign when the labels are swapped", () => {
    holds(
      fc.property(patients, (sample) => {
        const swapped = { ...sample, labels: sample.labels.map((label) => 1 - label) };
        const [value, turned] = [measure(mccMetric, sample), measure(mccMetric, swapped)];
        if (value === null) expect(turned).toBeNull();
        else expect(turned).toBeCloseTo(-value, 12);
      }),
    );
  });
  it("F1 is 0 where nobody is called positive, and undefined where nobody is", () => {
    expect(measure(f1Metric, binary([0, 1], [0.1, 0.2]))).toBe(0);
    expect(reason(f1Metric, binary([0, 0], [0.1, 0.9]))).toContain("yes");
  });
  it("MCC is undefined where all calls are alike", () => {
    expect(reason(mccMetric, binary([0, 1, 1], [0.7, 0.8, 0.9]))).toContain("called the same");
  });
});

describe("top-k accuracy", () => {
  it("is the accuracy at k = 1 and never falls as k grows", () => {
    expect(measure(topKMetric(1), three)).toBe(measure(accuracyMetric, three));
    holds(fc.property(patients, (s) => measure(topKMetric(1), s) === measure(accuracyMetric, s)));
  });
  it("lets the class that comes first go first among equals", () => {
    expect(measure(topKMetric(1), three)).toBeCloseTo(1 / 3, 12);
    expect(measure(topKMetric(2), three)).toBeCloseTo(2 / 3, 12);
  });
  it("is undefined where there are no more than k classes, and refuses a k that is no count", () => {
    expect(reason(topKMetric(3), three)).toContain("3 classes");
    expect(() => topKMetric(0)).toThrow(RangeError);
    expect(() => topKMetric(1.5)).toThrow(RangeError);
  });
});

describe("log loss", () => {
  it("is log k for a model that knows nothing", () => {
    const probabilities = new Float64Array(9).fill(1 / 3);
    expect(measure(logLossMetric, { ...three, probabilities })).toBeCloseTo(Math.log(3), 12);
  });
  it("stays finite for a label given probability 0, which is counted", () => {
    const sample = binary([1, 0], [0, 0.5]);
    expect(measure(logLossMetric, sample)).toBeCloseTo((15 * Math.LN10 + Math.LN2) / 2, 12);
    expect(impossibleLabels(sample)).toBe(1);
  });
});

describe("calibration by mass", () => {
  it("keeps equal probabilities in one bin and everybody in some bin", () => {
    holds(
      fc.property(patients, (sample) => {
        const bins = massBins(sample);
        expect(bins.reduce((sum, b) => sum + b.n, 0)).toBe(sample.n);
        bins.slice(1).forEach((b, i) => {
          expect(b.low).toBeGreaterThan(bins[i]?.high as number);
        });
        const gap = bins.reduce((sum, b) => sum + b.n * Math.abs(b.observed - b.meanProbability), 0);
        expect(gap / sample.n).toBeCloseTo(measure(eceMassMetric, sample) as number, 12);
      }),
    );
  });
  it("cuts distinct probabilities into tenths that differ by at most one patient", () => {
    for (const n of [10, 57, 160]) {
      const p = Array.from({ length: n }, (_, i) => ((i * 37) % n) / n);
      const sizes = massBins(
        binary(
          p.map((_, i) => i % 2),
          p,
        ),
      ).map((b) => b.n);
      expect(sizes.length).toBe(10);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });
  it("is the gap of the means where all probabilities are equal", () => {
    expect(measure(eceMassMetric, binary([0, 1, 1, 1], [0.5, 0.5, 0.5, 0.5]))).toBeCloseTo(0.25, 12);
  });
  it("takes a run of a hundred thousand equal probabilities", () => {
    const same = binary(new Array(1e5).fill(1), new Array(1e5).fill(0.25));
    expect(massBins(same)).toEqual([{ low: 0.25, high: 0.25, n: 1e5, meanProbability: 0.25, observed: 1 }]);
  });
});

describe("sensitivity, specificity and predictive values", () => {
  it("are the four shares of the table", () => {
    const sample = binary([1, 1, 1, 0, 0], [0.9, 0.5, 0.4, 0.8, 0.1]);
    expect(four.map((m) => measure(m, sample))).toEqual([2 / 3, 1 / 2, 2 / 3, 1 / 2]);
  });
  it("are undefined where nobody is in the share, and for more than two classes", () => {
    expect(reason(sensitivityMetric, binary([0], [0.2]))).toBe("no patient with the label yes");
    expect(reason(specificityMetric, binary([1], [0.2]))).toBe("no patient with the label no");
    expect(reason(ppvMetric, binary([1], [0.2]))).toBe("nobody is called yes at 0.5");
    expect(reason(npvMetric, binary([1], [0.8]))).toBe("nobody is called no at 0.5");
    for (const metric of four) expect(reason(metric, three)).toContain("3 classes");
  });
});

describe("a share of patients", () => {
  const labels = Array.from({ length: 40 }, (_, i) => (i < 21 ? 1 : 0));
  const judged = (probability: (y: number, i: number) => number) =>
    bootstrap(binary(labels, labels.map(probability)), [...four, accuracyMetric, topKMetric(1)], {
      replicates: 100,
      seed: 1,
    });

  it("says as n how many patients it is counted over: by the label, by the call, or all", () => {
    // Four of the 21 and two of the 19 are called the other way: 19 are called positive, 21 are not.
    const estimates = judged((y, i) => (i < 4 || i > 37 ? 1 - y : y));
    expect(estimates.map((e) => e.n)).toEqual([21, 19, 19, 21, 40, 40]);
    expect(estimates.map((e) => e.value)).toEqual([17 / 21, 17 / 19, 17 / 19, 17 / 21, 34 / 40, 34 / 40]);
    for (const e of estimates) expect(e.method).toContain("bootstrap over patients");
  });
  it("has Wilson's interval over those patients where all of them are called rightly, or none", () => {
    const ends = (isRight: boolean) => judged((y) => (isRight ? y : 1 - y));
    for (const e of [...ends(true), ...ends(false)]) {
      const [low, high] = wilson((e.value as number) * e.n, e.n);
      expect(e).toMatchObject({ low, high, method: expect.stringMatching(/; 95 % Wilson interval/) });
      expect(high - low).toBeGreaterThan(0.08);
    }
    expect(ends(true).map((e) => e.n)).toEqual([21, 19, 21, 19, 40, 40]);
    expect(ends(false).map((e) => e.n)).toEqual([21, 19, 19, 21, 40, 40]);
  });
  it("has it also where everybody is called positive, so that each replicate repeats the prevalence", () => {
    const [, , ppv, npv] = judged(() => 0.7);
    expect(ppv).toMatchObject({ value: 21 / 40, n: 40, method: expect.stringContaining("Wilson") });
    expect(npv).toMatchObject({ value: null, n: 0, reason: "nobody is called no at 0.5" });
  });
  it("tells two models apart over all patients, however many each calls positive", () => {
    const as = (cut: number): Sample =>
      binary(
        labels,
        labels.map((y, i) => (i % cut === 0 ? 1 - y : y)),
      );
    const { a, b, difference } = pairedBootstrap(as(5), as(3), ppvMetric, { replicates: 100, seed: 1 });
    expect([a.n, b.n, difference.n]).toEqual([19, 21, 40]);
  });
});

describe("each of them", () => {
  it("is a number or null with a reason, never NaN, for one class, equal probabilities, one patient or nobody", () => {
    const bad = [binary([1, 1], [0.2, 0.9]), binary([0, 1], [0.5, 0.5]), binary([1], [0.7]), binary([], [])];
    for (const sample of bad) {
      bootstrap(sample, all, { replicates: 20, seed: 1 }).forEach((e) => {
        if (e.value === null) expect(e.reason).toBeTruthy();
        else expect(Number.isFinite(e.value)).toBe(true);
      });
    }
  });
});
