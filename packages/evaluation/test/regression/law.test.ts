import { randomStream } from "@nacre/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Estimate } from "../../src/estimate.ts";
import { bootstrap } from "../../src/interval/bootstrap.ts";
import { type Metric, measure } from "../../src/metric/metric.ts";
import { blandAltman } from "../../src/regression/bland-altman.ts";
import { regressionInterceptMetric, regressionSlopeMetric } from "../../src/regression/calibration-line.ts";
import { concordanceMetric } from "../../src/regression/concordance.ts";
import { kendallMetric, pearsonMetric, spearmanMetric } from "../../src/regression/correlation.ts";
import { r2Metric } from "../../src/regression/error.ts";
import { asRatings, icc, iccAgreementMetric, iccConsistencyMetric } from "../../src/regression/icc.ts";
import { REGRESSION_METRICS } from "../../src/regression/registry.ts";
import { type RegressionSample, regressionSample } from "../../src/regression/regression-sample.ts";

const holds = <T>(property: fc.IProperty<T>): void => fc.assert(property, { seed: 7 });

/** Measured and predicted numbers on a coarse grid, so that ties are the rule; both vary. */
const patients = fc
  .array(fc.record({ y: fc.integer({ min: 0, max: 9 }), p: fc.integer({ min: 0, max: 9 }) }), { maxLength: 40 })
  .map((rows) => regressionSample([...rows.map((r) => r.y), 1, 2, 7, 4], [...rows.map((r) => r.p), 2, 2, 5, 6]));
const mapped = (s: RegressionSample, f: (p: number) => number): RegressionSample =>
  regressionSample(s.labels, s.predictions.map(f));
const rowsOf = (s: RegressionSample, rows: readonly number[]): RegressionSample =>
  regressionSample(
    rows.map((i) => s.labels[i] as number),
    rows.map((i) => s.predictions[i] as number),
  );
const reason = (metric: Metric<RegressionSample>, s: RegressionSample): string | null => {
  const prepared = metric.prepare(s);
  return prepared.kind === "undefined" ? prepared.reason : null;
};

describe("every metric of numbers", () => {
  for (const metric of REGRESSION_METRICS) {
    it(`${metric.name} lies in its range and is unchanged when the patients are shuffled`, () => {
      holds(
        fc.property(patients, (s) => {
          const value = measure(metric, s) as number;
          expect(value).toBeGreaterThanOrEqual(metric.range[0]);
          expect(value).toBeLessThanOrEqual(metric.range[1]);
          const order = randomStream(3, "rows").shuffled(Array.from({ length: s.n }, (_, i) => i));
          expect(measure(metric, rowsOf(s, order))).toBeCloseTo(value, 9);
        }),
      );
    });
    it(`${metric.name} counts a patient of weight two as two patients, of weight zero as none`, () => {
      holds(
        fc.property(patients, (s) => {
          const weights = Float64Array.from({ length: s.n }, (_, i) => (i + s.n) % 3);
          const prepared = metric.prepare(s);
          if (prepared.kind !== "ready") throw new Error(prepared.reason);
          const weighted = prepared.at(weights);
          const listed = measure(
            metric,
            rowsOf(
              s,
              [...weights].flatMap((w, i) => new Array<number>(w).fill(i)),
            ),
          );
          if (listed === null) expect(weighted).toBeNull();
          else expect(weighted).toBeCloseTo(listed, 9);
        }),
      );
    });
    it(`${metric.name} reaches its best value for a perfect prediction`, () => {
      holds(
        fc.property(patients, (s) => {
          expect(measure(metric, regressionSample(s.labels, s.labels))).toBeCloseTo(metric.perfect, 9);
        }),
      );
    });
    it(`${metric.name} is a number or null with a reason for nobody, one patient, and numbers that do not vary`, () => {
      const flat = [1.1, 1.1, 1.1];
      const rising = [1.3, 2.1, 3.7];
      for (const [y, p] of [
        [[], []],
        [[1], [2]],
        [flat, rising],
        [rising, flat],
        [flat, flat],
      ] as const) {
        const [estimate] = bootstrap(regressionSample(y, p), [metric], { replicates: 30, seed: 1 });
        if (estimate?.value === null) expect(estimate.reason).toBeTruthy();
        else expect(Number.isFinite(estimate?.value)).toBe(true);
      }
    });
  }
});

describe("correlation", () => {
  it("Kendall's tau-b and Spearman are what a count of all pairs and Pearson of midranks give", () => {
    holds(
      fc.property(patients, (s) => {
        let balance = 0;
        let x = 0;
        let y = 0;
        const less = (values: Float64Array, i: number): number =>
          values.reduce((sum, v) => sum + (v < (values[i] as number) ? 1 : v === values[i] ? 0.5 : 0), 0);
        for (let i = 0; i < s.n; i++) {
          for (let j = 0; j < i; j++) {
            const a = Math.sign((s.labels[i] as number) - (s.labels[j] as number));
            const b = Math.sign((s.predictions[i] as number) - (s.predictions[j] as number));
            balance += a * b;
            x += a * a;
            y += b * b;
          }
        }
        expect(measure(kendallMetric, s)).toBeCloseTo(balance / Math.sqrt(x * y), 12);
        const ranks = regressionSample(
          s.labels.map((_, i) => less(s.labels, i)),
          s.predictions.map((_, i) => less(s.predictions, i)),
        );
        expect(measure(spearmanMetric, s)).toBeCloseTo(measure(pearsonMetric, ranks) as number, 12);
      }),
    );
  });
  it("ranks are unchanged by any rising map, Pearson by a line; a falling line turns the sign", () => {
    holds(
      fc.property(patients, (s) => {
        for (const metric of [spearmanMetric, kendallMetric]) {
          expect(measure(metric, mapped(s, Math.exp))).toBeCloseTo(measure(metric, s) as number, 12);
        }
        expect(
          measure(
            pearsonMetric,
            mapped(s, (p) => 3e6 - 2 * p),
          ),
        ).toBeCloseTo(-(measure(pearsonMetric, s) as number), 9);
      }),
    );
  });
  it("is undefined where the predictions do not vary, in a replicate too", () => {
    const flat = regressionSample([1, 2, 3], [0.1, 0.1, 0.1]);
    for (const metric of [pearsonMetric, spearmanMetric, kendallMetric]) {
      expect(reason(metric, flat)).toBe("every prediction is the same");
      const prepared = metric.prepare(regressionSample([1, 2, 3], [0.1, 0.1, 0.7]));
      expect(prepared.kind === "ready" && prepared.at(Float64Array.of(3, 7, 0))).toBeNull();
    }
  });
});

describe("agreement", () => {
  it("an offset spares Pearson and ICC(3,1) and lowers Lin's concordance and ICC(2,1)", () => {
    holds(
      fc.property(patients, (s) => {
        const off = mapped(s, (p) => p + 50);
        expect(measure(pearsonMetric, off)).toBeCloseTo(measure(pearsonMetric, s) as number, 9);
        expect(measure(iccConsistencyMetric, off)).toBeCloseTo(measure(iccConsistencyMetric, s) as number, 9);
        for (const metric of [concordanceMetric, iccAgreementMetric]) {
          const [near, far] = [measure(metric, s) as number, measure(metric, off) as number];
          expect(Math.abs(far)).toBeLessThanOrEqual(Math.abs(near) + 1e-9);
        }
      }),
    );
  });
  it("Lin's concordance is never further from 0 than Pearson", () => {
    holds(
      fc.property(patients, (s) => {
        const [lin, pearson] = [measure(concordanceMetric, s) as number, measure(pearsonMetric, s) as number];
        expect(Math.abs(lin)).toBeLessThanOrEqual(Math.abs(pearson) + 1e-12);
      }),
    );
  });
  it("an ICC of raters that differ by an offset only is 1 for consistency, without an interval, and below 1 for agreement", () => {
    const s = regressionSample([1, 2, 3, 4], [3, 4, 5, 6]);
    expect(icc(asRatings(s), "consistency")).toMatchObject({ value: 1, low: null, reason: expect.any(String) });
    const agreement = icc(asRatings(s), "agreement");
    expect(agreement.value).toBeLessThan(1);
    expect(agreement.low).toBeLessThan(agreement.value as number);
  });
  it("an F interval of an ICC holds its value, or there is a reason for having none", () => {
    const ratings = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 24 });
    holds(
      fc.property(ratings, fc.integer({ min: 2, max: 4 }), (list, k) => {
        const n = Math.floor(list.length / k);
        for (const kind of ["agreement", "consistency"] as const) {
          const e = icc({ n, k, values: Float64Array.from(list.slice(0, n * k)) }, kind);
          if (e.value === null || e.low === null) expect(e.reason).toBeTruthy();
          else {
            expect(e.low).toBeLessThanOrEqual(e.value);
            expect(e.high).toBeGreaterThanOrEqual(e.value);
          }
        }
      }),
    );
  });
  it("raters who contradict each other get an ICC(2,1) below -1, or none where no mean differs", () => {
    const three = icc(asRatings(regressionSample([1, 2, 3], [3, 2, 1])), "agreement");
    expect(three.value).toBeCloseTo(-3, 12);
    expect(three).toMatchObject({ low: null, reason: expect.stringContaining("same mean rating") });
    expect(reason(iccAgreementMetric, regressionSample([1, 2], [2, 1]))).toContain("no variance");
  });
  it("an ICC is undefined for one patient, one rater, or ratings all alike", () => {
    expect(icc({ n: 1, k: 2, values: Float64Array.of(1, 2) }, "agreement").reason).toContain("two patients");
    expect(icc({ n: 2, k: 1, values: Float64Array.of(1, 2) }, "consistency").reason).toContain("two raters");
    expect(icc({ n: 2, k: 2, values: Float64Array.of(1, 1, 1, 1) }, "agreement").reason).toContain("same");
    expect(() => icc({ n: 2, k: 2, values: Float64Array.of(1) }, "agreement")).toThrow(RangeError);
  });
});

describe("calibration of numbers", () => {
  it("finds slope 1/a and intercept -b/a when a fitted prediction is distorted to a p + b", () => {
    const y = [1.2, 3.4, 2.2, 5.1, 4.8, 2.9];
    const raw = regressionSample(y, [1, 3, 2, 5, 4, 4]);
    const slope = measure(regressionSlopeMetric, raw) as number;
    const intercept = measure(regressionInterceptMetric, raw) as number;
    const distorted = mapped(raw, (p) => 1.5 * (intercept + slope * p) + 0.4);
    expect(measure(regressionSlopeMetric, distorted)).toBeCloseTo(1 / 1.5, 12);
    expect(measure(regressionInterceptMetric, distorted)).toBeCloseTo(-0.4 / 1.5, 12);
  });
  it("R squared is 0 for the mean of the labels and negative for worse", () => {
    expect(measure(r2Metric, regressionSample([1, 2, 3], [2, 2, 2]))).toBe(0);
    expect(measure(r2Metric, regressionSample([1, 2, 3], [9, 9, 9]))).toBeLessThan(0);
  });
});

describe("limits of agreement", () => {
  it("have a standard error 1.71 times that of the bias in large samples: sqrt(1 + 1.96^2 / 2)", () => {
    const label = Array.from({ length: 2000 }, (_, i) => i % 30);
    const plot = blandAltman(
      regressionSample(
        label,
        label.map((y, i) => y + Math.sin(i)),
      ),
    );
    const width = ({ low, high }: Estimate): number => (high as number) - (low as number);
    expect(width(plot.low) / width(plot.bias)).toBeCloseTo(1.71, 2);
    expect(width(plot.high)).toBeCloseTo(width(plot.low), 12);
  });
  it("hold 95 % of normal differences", () => {
    const random = randomStream(5, "differences");
    const label = Array.from({ length: 4000 }, () => 10 * random.normal());
    const plot = blandAltman(
      regressionSample(
        label,
        label.map((y) => y + 2 + random.normal()),
      ),
    );
    const inside = plot.points.filter(
      (p) => p.difference > (plot.low.value as number) && p.difference < (plot.high.value as number),
    );
    expect(inside.length / 4000).toBeCloseTo(0.95, 2);
    expect(plot.proportionalBias.low).toBeLessThan(0.01);
  });
  it("finds the proportional bias of a scale", () => {
    const y = [1, 2, 3, 4, 5, 6];
    const { proportionalBias } = blandAltman(
      regressionSample(
        y,
        y.map((v) => 3 * v),
      ),
    );
    expect(proportionalBias).toMatchObject({ low: null, reason: expect.stringContaining("line") });
    expect(proportionalBias.value).toBeCloseTo(1, 12);
  });
  it("say why there is no interval for one patient, and for differences all alike", () => {
    const one = blandAltman(regressionSample([1], [3]));
    expect(one.bias).toMatchObject({ value: 2, low: null, reason: expect.any(String) });
    expect(one.low).toMatchObject({ value: null, reason: expect.any(String) });
    for (const by of [1, 0.1]) {
      const y = [1, 2.3, 3.1];
      const shifted = blandAltman(
        regressionSample(
          y,
          y.map((v) => v + by),
        ),
      );
      for (const e of [shifted.bias, shifted.sd, shifted.low, shifted.high, shifted.proportionalBias]) {
        expect(e).toMatchObject({ low: null, high: null, reason: expect.stringContaining("every difference") });
      }
    }
    expect(blandAltman(regressionSample([], [])).bias.value).toBeNull();
  });
});

describe("a regression sample", () => {
  it("refuses lengths that differ and values that are not finite, with the row", () => {
    expect(() => regressionSample([1, 2], [1])).toThrow(/2 labels and 1 predictions/);
    expect(() => regressionSample([1, 2], [1, Number.NaN])).toThrow(/row 1/);
  });
});
