/** Values from scikit-learn and scipy, recorded by tools/oracles/calibration_more.py, and the laws of the three fits. */
import { readFileSync } from "node:fs";
import { randomStream } from "@nacre/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyCalibration } from "../../src/calibration/apply.ts";
import type { Calibration, NoCalibration } from "../../src/calibration/calibration.ts";
import { fitIsotonic } from "../../src/calibration/isotonic.ts";
import { fitPlatt } from "../../src/calibration/platt.ts";
import { fitTemperature } from "../../src/calibration/temperature.ts";
import { auroc } from "../../src/metric/auroc.ts";
import { calibrationInterceptMetric, calibrationSlopeMetric } from "../../src/metric/calibration.ts";
import { measure } from "../../src/metric/metric.ts";
import { isClass, predictedClass, type Sample, scoresOf } from "../../src/sample.ts";
import { binary } from "../../testing/make.ts";

const golden = JSON.parse(readFileSync(new URL("../golden/calibration-more.json", import.meta.url), "utf8"));
const tune = binary(golden.tune.label, golden.tune.probability);
const test = binary(golden.test.label, golden.test.probability);
const three: Sample = {
  n: golden.three.label.length,
  k: 3,
  labels: Int32Array.from(golden.three.label),
  probabilities: Float64Array.from(golden.three.probability.flat()),
  positive: 0,
  classes: ["a", "b", "c"],
};
const FITS = { temperature: fitTemperature, platt: fitPlatt, isotonic: fitIsotonic };
const made = (fit: Calibration | NoCalibration): Calibration => {
  if (fit.kind === "undefined") throw new Error(fit.reason);
  return fit;
};
const reason = (fit: Calibration | NoCalibration): string => (fit.kind === "undefined" ? fit.reason : "");

/** Both classes at coarse probabilities, 0 and 1 among them, so that ties and ends are the rule. */
const patients = fc
  .array(fc.record({ y: fc.integer({ min: 0, max: 1 }), s: fc.integer({ min: 0, max: 10 }) }), {
    minLength: 6,
    maxLength: 60,
  })
  .map((rows) => [...rows, { y: 0, s: 2 }, { y: 1, s: 3 }, { y: 0, s: 7 }, { y: 1, s: 8 }])
  .map((rows) =>
    binary(
      rows.map((r) => r.y),
      rows.map((r) => r.s / 10),
    ),
  );

describe("the fits agree with scikit-learn and scipy", () => {
  it("temperature, two classes and three, to 1e-7", () => {
    expect(made(fitTemperature(tune))).toMatchObject({ temperature: expect.closeTo(golden.temperature, 9), n: tune.n });
    expect(made(fitTemperature(three))).toMatchObject({ temperature: expect.closeTo(golden.three.temperature, 9) });
  });
  it("Platt, slope and intercept, to 1e-7", () => {
    const { slope, intercept } = golden.platt;
    expect(made(fitPlatt(tune))).toMatchObject({
      slope: expect.closeTo(slope, 9),
      intercept: expect.closeTo(intercept, 9),
    });
  });
  it("Platt with probabilities of exactly 0 and 1 places them 1e-7 from the end", () => {
    const { label, probability, slope, intercept } = golden.ends;
    const fit = made(fitPlatt(binary(label, probability)));
    expect(fit).toMatchObject({
      clip: 1e-7,
      slope: expect.closeTo(slope, 8),
      intercept: expect.closeTo(intercept, 8),
    });
  });
  it("isotonic regression has the same knots, to 1e-12", () => {
    const fit = made(fitIsotonic(tune));
    if (fit.kind !== "isotonic") throw new Error("expected isotonic");
    expect(fit.x).toEqual(golden.isotonic.x);
    fit.y.forEach((y, i) => {
      expect(y).toBeCloseTo(golden.isotonic.y[i], 12);
    });
  });
  for (const [method, fit] of Object.entries(FITS)) {
    it(`${method}: the calibrated test probabilities, to 1e-9`, () => {
      const q = scoresOf(applyCalibration(made(fit(tune)), test));
      golden.after[method].probability.forEach((expected: number, i: number) => {
        expect(Math.abs((q[i] as number) - expected)).toBeLessThan(1e-9);
      });
    });
  }
  it("temperature of three classes: every class of every patient, to 1e-9", () => {
    const q = applyCalibration(made(fitTemperature(three)), three.probabilities);
    golden.three.after.flat().forEach((expected: number, i: number) => {
      expect(Math.abs((q[i] as number) - expected)).toBeLessThan(1e-9);
    });
  });
});

describe("laws of the fits", () => {
  it("temperature and Platt undo a known distortion of the logits", () => {
    const logit = (p: number): number => Math.log(p / (1 - p));
    const bent = binary(
      golden.tune.label,
      golden.tune.probability.map((p: number) => 1 / (1 + Math.exp(-3 * logit(p)))),
    );
    const [plain, scaled] = [made(fitTemperature(tune)), made(fitTemperature(bent))];
    if (plain.kind !== "temperature" || scaled.kind !== "temperature") throw new Error("expected temperatures");
    expect(scaled.temperature).toBeCloseTo(3 * plain.temperature, 9);
    const [a, b] = [made(fitPlatt(tune)), made(fitPlatt(bent))];
    if (a.kind !== "platt" || b.kind !== "platt") throw new Error("expected Platt");
    expect(b.slope).toBeCloseTo(a.slope / 3, 9);
    expect(b.intercept).toBeCloseTo(a.intercept, 9);
  });
  it("after Platt the tune part itself has slope 1 and intercept 0", () => {
    const calibrated = applyCalibration(made(fitPlatt(tune)), tune);
    expect(measure(calibrationSlopeMetric, calibrated)).toBeCloseTo(1, 9);
    expect(measure(calibrationInterceptMetric, calibrated)).toBeCloseTo(0, 9);
  });
  it("isotonic regression is the closest rising function: no other block mean does better", () => {
    fc.assert(
      fc.property(patients, (sample) => {
        const fit = made(fitIsotonic(sample));
        const q = scoresOf(applyCalibration(fit, sample));
        const p = scoresOf(sample);
        const y = isClass(sample);
        // Min-max formula: the height at p is the largest over starts of the least over ends of the mean between.
        const levels = [...new Set(p)].sort((a, b) => a - b);
        const mean = (from: number, to: number): number => {
          const rows = [...p.keys()].filter((i) => (p[i] as number) >= from && (p[i] as number) <= to);
          return rows.reduce((sum, i) => sum + (y[i] as number), 0) / rows.length;
        };
        p.forEach((at, i) => {
          const ends = levels.filter((v) => v >= at);
          const best = Math.max(
            ...levels.filter((v) => v <= at).map((from) => Math.min(...ends.map((to) => mean(from, to)))),
          );
          expect(q[i]).toBeCloseTo(best, 12);
        });
      }),
      { numRuns: 40 },
    );
  });
  for (const [method, fit] of Object.entries(FITS)) {
    it(`${method} keeps the order of patients, sums to 1, stays within 0 and 1 and survives JSON`, () => {
      fc.assert(
        fc.property(patients, (sample) => {
          const calibration = fit(sample);
          if (calibration.kind === "undefined") {
            expect(calibration.reason.length).toBeGreaterThan(10);
            return;
          }
          const calibrated = applyCalibration(calibration, test);
          const p = scoresOf(test);
          const q = scoresOf(calibrated);
          const order = [...p.keys()].sort((a, b) => (p[a] as number) - (p[b] as number));
          order.slice(1).forEach((row, i) => {
            expect(q[row] as number).toBeGreaterThanOrEqual(q[order[i] as number] as number);
          });
          for (let i = 0; i < test.n; i++) {
            const row = calibrated.probabilities.subarray(2 * i, 2 * i + 2);
            expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
            expect((row[0] as number) + (row[1] as number)).toBeCloseTo(1, 12);
          }
          const again: Calibration = JSON.parse(JSON.stringify(calibration));
          expect(again).toEqual(calibration);
          expect(applyCalibration(again, test.probabilities)).toEqual(calibrated.probabilities);
        }),
        { numRuns: 25 },
      );
    });
    it(`${method} does not depend on the order of the patients or on which class comes first`, () => {
      const rows = randomStream(5, "order").shuffled([...tune.labels.keys()]);
      const shuffled = binary(
        rows.map((i) => golden.tune.label[i]),
        rows.map((i) => golden.tune.probability[i]),
      );
      const turned: Sample = {
        ...tune,
        labels: tune.labels.map((y) => 1 - y),
        probabilities: tune.probabilities.toReversed(),
        positive: 0,
        classes: ["yes", "no"],
      };
      turned.labels.reverse();
      const q = scoresOf(applyCalibration(made(fit(tune)), tune));
      const other = scoresOf(applyCalibration(made(fit(shuffled)), tune));
      const mirrored = scoresOf(applyCalibration(made(fit(turned)), turned)).reverse();
      q.forEach((v, i) => {
        expect(other[i]).toBeCloseTo(v, 10);
        expect(mirrored[i]).toBeCloseTo(v, 10);
      });
    });
  }
  it("temperature and Platt leave the AUROC alone, temperature also every call", () => {
    for (const fit of [fitTemperature, fitPlatt]) {
      const q = scoresOf(applyCalibration(made(fit(tune)), test));
      expect(auroc(q, isClass(test))).toBeCloseTo(auroc(scoresOf(test), isClass(test)) as number, 12);
    }
    const calibrated = applyCalibration(made(fitTemperature(three)), three);
    for (let i = 0; i < three.n; i++) expect(predictedClass(calibrated, i)).toBe(predictedClass(three, i));
  });
});

describe("a fit that does not exist is said, with the reason", () => {
  it("perfect separation: temperature and Platt are undefined, isotonic regression answers 0 and 1", () => {
    const sample = binary([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9]);
    expect(reason(fitPlatt(sample))).toContain("perfect separation");
    expect(reason(fitTemperature(sample))).toContain("perfect separation");
    expect(made(fitIsotonic(sample))).toMatchObject({ y: [0, 0, 1, 1] });
  });
  it("one class, nobody, probabilities that do not vary", () => {
    for (const fit of Object.values(FITS)) {
      expect(reason(fit(binary([1, 1], [0.2, 0.6])))).toContain("label yes");
      expect(reason(fit(binary([], [])))).toContain("no labelled patient");
    }
    const flat = binary([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]);
    expect(reason(fitPlatt(flat))).toContain("do not vary");
    expect(reason(fitTemperature(flat))).toContain("chance");
    expect(scoresOf(applyCalibration(made(fitIsotonic(flat)), flat))).toEqual(Float64Array.of(0.5, 0.5, 0.5, 0.5));
  });
  it("probabilities that are the wrong way round are not turned, but named", () => {
    const turned = binary([1, 1, 0, 1, 0, 0], [0.1, 0.2, 0.3, 0.6, 0.8, 0.9]);
    expect(reason(fitPlatt(turned))).toContain("turn the ranking round");
    expect(reason(fitTemperature(turned))).toContain("chance");
  });
  it("Platt and isotonic regression are for two classes", () => {
    expect(reason(fitPlatt(three))).toContain("two classes");
    expect(reason(fitIsotonic(three))).toContain("two classes");
  });
});

describe("applyCalibration refuses what it was not fitted for", () => {
  const fit = made(fitPlatt(tune));
  it("other classes, or another positive class", () => {
    expect(() => applyCalibration(fit, three)).toThrow(RangeError);
    expect(() => applyCalibration(fit, { ...test, positive: 0 })).toThrow(/positive/);
  });
  it("rows that are not probabilities, named by number", () => {
    expect(() => applyCalibration(fit, Float64Array.of(0.5, 0.5, 0.2, Number.NaN))).toThrow(/row 2/);
    expect(() => applyCalibration(fit, Float64Array.of(0.1, 0.2))).toThrow(/sum to 1/);
    expect(() => applyCalibration(fit, Float64Array.of(0.5, 0.5, 0.2))).toThrow(/rows of 2/);
  });
  it("takes 0 and 1 without ever answering NaN", () => {
    for (const calibration of [fit, made(fitTemperature(tune)), made(fitIsotonic(tune))]) {
      const q = applyCalibration(calibration, Float64Array.of(1, 0, 0, 1));
      expect(q.every((v) => v >= 0 && v <= 1)).toBe(true);
    }
  });
});
